# SPDX-License-Identifier: Apache-2.0
"""An approval in spite of doubts becomes a decision, once; and nothing else does."""

from pathlib import Path
from typing import Any

import pytest

from golden import NOW, a_record, an_entry
from lock_builders import add, different, page, same
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.locks import SqliteLocks
from otakube.domain.record import handover
from otakube.domain.record.golden import GateFinding
from otakube.domain.record.handover import Commit, VectorSet
from otakube.errors import Fatal
from otakube.maintenance.merge_locks import read_payload, remember
from otakube.ports.locks import every
from otakube_api.contract import FailureReason, Gate

DOUBT = GateFinding(gate=Gate.IDENTITY, message="AniList may speak of another anime")
SOURCES = [page(0), page(1), "https://example.org/official"]


def approved(**changes: Any) -> Commit:
    gates = changes.pop("gates", [DOUBT])
    record = a_record(entry=an_entry(sources=changes.pop("sources", SOURCES)), gates=gates)
    fields: dict[str, Any] = {
        "record": record,
        "vectors": VectorSet(model="m", dimension=1, golden_digest="d", points=[]),
        "digest": handover.digest(record),
        "run": "work/uid/1-1",
        "decision": "approve",
        "note": "same staff, same dates",
        "reviewer": "ilse",
    }
    return Commit(**fields | changes)


@pytest.fixture
def locks(tmp_path: Path) -> SqliteLocks:
    return SqliteLocks(SqliteDocuments(tmp_path))


async def test_an_approval_of_a_doubted_record_says_that_its_pages_are_one_anime(locks: SqliteLocks) -> None:
    said = await remember(locks, approved(), at=NOW)
    assert said == same(0, 1, decided_at=NOW, note="same staff, same dates")
    assert [lock async for lock in every(locks)] == [said]


async def test_a_step_that_runs_twice_keeps_the_first_decision(locks: SqliteLocks) -> None:
    await remember(locks, approved(), at=NOW)
    await remember(locks, approved(reviewer="oskar"), at=NOW)
    assert [lock.decided_by async for lock in every(locks)] == ["ilse"]


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": "automatic"},
        {"gates": []},
        {"gates": [GateFinding(gate=Gate.DRIFT, message="many fields differ")]},
        {"sources": SOURCES[1:]},
    ],
    ids=["nobody decided", "no gate failed", "nobody doubted which anime it is", "there is one page only"],
)
async def test_nothing_else_becomes_a_lock(locks: SqliteLocks, changes: dict[str, Any]) -> None:
    assert await remember(locks, approved(**changes), at=NOW) is None
    assert [lock async for lock in every(locks)] == []


async def test_an_approval_against_a_lock_leaves_the_lock(locks: SqliteLocks) -> None:
    await add(locks, different(0, 1))
    assert await remember(locks, approved(), at=NOW) is None
    assert [lock async for lock in every(locks)] == [different(0, 1)]


async def test_a_reviewer_s_words_are_made_plain(locks: SqliteLocks) -> None:
    said = await remember(locks, approved(reviewer="", note="<b>sure</b>\x1b[2J"), at=NOW)
    assert said is not None
    assert (said.decided_by, said.note) == ("a reviewer", "sure[2J")


def test_a_payload_that_is_none_is_final() -> None:
    with pytest.raises(Fatal, match="--payload: it is no base64 of gzip") as refused:
        read_payload("{}")
    assert refused.value.reason is FailureReason.RECORD_INVALID
