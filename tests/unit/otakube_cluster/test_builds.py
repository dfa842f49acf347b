# SPDX-License-Identifier: Apache-2.0
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from otakube_cluster import builds
from otakube_cluster.builds import Builder, ImageRow, chosen, content_digest, copied, rows
from otakube_cluster.errors import ClusterError
from otakube_cluster.settings import ClusterSettings

DOCKERFILE = """\
ARG BASE=x
FROM ${BASE} AS build
COPY images/install.py locks/*.txt \\
     /build/
ADD --chmod=0755 core/otakube /opt/
FROM ${BASE}
COPY --from=build /opt /opt
"""


def row(name: str, base: str | None = None) -> ImageRow:
    return ImageRow(name=name, dockerfile="Dockerfile", base=base, local={})


@pytest.fixture
def context(tmp_path: Path) -> Path:
    for name in ("images/install.py", "locks/a.txt", "core/otakube/a.py", "core/other/b.py", "Dockerfile"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    return tmp_path


def test_only_what_comes_from_the_context_counts() -> None:
    assert copied(DOCKERFILE) == ["images/install.py", "locks/*.txt", "core/otakube"]


@pytest.mark.parametrize(
    "changed", ["images/install.py", "locks/a.txt", "core/otakube/a.py", "core/otakube/new.py"]
)
def test_a_changed_or_new_copied_file_is_seen(context: Path, changed: str) -> None:
    before = content_digest(context, context / "Dockerfile", "base")
    (context / changed).write_text("changed")
    assert content_digest(context, context / "Dockerfile", "base") != before


@pytest.mark.parametrize("changed", ["core/other/b.py", "core/otakube/__pycache__/a.pyc", "README.md"])
def test_what_is_not_copied_changes_nothing(context: Path, changed: str) -> None:
    before = content_digest(context, context / "Dockerfile", "base")
    (context / changed).parent.mkdir(exist_ok=True)
    (context / changed).write_text("changed")
    assert content_digest(context, context / "Dockerfile", "base") == before


def test_a_renamed_file_a_mode_and_the_base_are_seen(context: Path) -> None:
    dockerfile = context / "Dockerfile"
    digests = [content_digest(context, dockerfile, "base"), content_digest(context, dockerfile, "other")]
    (context / "images/install.py").chmod(0o755)
    digests.append(content_digest(context, dockerfile, "base"))
    (context / "core/otakube/a.py").rename(context / "core/otakube/b.py")
    digests.append(content_digest(context, dockerfile, "base"))
    assert len(set(digests)) == 4


def test_an_image_brings_those_below_it_in_build_order() -> None:
    listed = [row("a"), row("b"), row("c", base="a"), row("d", base="c")]
    assert [one.name for one in chosen(listed, ["d"])] == ["a", "c", "d"]
    assert chosen(listed, []) == listed


def test_an_unknown_image_is_named_with_those_there_are() -> None:
    with pytest.raises(ClusterError, match="no image 'x'; there are: a, b"):
        chosen([row("a"), row("b")], ["x"])


def test_the_list_is_read_with_its_local_keys(tmp_path: Path) -> None:
    path = tmp_path / "images.yaml"
    path.write_text("images:\n  - {name: objects, dockerfile: D, local: {program: versitygw}}\n")
    [found] = rows(path)
    assert found.local == {"program": "versitygw"}
    assert found.reference == "docker.io/library/objects:dev"


def test_a_missing_list_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="root of a checkout"):
        rows(tmp_path / "images.yaml")


def test_the_script_that_prepares_an_image_runs_once_and_is_mounted_once(
    context: Path, settings: ClusterSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    def record(command: Sequence[str | Path], **_: Any) -> str:
        started.append([str(part) for part in command])
        return "made elsewhere\n/cache/made\n"

    monkeypatch.setattr(builds, "run", record)
    image = ImageRow(
        name="documents", dockerfile="Dockerfile", base="below", local={"prepare": "images/make.sh"}
    )
    Builder(settings, context)._build(image, lambda _: None)
    [script, build] = started
    assert script == [str(context / "images/make.sh")]
    assert [part for part in build if part.endswith(":/prepared:ro")] == ["/cache/made:/prepared:ro"]
