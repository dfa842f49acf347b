# SPDX-License-Identifier: Apache-2.0
"""The route of the merge locks: whole, page by page, bounded."""

import asyncio
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from curation import read_api
from lock_builders import add, same
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.locks import SqliteLocks
from otakube.domain.locks.lock import as_json, lock_id

DECIDED = [same(2 * n, 2 * n + 1) for n in range(7)]


@pytest.fixture
def api(tmp_path: Path) -> TestClient:
    locks = SqliteLocks(SqliteDocuments(tmp_path))

    async def decide() -> None:
        for lock in DECIDED:
            await add(locks, lock)

    asyncio.run(decide())
    return read_api(locks)


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_all_locks_come_page_by_page_each_once(api: TestClient, limit: int) -> None:
    found, after, pages = [], "", 0
    while after is not None:
        answer = api.get("/locks", params={"after": after, "limit": limit}).json()
        assert len(answer["locks"]) <= limit
        found += answer["locks"]
        after, pages = answer["next"], pages + 1
    assert [one["id"] for one in found] == sorted(map(lock_id, DECIDED))
    assert found[0] == {
        "id": found[0]["id"],
        **as_json(next(d for d in DECIDED if lock_id(d) == found[0]["id"])),
    }
    assert pages == -(-len(DECIDED) // limit)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"limit": 501}, "limit is '501'"),
        ({"limit": 0}, "limit is '0'"),
        ({"after": "$ne"}, "after is '$ne'"),
    ],
)
def test_a_wrong_question_is_named(api: TestClient, query: dict[str, str | int], words: str) -> None:
    response = api.get("/locks", params=query)
    assert response.status_code == 422
    assert words in response.json()["detail"]
