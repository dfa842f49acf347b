# SPDX-License-Identifier: Apache-2.0
"""What people decided, as a run learns of it: the merge locks of the pages that it meets."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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
from otakube.domain.matching.resolution import ManualDecision
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.ports.locks import Locks
from otakube.steps.fetch.resolve import Wanted
from otakube_api.contract import Provider


@dataclass(slots=True, kw_only=True)
class Decisions:
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

    def forced(self, urls: Iterable[str]) -> list[Page]:
        """Pages that belong, though nobody links them."""
        pages = map(identify, joined_pages(self.known, urls))
        return [page for page in pages if page]

    def allowed(self, urls: Iterable[str]) -> list[str]:
        """Those that may stand in one record, the first believed first."""
        return allowed_pages(self.known, urls)

    async def against(self, urls: Sequence[str], candidates: Sequence[str]) -> dict[str, Different]:
        """Those candidates that show another anime, with the lock that says so."""
        await self.learn(candidates)
        found = {candidate: lock_against(self.known, urls, candidate) for candidate in candidates}
        return {candidate: lock for candidate, lock in found.items() if lock}

    async def between(self, found: Sequence[Metadata]) -> ManualDecision:
        """What people decided of the rows of a search, two by two."""
        await self.learn([row.source_url for row in found])

        def decided(one: Metadata, other: Metadata) -> bool | None:
            if lock_against(self.known, [one.source_url], other.source_url):
                return False
            joined = joined_pages(self.known, [one.source_url])
            return True if set(joined).intersection(pages_among([other.source_url])) else None

        return decided

    def settled(self, described: Mapping[Provider, Metadata], sure: Iterable[Provider]) -> set[Provider]:
        """Providers whose page is one anime with a sure one's, because somebody said so."""
        pages = set(joined_pages(self.known, [described[provider].source_url for provider in sure]))
        return {p for p, one in described.items() if pages.intersection(pages_among([one.source_url]))}

    def of(self, urls: Iterable[str], others: Iterable[str]) -> RunLocks:
        """What the later steps go by: the locks of this anime, and pages that belong to another entry."""
        return RunLocks(locks=concerning(self.known, urls), others=sorted(others))


async def meant(wanted: Wanted, decisions: Decisions) -> Wanted:
    """What is asked for, with the page in place of a title of which somebody said what it means."""
    if not wanted.title or wanted.anime_id or wanted.source_urls:
        return wanted
    name = title_id(wanted.title, year=wanted.year, kind=wanted.type)
    found = await (await decisions.locks()).get([name])
    page = resolved(found, wanted.title, year=wanted.year, kind=wanted.type)
    return replace(wanted, source_urls=(page,), title="") if page else wanted
