# SPDX-License-Identifier: Apache-2.0
"""Merge locks of a run: read page by page, as the run meets them."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from otakube.domain.locks.effects import (
    RunLocks,
    allowed_pages,
    concerning,
    joined_pages,
    lock_against,
    resolved,
)
from otakube.domain.locks.lock import Different, Lock, lock_id, pages_among, title_id
from otakube.domain.matching.candidates import ManualDecision
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.ports.locks import Locks
from otakube.steps.fetch.resolve import FetchRequest
from otakube.steps.fetch.state import AskedState
from otakube_api.contract import Provider


@dataclass(slots=True, kw_only=True)
class RunDecisions:
    """The locks of all pages that were asked about; the store is reached once for each page."""

    locks: Callable[[], Awaitable[Locks]]
    _known: dict[str, Lock] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    @property
    def known(self) -> list[Lock]:
        """In the order of their ids."""
        return [self._known[name] for name in sorted(self._known)]

    async def learn(self, urls: Iterable[str]) -> None:
        """Read the locks of pages that are new."""
        fresh = [page for page in pages_among(urls) if page not in self._asked]
        if fresh:
            found = await (await self.locks()).about(fresh)
            self._asked.update(fresh)
            self._known |= {lock_id(lock): lock for lock in found}

    def joined(self, urls: Iterable[str]) -> list[Page]:
        """Pages that belong, though nobody links them."""
        pages = map(identify, joined_pages(self.known, urls))
        return [page for page in pages if page]

    def allowed(self, urls: Iterable[str]) -> list[str]:
        """Those that may stand in one record; an earlier one outranks a later one."""
        return allowed_pages(self.known, urls)

    def pages(self, asked: AskedState, foreign: Collection[str] = ()) -> list[str]:
        """All pages of the anime that are known by now; what was asked for outranks what a provider links."""
        allowed = set(self.allowed([*asked.own_pages, *asked.claimed_pages])).difference(foreign)
        return [page for page in dict.fromkeys([*asked.claimed_pages, *asked.own_pages]) if page in allowed]

    async def against(self, urls: Sequence[str], candidates: Sequence[str]) -> dict[str, Different]:
        """Those candidates that show another anime, with the lock that says so."""
        await self.learn(candidates)
        found = {candidate: lock_against(self.known, urls, candidate) for candidate in candidates}
        return {candidate: lock for candidate, lock in found.items() if lock}

    async def between(self, found: Sequence[Metadata]) -> ManualDecision:
        """Decisions of people about the rows of a search, two by two."""
        await self.learn([row.source_url for row in found])

        def decided(one: Metadata, other: Metadata) -> bool | None:
            if lock_against(self.known, [one.source_url], other.source_url):
                return False
            joined = joined_pages(self.known, [one.source_url])
            return True if set(joined).intersection(pages_among([other.source_url])) else None

        return decided

    def decided(self, described: Mapping[Provider, Metadata], sure: Iterable[Provider]) -> set[Provider]:
        """Providers whose page is one anime with a sure one's, because somebody said so."""
        pages = set(joined_pages(self.known, [described[provider].source_url for provider in sure]))
        return {p for p, one in described.items() if pages.intersection(pages_among([one.source_url]))}

    def of(self, urls: Iterable[str], others: Iterable[str]) -> RunLocks:
        """The locks for the later steps: those of this anime, and pages that belong to another entry."""
        return RunLocks(locks=concerning(self.known, urls), others=sorted(others))


async def apply_title_lock(request: FetchRequest, decisions: RunDecisions) -> FetchRequest:
    """The request, with the page in place of a title of which somebody said what it means."""
    if not request.title or request.anime_id or request.source_urls:
        return request
    name = title_id(request.title, year=request.year, kind=request.type)
    locks = await (await decisions.locks()).get([name])
    page = resolved(locks, request.title, year=request.year, kind=request.type)
    return replace(request, source_urls=(page,), title="") if page else request
