# SPDX-License-Identifier: Apache-2.0
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from otakube_cluster import addons, argo_page, base, binaries
from otakube_cluster.errors import ClusterError
from otakube_cluster.settings import ClusterSettings


def finished(cache: Path, module: binaries.Module, go: str, end: str = "") -> Path:
    folder = cache / "binaries" / module.name / f"{binaries.source_digest(module)}-{go}{end}"
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


@pytest.mark.parametrize("go", ["go1.26.8", None])
def test_programs_with_their_page_come_before_those_without(tmp_path: Path, go: str | None) -> None:
    empty = finished(tmp_path, binaries.ARGO_WORKFLOWS, "go1.26.8")
    (empty / binaries.NO_PAGE).write_text("npm ci ended with 1")
    assert binaries.home(binaries.ARGO_WORKFLOWS, tmp_path, go) == empty
    assert binaries.without_page(binaries.ARGO_WORKFLOWS, empty) == "npm ci ended with 1"
    whole = finished(tmp_path, binaries.ARGO_WORKFLOWS, "go1.26.8", binaries.WITH_PAGE)
    assert binaries.home(binaries.ARGO_WORKFLOWS, tmp_path, go) == whole
    assert binaries.without_page(binaries.ARGO_WORKFLOWS, whole) is None


@pytest.mark.parametrize(
    ("obstacle", "missing"), [(None, [binaries.ARGO_WORKFLOWS]), ("npm was not found", [])]
)
def test_a_missing_page_is_built_once_npm_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str | None, missing: list[binaries.Module]
) -> None:
    monkeypatch.setattr(argo_page, "obstacle", lambda: obstacle)
    finished(tmp_path, binaries.ARGO_WORKFLOWS, "go1.26.8")
    finished(tmp_path, binaries.NODE, "go1.26.8")
    wanted = [binaries.ARGO_WORKFLOWS, binaries.NODE]
    assert binaries.missing(wanted, tmp_path, "go1.26.8") == missing
    assert binaries.missing(wanted, tmp_path, None) == []


def test_a_file_in_a_folder_of_a_module_counts_too() -> None:
    argo = binaries.ARGO_WORKFLOWS
    names = {str(path.relative_to(argo.source)) for path in binaries.sources(argo)}
    assert {"go.mod", "go.sum", "page/package-lock.json"} <= names


def test_of_two_that_need_a_program_one_builds_and_the_other_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    builds: list[Path] = []
    waits = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        waits.set()

    def build(_: binaries.Module, work: Path, __: object) -> None:
        builds.append(work)
        assert waits.wait(60)

    monkeypatch.setattr(binaries, "toolchain", lambda: "go1.26.8")
    monkeypatch.setattr(binaries, "_build", build)
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(binaries.built, binaries.NODE, tmp_path, tell) for _ in range(2)]
        folders = {one.result() for one in both}
    assert len(folders) == len(builds) == 1
    assert told == ["another process builds it; waiting for that one"]


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
