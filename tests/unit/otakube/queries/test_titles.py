# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest

from otakube.ports.search import EntryTitles
from otakube.queries import titles as subject
from otakube.queries.titles import OVERLAP, REFRESH_SECONDS, LiveTitleIndex

START = datetime(2026, 3, 1, tzinfo=UTC)


class Store:
    """Live entries that remember from when on they were asked for."""

    def __init__(self) -> None:
        self.entries: dict[str, EntryTitles] = {}
        self.asked: list[datetime | None] = []

    def commit(self, entry: str, *titles: str, version: int = 1, seconds: float = 0) -> None:
        at = START + timedelta(seconds=seconds)
        self.entries[entry] = EntryTitles(entry_id=entry, version=version, titles=titles, committed_at=at)

    async def since(self, moment: datetime | None) -> list[EntryTitles]:
        self.asked.append(moment)
        return [one for one in self.entries.values() if moment is None or one.committed_at >= moment]


async def ids(index: LiveTitleIndex, query: str, *, now: float = 0) -> list[str]:
    return [hit.id for hit in await index.search(query, 10, now=now)]


@pytest.mark.parametrize(
    "query", ["Frozen Tide", "frozen tide", "FROZEN-TIDE", "frozen tied", "frozn tide", "Der gefrorene Strom"]
)
async def test_a_title_is_found_as_it_is_written_and_a_slip_away(query: str) -> None:
    store = Store()
    store.commit("a", "Frozen Tide", "Der gefrorene Strom")
    store.commit("b", "Glass Courier")
    assert await ids(LiveTitleIndex(store), query) == ["a"]


@pytest.mark.parametrize("query", ["asdfghjkl qwerty", "a tide of people who freeze in winter", "zzz", "!!"])
async def test_words_that_are_no_title_find_none(query: str) -> None:
    store = Store()
    store.commit("a", "Frozen Tide")
    assert await ids(LiveTitleIndex(store), query) == []


async def test_a_commit_is_found_at_the_next_refresh() -> None:
    store = Store()
    index = LiveTitleIndex(store)
    assert await ids(index, "frozen tide", now=0) == []
    store.commit("a", "Frozen Tide")
    assert await ids(index, "frozen tide", now=REFRESH_SECONDS / 2) == []
    assert await ids(index, "frozen tide", now=REFRESH_SECONDS) == ["a"]


async def test_a_renamed_entry_is_found_by_its_new_titles_alone() -> None:
    store = Store()
    store.commit("a", "Frozen Tide")
    index = LiveTitleIndex(store)
    assert await ids(index, "frozen tide", now=0) == ["a"]
    store.commit("a", "Glass Courier", version=2, seconds=5)
    assert await ids(index, "glass courier", now=10) == ["a"]
    assert await ids(index, "frozen tide", now=10) == []


async def test_a_refresh_asks_only_for_what_was_committed_since_and_a_little_before() -> None:
    store = Store()
    store.commit("a", "Frozen Tide", seconds=0)
    store.commit("b", "Glass Courier", seconds=600)
    index = LiveTitleIndex(store)
    await ids(index, "x", now=0)
    await ids(index, "x", now=10)
    assert store.asked == [None, START + timedelta(seconds=600) - OVERLAP]


async def test_a_commit_of_a_slow_clock_is_not_missed() -> None:
    store = Store()
    store.commit("a", "Frozen Tide", seconds=100)
    index = LiveTitleIndex(store)
    await ids(index, "x", now=0)
    store.commit("b", "Glass Courier", seconds=60)
    assert await ids(index, "glass courier", now=10) == ["b"]


async def test_both_halves_of_the_index_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "RECENT_LIMIT", 2)
    store = Store()
    for number, title in enumerate(["Frozen Tide", "Glass Courier", "Second Serve"]):
        store.commit(str(number), title)
    index = LiveTitleIndex(store)
    assert await ids(index, "second serve", now=0) == ["2"]
    store.commit("3", "Iron Orchard", seconds=1)
    store.commit("0", "Lost Clause", version=2, seconds=1)
    found = [
        await ids(index, query, now=5)
        for query in ("iron orchard", "lost clause", "frozen tide", "glass courier")
    ]
    assert found == [["3"], ["0"], [], ["1"]]
