# SPDX-License-Identifier: Apache-2.0
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from otakube.errors import Retriable
from otakube.ports.search import EntrySummary, EntryTitles, PassageHit
from otakube.queries.search import (
    OVERFETCH,
    PASSAGES_LIMIT,
    Match,
    Query,
    SearchAnswer,
    SearchIndexes,
    confirmed,
    search,
)
from otakube.queries.titles import LiveTitleIndex
from otakube_api.contract import FailureReason


def a_hit(
    entry: str, score: float, *, version: int = 1, kind: str = "synopsis", number: int = 0, digest: str = "d"
) -> PassageHit:
    return PassageHit(
        entry_id=entry, version=version, digest=digest, kind=kind, number=number, text=entry, score=score
    )


def a_summary(entry: str, version: int = 1) -> EntrySummary:
    return EntrySummary(
        entry_id=entry, version=version, digest="d", title=entry.upper(), type="TV", year=2024
    )


class Index:
    """An index that answers one list after the other and remembers what it was asked for."""

    def __init__(self, *answers: list[PassageHit]) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []

    async def nearest(self, vector: Sequence[float], *, kind: str, limit: int) -> list[PassageHit]:
        self.asked.append(limit)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return [hit for hit in answer if hit.kind == kind][:limit]


class Documents:
    def __init__(self, *live: EntrySummary) -> None:
        self.live = {summary.entry_id: summary for summary in live}

    async def of(self, entry_ids: Sequence[str]) -> dict[str, EntrySummary]:
        return {one: self.live[one] for one in entry_ids if one in self.live}


class Titles:
    """Live entries that each have one title."""

    def __init__(self, **titles: str) -> None:
        self.titles = titles

    async def since(self, _: datetime | None) -> list[EntryTitles]:
        return [
            EntryTitles(
                entry_id=entry, version=1, titles=(title,), committed_at=datetime(2026, 1, 1, tzinfo=UTC)
            )
            for entry, title in self.titles.items()
        ]


class AwayIndex:
    async def nearest(self, vector: Sequence[float], *, kind: str, limit: int) -> list[PassageHit]:
        raise Retriable(FailureReason.STORE_UNAVAILABLE, "searching: the vector store is away")


async def answer_of(
    index: Index | AwayIndex,
    documents: Documents,
    *,
    text: str = "words",
    kinds: Sequence[str] = ("synopsis",),
    limit: int = 2,
    floor: float = 0.0,
    titles: Titles | None = None,
) -> SearchAnswer:
    query = Query(text=text, vector=[1.0], floor=floor, kinds=kinds, limit=limit)
    indexes = SearchIndexes(titles=LiveTitleIndex(titles or Titles()), vectors=index, summaries=documents)
    return await search(query, indexes, now=0)


async def titles(index: Index, documents: Documents, *, limit: int = 2, floor: float = 0.0) -> list[str]:
    answer = await answer_of(index, documents, limit=limit, floor=floor)
    return [one.summary.title for one in answer.found]


def test_an_entry_is_as_near_as_its_nearest_passage() -> None:
    hits = [a_hit("a", 0.5), a_hit("b", 0.6), a_hit("a", 0.9, kind="episode"), a_hit("a", 0.1)]
    found = confirmed(hits, {one: a_summary(one) for one in "ab"}, 0)
    assert [(one.summary.entry_id, one.kind) for one in found] == [("a", "episode"), ("b", "synopsis")]


async def test_entries_that_are_not_live_and_other_versions_are_left_out() -> None:
    index = Index([a_hit("gone", 0.9), a_hit("old", 0.8, version=1), a_hit("live", 0.7, version=3)])
    assert await titles(index, Documents(a_summary("old", 2), a_summary("live", 3))) == ["LIVE"]


async def test_many_passages_of_one_entry_do_not_crowd_out_the_others() -> None:
    crowd = [a_hit("a", 0.9 - n / 1000, number=n) for n in range(2 * OVERFETCH)]
    index = Index([*crowd, a_hit("b", 0.1)])
    assert await titles(index, Documents(a_summary("a"), a_summary("b"))) == ["A", "B"]
    assert index.asked == [2 * OVERFETCH, 2 * OVERFETCH**2]


async def test_an_entry_that_changed_between_the_two_answers_is_asked_for_again() -> None:
    index = Index([a_hit("a", 0.9, version=1)], [a_hit("a", 0.8, version=2)])
    assert await titles(index, Documents(a_summary("a", 2))) == ["A"]


async def test_a_crowd_without_end_is_given_up() -> None:
    index = Index([a_hit("gone", 0.5, number=n) for n in range(10_000)])
    assert await titles(index, Documents(), limit=50) == []
    assert index.asked == [200, 800, PASSAGES_LIMIT]


async def test_an_empty_index_is_asked_once() -> None:
    index = Index([])
    assert await titles(index, Documents()) == []
    assert len(index.asked) == 1


def test_points_of_another_record_under_the_live_number_are_not_shown() -> None:
    """The document store was restored, and its counter reached the number once more."""
    assert confirmed([a_hit("a", 0.9, digest="of a lost commit")], {"a": a_summary("a")}, 0) == []


async def test_what_is_below_the_floor_is_no_answer() -> None:
    index = Index([a_hit("a", 0.5), a_hit("b", 0.29)])
    assert await titles(index, Documents(a_summary("a"), a_summary("b")), floor=0.3) == ["A"]
    assert len(index.asked) == 1


async def test_an_anime_whose_title_was_typed_comes_first_and_once() -> None:
    index = Index([a_hit("a", 0.9), a_hit("b", 0.8)])
    documents = Documents(a_summary("a"), a_summary("b"))
    answer = await answer_of(
        index,
        documents,
        text="glas courier",
        kinds=("title", "synopsis"),
        titles=Titles(a="Frozen Tide", b="Glass Courier"),
    )
    assert [(one.summary.entry_id, one.match) for one in answer.found] == [
        ("b", Match.TITLE),
        ("a", Match.MEANING),
    ]


async def test_titles_are_not_searched_where_only_other_passages_are_asked_for() -> None:
    answer = await answer_of(
        Index([]), Documents(a_summary("b")), text="glass courier", titles=Titles(b="Glass Courier")
    )
    assert answer.found == []


async def test_without_the_vectors_titles_are_found_and_the_answer_says_what_is_missing() -> None:
    answer = await answer_of(
        AwayIndex(),
        Documents(a_summary("b")),
        text="glass courier",
        kinds=("title", "synopsis"),
        titles=Titles(b="Glass Courier"),
    )
    assert [one.summary.entry_id for one in answer.found] == ["b"]
    assert answer.missing == "only titles were searched: searching: the vector store is away"


async def test_without_the_vectors_and_a_title_the_search_fails_rather_than_finds_nothing() -> None:
    with pytest.raises(Retriable):
        await answer_of(AwayIndex(), Documents(), text="words")


async def test_a_title_of_an_entry_that_has_gone_is_not_shown() -> None:
    answer = await answer_of(
        Index([]), Documents(), text="glass courier", kinds=("title",), titles=Titles(b="Glass Courier")
    )
    assert answer.found == []
