# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from pathlib import Path

import pytest

from otakube_cluster import addons, base, binaries
from otakube_cluster.errors import ClusterError
from otakube_cluster.settings import ClusterSettings


def finished(cache: Path, module: binaries.Module, go: str) -> Path:
    folder = cache / "binaries" / module.name / f"{binaries.source_digest(module)}-{go}"
    folder.mkdir(parents=True)
    (folder / ".complete").touch()
    return folder


def test_a_finished_program_is_found_again_by_its_content(tmp_path: Path) -> None:
    folder = finished(tmp_path, binaries.NODE, "go1.26.8")
    assert binaries.home(binaries.NODE, tmp_path, "go1.26.8") == folder
    assert binaries.home(binaries.NODE, tmp_path, "go1.27.0") is None
    assert binaries.home(replace(binaries.NODE, stamps=("a=b",)), tmp_path, "go1.26.8") is None


def test_without_go_a_program_of_any_toolchain_serves(tmp_path: Path) -> None:
    folder = finished(tmp_path, binaries.NODE, "go1.26.8")
    assert binaries.home(binaries.NODE, tmp_path, None) == folder


def test_an_interrupted_build_is_not_taken_for_a_finished_one(tmp_path: Path) -> None:
    (finished(tmp_path, binaries.NODE, "go1.26.8") / ".complete").unlink()
    assert binaries.missing([binaries.NODE], tmp_path, "go1.26.8") == [binaries.NODE]


def test_every_module_is_pinned_with_checksums() -> None:
    for module in binaries.ALL_MODULES:
        text = (module.source / "go.mod").read_text()
        assert module.version in text
        assert "require" not in text or (module.source / "go.sum").stat().st_size


def test_the_needed_go_is_the_highest_of_all_modules() -> None:
    assert binaries.needed_go() == "1.26.5"


def test_an_unknown_program_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"no program 'x'; there are: node, kubernetes"):
        binaries.program("x", tmp_path)


def test_every_manifest_is_complete_and_keeps_the_baseline(settings: ClusterSettings) -> None:
    for name in (*addons.MANIFESTS, "probe"):
        text = addons.render(name, addons.values(settings))
        assert "$" not in text


def test_more_packages_make_another_base() -> None:
    assert base.tag([]) == "bookworm"
    assert base.tag(["a", "b"]) == base.tag(["b", "a"]) != base.tag(["a"])


def test_the_machine_sources_serve_only_the_same_release(tmp_path: Path) -> None:
    other, same = tmp_path / "other.list", tmp_path / "same.list"
    other.write_text("deb http://mirror trixie main")
    same.write_text("deb http://mirror bookworm main")
    assert base.sources([tmp_path / "absent", other]) == base.MIRROR
    assert base.sources([other, same]) == str(same)
