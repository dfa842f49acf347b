# SPDX-License-Identifier: Apache-2.0
from collections.abc import Sequence

from otakube.ports.search import EntrySummary, PassageHit
from otakube.queries.search import OVERFETCH, PASSAGES_LIMIT, confirmed, search


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


async def titles(index: Index, documents: Documents, *, limit: int = 2) -> list[str]:
    found = await search([1.0], kinds=["synopsis"], limit=limit, vectors=index, summaries=documents)
    return [one.summary.title for one in found]


def test_an_entry_is_as_near_as_its_nearest_passage() -> None:
    hits = [a_hit("a", 0.5), a_hit("b", 0.6), a_hit("a", 0.9, kind="episode"), a_hit("a", 0.1)]
    found = confirmed(hits, {one: a_summary(one) for one in "ab"})
    assert [(one.summary.entry_id, one.hit.kind) for one in found] == [("a", "episode"), ("b", "synopsis")]


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
    assert confirmed([a_hit("a", 0.9, digest="of a lost commit")], {"a": a_summary("a")}) == []
