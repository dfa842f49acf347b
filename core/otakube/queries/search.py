# SPDX-License-Identifier: Apache-2.0
"""Search of the entries: those whose titles are near the query, then those whose passages mean it.

Both indexes may lag or hold leftovers; only what the documents confirm as live is shown.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from otakube.domain.matching.title_index import TitleHit
from otakube.domain.record.listing import SystemStatus
from otakube.errors import Retriable
from otakube.ports.search import EntrySummaries, EntrySummary, PassageHit, VectorSearch
from otakube.queries.titles import LiveTitleIndex

TITLE = "title"

OVERFETCH = 4
"""Passages asked for each wanted entry: an entry has many, and some may be of a version no longer live."""

HIDDEN = 2
"""Titles asked for each wanted entry: some may be of entries that are orphaned."""

ROUNDS = 3
"""Each asks for four times as many as the one before, if the last did not fill the list."""

PASSAGES_LIMIT = 2000


class Match(StrEnum):
    """Why an entry was found."""

    TITLE = "title"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Words to look for, and their vector; `floor` is the cosine from which it is near a passage."""

    text: str
    vector: Sequence[float]
    floor: float
    kinds: Sequence[str]
    limit: int
    include_orphaned: bool = False

    def wants(self, summary: EntrySummary) -> bool:
        """False for what readers must ask for by name."""
        return self.include_orphaned or summary.system_status is SystemStatus.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIndexes:
    """The indexes that a search asks, and the documents that confirm their answers."""

    titles: LiveTitleIndex
    vectors: VectorSearch
    summaries: EntrySummaries


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry; `score` tells how alike the titles are, 0 to 1, or is the cosine of `text`."""

    summary: EntrySummary
    match: Match
    score: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """Entries, best first; `missing` tells what could not be searched."""

    found: list[Found]
    missing: str | None = None


async def search(query: Query, indexes: SearchIndexes, *, now: float) -> SearchAnswer:
    """At most `query.limit` entries; `now` in seconds, monotonic.

    Without the vectors, titles alone are searched; raises Retriable if that finds nothing either.
    """
    by_title = await _by_title(query, indexes, now) if TITLE in query.kinds else []
    try:
        by_meaning = await _by_meaning(query, indexes)
    except Retriable as error:
        if not by_title:
            raise
        return SearchAnswer(found=by_title, missing=f"only titles were searched: {error}")
    return SearchAnswer(found=joined(by_title, by_meaning)[: query.limit])


def joined(by_title: Sequence[Found], by_meaning: Sequence[Found]) -> list[Found]:
    """Each entry once: who types a title wants that anime first."""
    found = {one.summary.entry_id: one for one in by_title}
    for one in by_meaning:
        found.setdefault(one.summary.entry_id, one)
    return list(found.values())


def confirmed(hits: Sequence[PassageHit], live: Mapping[str, EntrySummary], floor: float) -> list[Found]:
    """The best hit of each entry, of its live version alone, none below the floor, best first."""
    best: dict[str, Found] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.entry_id, hit.kind, hit.number)):
        summary = live.get(hit.entry_id)
        if summary is None or hit.score < floor:
            continue
        if (summary.version, summary.digest) == (hit.version, hit.digest):
            best.setdefault(hit.entry_id, _by_passage(summary, hit))
    return list(best.values())


async def _by_title(query: Query, indexes: SearchIndexes, now: float) -> list[Found]:
    hits = await indexes.titles.search(query.text, query.limit * HIDDEN, now=now)
    live = await indexes.summaries.of([hit.id for hit in hits]) if hits else {}
    found = [_by_name(live[hit.id], hit) for hit in hits if hit.id in live]
    return [one for one in found if query.wants(one.summary)][: query.limit]


async def _by_meaning(query: Query, indexes: SearchIndexes) -> list[Found]:
    """One model makes the vectors of every kind, so their cosines are compared as they are."""
    found: list[Found] = []
    asked = query.limit * OVERFETCH
    for _ in range(ROUNDS):
        asked = min(asked, PASSAGES_LIMIT)
        answers = await asyncio.gather(
            *(indexes.vectors.nearest(query.vector, kind=kind, limit=asked) for kind in query.kinds)
        )
        hits = [hit for hits in answers for hit in hits if hit.score >= query.floor]
        summaries = await indexes.summaries.of(sorted({hit.entry_id for hit in hits}))
        live = {entry_id: one for entry_id, one in summaries.items() if query.wants(one)}
        found = confirmed(hits, live, query.floor)
        if len(found) >= query.limit:
            break
        exhausted = all(len(hits) < asked or hits[-1].score < query.floor for hits in answers)
        if exhausted and len(found) == len(live):
            break
        if not exhausted:
            asked *= OVERFETCH
        # else: an entry changed between the two answers; its new passages are in the index by now
    return found


def _by_name(summary: EntrySummary, hit: TitleHit) -> Found:
    """A hit by another name of the anime shows the main one: licences may withhold the other."""
    return Found(summary=summary, match=Match.TITLE, score=hit.score, kind=TITLE, text=summary.title)


def _by_passage(summary: EntrySummary, hit: PassageHit) -> Found:
    return Found(summary=summary, match=Match.MEANING, score=hit.score, kind=hit.kind, text=hit.text)
