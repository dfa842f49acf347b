# SPDX-License-Identifier: Apache-2.0
"""People's decisions as a run reads them, page by page."""

from pathlib import Path

import pytest

from lock_builders import add, different, means, page, same
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.locks import SqliteLocks
from otakube.ports.locks import Locks
from otakube.steps.fetch.ownership import trusted_first
from otakube.steps.fetch.resolve import FetchRequest
from otakube.steps.fetch.run_locks import RunDecisions, apply_title_lock
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import said


class Counted(SqliteLocks):
    """Notes which pages were asked about."""

    def __init__(self, root: Path) -> None:
        super().__init__(SqliteDocuments(root))
        self.asked: list[list[str]] = []

    async def about(self, pages: list[str]) -> list[object]:  # type: ignore[override]  # a narrower list
        self.asked.append(list(pages))
        return list(await super().about(pages))


@pytest.fixture
def store(tmp_path: Path) -> Counted:
    return Counted(tmp_path)


@pytest.fixture
def decisions(store: Counted) -> RunDecisions:
    async def locks() -> Locks:
        return store  # type: ignore[return-value]  # see Counted.about

    return RunDecisions(locks=locks)


async def test_each_page_is_asked_about_once(store: Counted, decisions: RunDecisions) -> None:
    await add(store, same(0, 1))
    store.asked.clear()
    await decisions.learn([page(0), "https://example.org/official"])
    await decisions.learn([page(0), page(2)])
    assert store.asked == [[page(0)], [page(2)]]
    assert decisions.known == [same(0, 1)]


async def test_rows_of_a_search_are_told_apart_and_put_together_as_decided(
    store: Counted, decisions: RunDecisions
) -> None:
    rows = [
        said(Provider.JIKAN, 1),
        said(Provider.ANILIST, 2),
        said(Provider.ANIDB, 3),
        said(Provider.KITSU, 9),
    ]
    assert [row.source_url for row in rows[:3]] == [page(0), page(1), page(2)]
    await add(store, same(0, 1))
    await add(store, different(1, 2))
    decided = await decisions.between(rows)
    assert decided(rows[0], rows[1]) is True
    assert decided(rows[0], rows[2]) is False
    assert decided(rows[0], rows[3]) is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"title": "AORI tori"}, ""),
        ({"title": "AOI tori"}, page(4)),
        ({"title": "Aoi Tori", "year": 2012}, ""),
        ({"title": "Aoi Tori", "source_urls": (page(7),)}, page(7)),
    ],
)
async def test_a_title_is_replaced_by_the_page_that_it_means(
    store: Counted, decisions: RunDecisions, asked: dict[str, object], found: str
) -> None:
    await add(store, means("Aoi Tori", 4))
    usual: dict[str, object] = {"anime_id": "", "source_urls": (), "title": "", "providers": ()}
    request = await apply_title_lock(FetchRequest(**usual | asked), decisions)  # type: ignore[arg-type]  # a table of fields
    assert request.source_urls == ((found,) if found else ())
    assert bool(request.title) == (found != page(4))


def test_pages_come_in_the_order_of_trust() -> None:
    urls = ["https://example.org/x", "https://kitsu.app/anime/1", "https://myanimelist.net/anime/9"]
    assert trusted_first(urls) == [urls[2], urls[1], urls[0]]
