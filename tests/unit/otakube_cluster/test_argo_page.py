# SPDX-License-Identifier: Apache-2.0
"""Argo's web page: what is pinned, and what becomes of a machine without npm."""

import json
from pathlib import Path

import pytest

from otakube_cluster import argo_page, binaries
from otakube_cluster.errors import ClusterError

OURS = binaries.ARGO_WORKFLOWS.source / "page"
LOCK = json.loads((OURS / "package-lock.json").read_text())["packages"]


def a_program(folder: Path, name: str, prints: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\necho {prints}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with the programs of this folder and no others."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_every_package_is_pinned_by_its_hash_and_no_registry_is_named() -> None:
    packages = {name: package for name, package in LOCK.items() if name}
    assert len(packages) > 400
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


def test_the_lock_is_that_of_the_listed_packages() -> None:
    listed = json.loads((OURS / "package.json").read_text())
    assert LOCK[""]["dependencies"] == listed["dependencies"]
    assert {f"node_modules/{name}" for name in listed["dependencies"]} <= set(LOCK)


def test_all_of_our_files_decide_what_is_built() -> None:
    assert {path.name for path in OURS.iterdir()} == set(argo_page.OURS)


@pytest.mark.parametrize(
    ("node", "npm", "words"),
    [
        (None, None, "Node.js 20 or newer with npm was not found"),
        ("v20.1.0", None, "Node.js 20 or newer with npm was not found"),
        ("v18.20.4", "10.7.0", "Node.js 20 or newer is needed, and `node` is v18.20.4"),
        ("", "10.7.0", "Node.js 20 or newer is needed, and `node` is broken"),
        ("v20.1.0", "10.7.0", None),
        ("v124.0.0", "10.7.0", None),
    ],
)
def test_a_machine_that_cannot_build_the_page_says_why(
    programs: Path, node: str | None, npm: str | None, words: str | None
) -> None:
    for name, prints in (("node", node), ("npm", npm)):
        if prints is not None:
            a_program(programs, name, prints)
    assert argo_page.obstacle() == words


@pytest.mark.usefixtures("programs")
def test_without_npm_nothing_is_built(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="npm was not found"):
        argo_page.build(tmp_path / "argo", OURS, tmp_path / "work", "v4.1.4")
    assert not (tmp_path / "work").exists()
