# SPDX-License-Identifier: Apache-2.0
"""Claims the pages of an anime for one entry, so that no page ends in two live ones.

A page that another entry has is taken under that entry's lease, and only while it has no live version: a
commit of it that was at work fails then, and a claim that slept fails on the token that a later commit left.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from otakube.commit.lease import Clock, Held, letting_go, renew, take
from otakube.commit.pages import since
from otakube.errors import Fatal
from otakube.ports.catalogue import Binding, Identities
from otakube.ports.ledger import Ledger
from otakube_api.contract import FailureReason

# Rounds after which two runs that claim the same pages must have met.
_ROUNDS = 8
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageClaims:
    """Claims of one run."""

    identities: Identities
    ledger: Ledger
    run: str
    lease_seconds: float
    clock: Clock

    async def claim(self, source_urls: Collection[str], proposed_id: str) -> tuple[str, bool]:
        """Bind the URLs to one entry: a live owner, else the oldest, else `proposed_id`; True if it is live.

        Fatal if two live entries have some each, Fenced while another run holds an entry that must give.
        """
        urls = sorted(set(source_urls))
        for _ in range(_ROUNDS):
            bound = await self.identities.bindings(urls)
            live = {entry_id for entry_id in owners(bound) if await self._live(entry_id)}
            chosen = owner_of(bound, live, proposed_id)
            if set(bound) == set(urls) and owners(bound) == {chosen}:
                return chosen, chosen in live
            wanted = Binding(entry_id=chosen, since=since(bound, chosen, self.clock()))
            await self.take(urls, wanted, bound)
        message = f"other runs keep changing who owns {urls[0]}; apply again when they have ended"
        raise Fatal(FailureReason.ANIME_AMBIGUOUS, message)

    async def release(self, source_urls: Sequence[str], entry_id: str) -> None:
        """Let go of an entry's pages; a commit of them that is at work can not go live any more."""
        if not source_urls:
            return
        async with self._holding(entry_id) as held:
            for url in source_urls:
                await renew(self.ledger, held, clock=self.clock)
                await self.identities.release(url, owner=entry_id, token=held.lease.token)

    async def take(self, urls: Sequence[str], to: Binding, bound: Mapping[str, Binding]) -> None:
        """Bind free pages and those of owners that never went live; the next round sees what became of it."""
        for url in urls:
            if url not in bound:
                await self.identities.bind(url, to)
        for owner in sorted(owners(bound) - {to.entry_id}):
            async with self._holding(owner) as held:
                if await self._live(owner):
                    return
                for url in [url for url, one in bound.items() if one.entry_id == owner]:
                    await renew(self.ledger, held, clock=self.clock)
                    await self.identities.move(url, to, owner=owner, token=held.lease.token)

    async def _live(self, entry_id: str) -> bool:
        state = await self.ledger.state(entry_id)
        return state is not None and state.live_version is not None

    @asynccontextmanager
    async def _holding(self, entry_id: str) -> AsyncIterator[Held]:
        """Lease an entry under a token of its own, which ends the chances of all commits before it.

        Each page is taken after a look at the lease: pages compare the token's number alone, and a document
        store that was restored meanwhile counts the same numbers again.
        """
        held = await take(self.ledger, entry_id, owner=self.run, seconds=self.lease_seconds, clock=self.clock)
        async with letting_go(self.ledger, held):
            yield held


def owner_of(bound: Mapping[str, Binding], live: Collection[str], proposed_id: str) -> str:
    """The entry that gets all URLs; Fatal if two live entries have some each.

    Without a live one it is the entry that had a page first: every run that sees these owners agrees on it.
    """
    if len(live) > 1:
        mine = [f"{url} is {one.entry_id}" for url, one in sorted(bound.items()) if one.entry_id in live]
        message = f"the sources belong to {len(live)} entries ({', '.join(mine)}); name one by spec.anime.id"
        raise Fatal(FailureReason.ANIME_AMBIGUOUS, message)
    if live:
        return next(iter(live))
    return min(((age(one), one.entry_id) for one in bound.values()), default=(_LONG_AGO, proposed_id))[1]


def owners(bound: Mapping[str, Binding]) -> set[str]:
    """The entries that have any of the pages."""
    return {one.entry_id for one in bound.values()}


def age(binding: Binding) -> datetime:
    """Time of the entry's first page; in documents of older releases, before all others."""
    return binding.since or _LONG_AGO
