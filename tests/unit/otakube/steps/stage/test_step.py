# SPDX-License-Identifier: Apache-2.0
"""The stages as checkpoints: resumed in their version, made anew in any other."""

import asyncio
import json
from pathlib import Path

import pytest

from enriched import MODE, PREFIX, enriched, fetched
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.domain.licences.terms import Agreement, agreed
from otakube.domain.merge.stages import STAGES, version_of
from otakube.domain.record.golden import GoldenRecord
from otakube.errors import Fatal
from otakube.ports.providers import RawRecord
from otakube.steps.assemble.record import Staged
from otakube.steps.stage.step import stage
from otakube_api.contract import Provider


@pytest.fixture(scope="module")
def answers() -> dict[Provider, RawRecord]:
    ids = {Provider.JIKAN: "70211", Provider.KITSU: "61204"}
    return asyncio.run(fetched(ids))


async def again(folder: Path) -> None:
    await stage(FolderObjects(folder), work_prefix=PREFIX, mode=MODE)


def checkpoints(folder: Path) -> dict[str, Path]:
    return {file.stem.partition("-")[2]: file for file in sorted((folder / PREFIX / "stage").iterdir())}


async def test_each_stage_leaves_a_checkpoint_with_its_version(
    answers: dict[Provider, RawRecord], tmp_path: Path
) -> None:
    record = await enriched(tmp_path, answers)
    files = checkpoints(tmp_path)
    assert list(files) == list(STAGES)
    assert {name: json.loads(file.read_text())["version"] for name, file in files.items()} == (
        record.stage_versions
    )
    assert record.stage_versions == {name: version_of(name) for name in STAGES}


async def test_a_checkpoint_of_this_version_is_kept(
    answers: dict[Provider, RawRecord], tmp_path: Path
) -> None:
    await enriched(tmp_path, answers)
    files = checkpoints(tmp_path)
    before = {name: file.stat().st_mtime_ns for name, file in files.items()}
    files["statistics"].unlink()
    await again(tmp_path)
    changed = {name for name, file in files.items() if file.stat().st_mtime_ns != before[name]}
    assert changed == {"statistics"}


@pytest.mark.parametrize("name", list(STAGES))
@pytest.mark.parametrize("version", [1, 99, None])
async def test_a_checkpoint_of_another_version_is_made_anew(
    answers: dict[Provider, RawRecord], tmp_path: Path, name: str, version: int | None
) -> None:
    await enriched(tmp_path, answers)
    file = checkpoints(tmp_path)[name]
    right = file.read_text()
    other = json.loads(right) | {"version": version}
    if version is None:
        del other["version"]
    file.write_text(json.dumps(other))
    with pytest.raises(Fatal, match="Run `otakube step stage` again"):
        await Staged.read(FolderObjects(tmp_path), PREFIX, episode_update=False)
    await again(tmp_path)
    assert file.read_text() == right


async def test_the_same_answers_give_the_same_record(
    answers: dict[Provider, RawRecord], tmp_path: Path
) -> None:
    first: GoldenRecord = await enriched(tmp_path / "one", answers)
    assert await enriched(tmp_path / "two", dict(reversed(answers.items()))) == first


async def test_licences_that_let_nobody_be_stored_are_named(
    answers: dict[Provider, RawRecord], tmp_path: Path
) -> None:
    licences = agreed({one: Agreement(storable=False) for one in (Provider.JIKAN, Provider.KITSU)})
    with pytest.raises(Fatal, match=r"all that answered \(Jikan, Kitsu\).*see the setting licence"):
        await enriched(tmp_path, answers, licences=licences)
