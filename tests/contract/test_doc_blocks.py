# SPDX-License-Identifier: Apache-2.0
"""Every shell block of the documentation is run by a test, or says why not."""

import re

import pytest
import yaml

import documents
from doc_blocks import ANSWERS, NOT_RUN, PAGES, UNTIL_INTERRUPTED, Block, Needs, needs, shell_blocks
from doc_shell import QUEUE_BYTES, pattern
from documents import ROOT

BLOCKS = [block for page in PAGES for block in shell_blocks(page)]
MARKERS_AT_MOST = 8
"""Blocks that no test runs. One more is a choice, not a habit."""

each_block = pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)


@each_block
def test_a_comment_above_a_block_is_one_that_the_tests_read(block: Block) -> None:
    known = NOT_RUN.fullmatch(block.comment) or ANSWERS.fullmatch(block.comment)
    assert known or block.comment in ("", UNTIL_INTERRUPTED)


@each_block
def test_a_block_can_be_pasted_at_once(block: Block) -> None:
    assert documents.complete_commands(block.script)
    assert len(block.script.encode()) < QUEUE_BYTES


def test_few_blocks_are_not_run() -> None:
    reasons = {block.place: block.comment for block in BLOCKS if block.needs is Needs.NOT_RUN}
    assert len(reasons) <= MARKERS_AT_MOST, reasons


@each_block
def test_every_manifest_that_a_block_names_is_in_the_clone_or_written_before(block: Block) -> None:
    before = [other.script for other in BLOCKS if other.page == block.page and other.line <= block.line]
    written = set(re.findall(r"> *(\S+)", "".join(before)))
    words = {word for words in documents.simple_commands(block.script) for word in words}
    files = {word for word in words if word.endswith((".yaml", ".yml")) and "=" not in word}
    assert [file for file in files - written if not (ROOT / file).is_file()] == []


def test_the_readme_shows_the_manifest_that_its_commands_apply() -> None:
    shown = [text for language, text in documents.blocks(ROOT / "README.md") if language == "yaml"]
    assert yaml.safe_load(shown[0]) == yaml.safe_load((ROOT / "crds/samples/second-season.yaml").read_text())


def test_a_marker_without_a_reason_is_none() -> None:
    assert NOT_RUN.fullmatch("<!-- not run: -->") is None
    assert NOT_RUN.fullmatch("<!-- not run:  -->") is None


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("make try\n", Needs.NOTHING),
        ("otakube run x --stand-in\n", Needs.NOTHING),
        ("otakube search x\n", Needs.CLUSTER),
        ('eval "$(.venv/bin/otakube cluster env)"\n', Needs.CLUSTER),
        ("echo; make demo\n", Needs.CLUSTER),
    ],
)
def test_what_a_block_needs_follows_from_its_commands(script: str, wanted: Needs) -> None:
    assert needs(ROOT / "README.md", script, "") is wanted


def test_a_promised_line_allows_other_numbers_and_distances_alone() -> None:
    promised = pattern("otakube   Ready   …   v1.34.4 after 27 s")
    assert re.search(promised, "otakube Ready <none> 3h v1.34.10 after 2 s")
    assert not re.search(promised, "otakube NotReady <none> 3h v1.34.10 after 2 s")
