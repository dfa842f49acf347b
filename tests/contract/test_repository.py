# SPDX-License-Identifier: Apache-2.0
"""The repository's own files: git hooks, and the marks of generated files."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from otakube.settings_page import PAGE
from otakube_api import manifests
from otakube_workflows import render

ROOT = Path(__file__).parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]


def test_hooks_are_local_so_that_nothing_is_fetched() -> None:
    assert [repo["repo"] for repo in HOOKS] == ["local"]
    assert {hook["language"] for hook in HOOKS[0]["hooks"]} <= {"system", "pygrep"}


def test_hooks_run_the_targets_of_make_verify() -> None:
    line = re.search(r"^verify:(.*?)(?:##.*)?$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert line is not None
    run = [hook["entry"].split()[-1] for hook in HOOKS[0]["hooks"] if hook["entry"].startswith("make ")]
    assert run == line[1].split()


@pytest.mark.parametrize(("length", "accepted"), [(1, True), (72, True), (73, False)])
def test_a_commit_subject_has_at_most_72_characters(length: int, accepted: bool) -> None:
    [subject] = [hook for hook in HOOKS[0]["hooks"] if hook.get("stages") == ["commit-msg"]]
    # As the hook language pygrep reads a file: with these flags and `--multiline`, a match is a failure.
    pattern = re.compile(subject["entry"].encode(), re.MULTILINE | re.DOTALL)
    message = b"x" * length + b"\n\n" + b"a body may have longer lines " * 5
    assert subject["args"] == ["--multiline"]
    assert (pattern.search(message) is None) is accepted


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only git reads the marks")
def test_reviews_fold_every_generated_file() -> None:
    written = [*manifests.generated(), PAGE, *(render.FOLDER / name for name in render.rendered())]
    asked = subprocess.run(
        ["git", "check-attr", "linguist-generated", "--", *map(str, written)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [line.rpartition(": ")[2] for line in asked.stdout.splitlines()] == ["set"] * len(written)
