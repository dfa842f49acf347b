# SPDX-License-Identifier: Apache-2.0
"""Search of the live entries by title: equal, alike in sound, or a few slips away.

Commits go on while readers search, so the index has two halves: one of all titles, built rarely and aside,
and one of those committed since.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from otakube.domain.matching.decision import CONSIDER
from otakube.domain.matching.title_index import Titled, TitleHit, TitleIndex
from otakube.ports.search import EntryTitles, LiveTitles

REFRESH_SECONDS = 1.0
"""A title is found this long after its commit at the latest."""

OVERLAP = timedelta(minutes=1)
"""Asked for again at each refresh: the clocks of those that commit differ, and a commit takes its time."""

RECENT_LIMIT = 500
"""Entries committed since the whole index was built, before it is built again: some 5 ms of each refresh."""


class LiveTitleIndex:
    """Titles of the live entries. A hit may be of an entry that has gone since: ask the documents."""

    def __init__(self, store: LiveTitles) -> None:
        self._store = store
        self._entries: dict[str, EntryTitles] = {}
        self._recent: dict[str, EntryTitles] = {}
        self._all_titles = self._recent_titles = TitleIndex.build([])
        self._refreshing = asyncio.Lock()
        self._refreshed: float | None = None
        self._latest: datetime | None = None

    async def search(self, query: str, limit: int, *, now: float) -> list[TitleHit]:
        """At most `limit` entries whose titles are near the query, best first. `now`: monotonic, seconds."""
        await self._refresh(now)
        older = (hit for hit in _near(self._all_titles, query, limit) if hit.id not in self._recent)
        found = [*older, *_near(self._recent_titles, query, limit)]
        return sorted(found, key=lambda hit: (-hit.score, hit.id))[:limit]

    async def _refresh(self, now: float) -> None:
        """Take in what was committed; one at a time, and those that wait find it done."""
        async with self._refreshing:
            if self._refreshed is not None and now - self._refreshed < REFRESH_SECONDS:
                return
            committed = await self._store.since(self._latest and self._latest - OVERLAP)
            self._latest = max((one.committed_at for one in committed), default=self._latest)
            changed = {one.entry_id: one for one in committed if self._entries.get(one.entry_id) != one}
            self._entries |= changed
            self._recent |= changed
            if len(self._recent) > RECENT_LIMIT:
                self._all_titles = await asyncio.to_thread(_index, list(self._entries.values()))
                self._recent = {}
            if changed:
                self._recent_titles = _index(self._recent.values())
            self._refreshed = now


def _index(entries: Iterable[EntryTitles]) -> TitleIndex:
    return TitleIndex.build(Titled(one.entry_id, one.titles) for one in entries)


def _near(index: TitleIndex, query: str, limit: int) -> list[TitleHit]:
    return [hit for hit in index.search(query, limit).hits if hit.score >= CONSIDER]
