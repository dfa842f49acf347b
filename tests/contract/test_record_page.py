# SPDX-License-Identifier: Apache-2.0
"""The page about the record shows the tables that decide."""

from pathlib import Path

import pytest

from otakube.domain.merge.character_images import SAME_PICTURE
from otakube.domain.merge.policies import (
    CHARACTER_POLICIES,
    CORROBORATION,
    EPISODE_POLICIES,
    KEY_FIELDS,
    LIST_POLICIES,
    POLICIES,
    STAFF_POLICIES,
    STALE_FACTOR,
    Policy,
)
from otakube.domain.merge.stages import STAGES
from otakube.domain.publish.relation_graph import LEVELS_LIMIT, NODES_LIMIT
from otakube.domain.record.golden import GoldenRecord

PAGE = (Path(__file__).parents[2] / "docs/record.md").read_text()
TEXT = " ".join(PAGE.split())


@pytest.mark.parametrize(
    "table",
    [POLICIES | LIST_POLICIES, EPISODE_POLICIES, CHARACTER_POLICIES, STAFF_POLICIES],
    ids=["entry", "episode", "character", "staff"],
)
def test_the_merge_table_is_the_one_that_merges(table: dict[str, Policy]) -> None:
    rows = [f"| `{field}` | {one.rule} | {', '.join(one.order)} |" for field, one in table.items()]
    assert "|---|---|---|\n" + "\n".join(rows) + "\n\n" in PAGE


@pytest.mark.parametrize(
    "words",
    [
        f"{CORROBORATION[1]} for one vote, {CORROBORATION[2]} for two, {CORROBORATION[3]:g} for three",
        f"times {STALE_FACTOR} for an old copy",
        ", ".join(f"`{field}`" for field in KEY_FIELDS[:-1]) + f" and `{KEY_FIELDS[-1]}`",
        f"at most {SAME_PICTURE} of 64 bits",
        f"{NODES_LIMIT} works or {LEVELS_LIMIT} levels",
    ],
)
def test_the_figures_are_those_of_the_code(words: str) -> None:
    assert words in TEXT


@pytest.mark.parametrize(
    "name", [*STAGES, *(field for field in GoldenRecord.model_fields if field != "assembled_at")]
)
def test_every_stage_and_part_is_described(name: str) -> None:
    assert f"`{name}`" in PAGE
