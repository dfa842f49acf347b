# SPDX-License-Identifier: Apache-2.0
"""Search by meaning: embed the query, ask the index, and show only what the documents confirm as live."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from otakube.ports.search import EntrySummaries, EntrySummary, PassageHit, VectorSearch

OVERFETCH = 4
"""Passages asked for each wanted entry: an entry has many, and some may be of a version no longer live."""

ROUNDS = 3
"""Each asks for four times as many as the one before, if the last did not fill the list."""

PASSAGES_LIMIT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A live entry and the passage of it that is nearest to the query."""

    summary: EntrySummary
    hit: PassageHit


async def search(
    vector: Sequence[float],
    *,
    kinds: Sequence[str],
    limit: int,
    vectors: VectorSearch,
    summaries: EntrySummaries,
) -> list[Found]:
    """At most `limit` entries, best first.

    One model makes the vectors of every kind, so their cosines are compared as they are: an entry is as
    near as its nearest passage.
    """
    found: list[Found] = []
    asked = limit * OVERFETCH
    for _ in range(ROUNDS):
        asked = min(asked, PASSAGES_LIMIT)
        answers = await asyncio.gather(*(vectors.nearest(vector, kind=kind, limit=asked) for kind in kinds))
        hits = [hit for hits in answers for hit in hits]
        live = await summaries.of(sorted({hit.entry_id for hit in hits}))
        found = confirmed(hits, live)
        if len(found) >= limit:
            break
        exhausted = all(len(hits) < asked for hits in answers)
        if exhausted and len(found) == len(live):
            break
        if not exhausted:
            asked *= OVERFETCH
        # else: an entry changed between the two answers; its new passages are in the index by now
    return found[:limit]


def confirmed(hits: Sequence[PassageHit], live: Mapping[str, EntrySummary]) -> list[Found]:
    """The best hit of each entry, of its live version alone, best first."""
    best: dict[str, Found] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.entry_id, hit.kind, hit.number)):
        summary = live.get(hit.entry_id)
        if summary is not None and (summary.version, summary.digest) == (hit.version, hit.digest):
            best.setdefault(hit.entry_id, Found(summary=summary, hit=hit))
    return list(best.values())
