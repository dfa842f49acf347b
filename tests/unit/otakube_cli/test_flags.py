# SPDX-License-Identifier: Apache-2.0
"""`otakube flags` over the stores of a folder."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dataset_world import embedded
from otakube.domain.dataset.flags import FlaggedField
from otakube.ports.flags import Flag
from otakube_cli.flags import app

FLAG = Flag(
    id="ani_1/title",
    entry_id="ani_1",
    title="Frozen Tide",
    field=FlaggedField.TITLE,
    ours="Frozen Tide",
    theirs="Frozen Tides",
    flagged_at=datetime(2026, 11, 27, tzinfo=UTC),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    async def put() -> None:
        async with AsyncExitStack() as stack:
            await (await embedded(tmp_path, stack)).flags.put([FLAG])

    asyncio.run(put())
    return tmp_path


def call(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--stores", str(folder)])


def test_flags_are_listed_shown_and_resolved_for_good(folder: Path) -> None:
    assert "Frozen Tides" in call(folder, "list").stdout
    assert "Frozen Tides" in call(folder, "show", FLAG.id).stdout
    assert call(folder, "resolve", FLAG.id, "--by", "ilse", "--note", "both are in use").exit_code == 0
    assert json.loads(call(folder, "list", "-o", "json").stdout) == []
    resolved = json.loads(call(folder, "list", "--state", "all", "-o", "json").stdout)[0]
    assert (resolved["state"], resolved["resolved_by"], resolved["note"]) == (
        "Resolved",
        "ilse",
        "both are in use",
    )
    assert call(folder, "list", "--state", "resolved", "-o", "name").stdout.strip() == FLAG.id


def test_a_flag_and_a_folder_that_are_none_are_named(folder: Path) -> None:
    said = call(folder, "show", "ani_2/title")
    assert said.exit_code == 1
    assert "no flag 'ani_2/title'" in said.stderr
    assert "has no stores" in call(folder / "none", "list").stderr
