# SPDX-License-Identifier: Apache-2.0
"""The generator writes, compares and says so by its exit code."""

from pathlib import Path

import pytest

from otakube_api import manifests


def test_writing_then_checking_finds_nothing(tmp_path: Path) -> None:
    assert manifests.main(["--root", str(tmp_path)]) == 0
    assert manifests.main(["--root", str(tmp_path), "--check"]) == 0


def test_an_edit_by_hand_is_shown_as_a_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifests.write(tmp_path)
    crd = tmp_path / "crds/otakube.dev_animeenrichments.yaml"
    crd.write_text(crd.read_text().replace("maxItems: 20", "maxItems: 200"))

    assert manifests.main(["--root", str(tmp_path), "--check"]) == 1
    shown = capsys.readouterr().out
    assert "maxItems: 200" in shown
    assert "+++ crds/otakube.dev_animeenrichments.yaml (generated)" in shown


def test_a_missing_file_is_a_difference_and_checking_writes_nothing(tmp_path: Path) -> None:
    assert manifests.main(["--root", str(tmp_path), "--check"]) == 1
    assert list(tmp_path.iterdir()) == []


def test_writing_twice_gives_the_same_bytes() -> None:
    assert manifests.generated() == manifests.generated()


def test_three_files_a_kind() -> None:
    paths = {str(path) for path in manifests.generated()}

    assert {path for path in paths if "animeenrichment" in path} == {
        "crds/otakube.dev_animeenrichments.yaml",
        "charts/otakube-crds/templates/otakube.dev_animeenrichments.yaml",
        "docs/reference/animeenrichment.md",
    }
    assert len(paths) == 3 * len(manifests.kind_models())
