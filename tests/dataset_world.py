# SPDX-License-Identifier: Apache-2.0
"""A catalogue that weeks of a dataset are synced into, whatever keeps it, and syncs that are cut off."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from otakube.bootstrap.stores.choice import choose
from otakube.bootstrap.stores.ports import Stores
from otakube.commit.claims import PageClaims
from otakube.domain.dataset.limits import WeekLimits
from otakube.domain.dataset.rows import take_apart
from otakube.maintenance.dataset_sync.stores import SyncStores
from otakube.maintenance.dataset_sync.sync import SyncReport, SyncRequest, sync
from otakube.ports.listings import ListedEntry
from unit.otakube.domain.dataset.weeks import json_lines

NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)
ANY = WeekLimits(shrink=1, growth=1000, changed=1000, site=1, unreadable=1)


def no_settings() -> Any:
    """Embedded documents ask for none."""
    raise AssertionError("the settings are not needed")


async def sync_stores(ports: Stores) -> SyncStores:
    """The stores of a sync, over any document store."""
    identities, ledger = await ports.identities(), await ports.ledger()
    return SyncStores(
        listings=await ports.listings(),
        identities=identities,
        locks=await ports.locks(),
        history=await ports.sync_history(),
        flags=await ports.flags(),
        claims=PageClaims(
            identities=identities, ledger=ledger, run="dataset-sync", lease_seconds=60, clock=lambda: NOW
        ),
    )


async def embedded(folder: Path, stack: AsyncExitStack) -> SyncStores:
    """Those of a folder."""
    return await sync_stores(choose(f"file:{folder}", no_settings, stack))


@dataclass
class World:
    """Weeks that follow each other."""

    stores: SyncStores
    limits: WeekLimits = ANY
    now: datetime = NOW

    async def sync(
        self, rows: Sequence[dict[str, Any]], updated: str = "2026-11-21", *, dry_run: bool = False
    ) -> SyncReport:
        """Take the rows in as one week."""
        return await self.sync_file(json_lines(rows, updated), dry_run=dry_run)

    async def sync_file(self, text: bytes, *, dry_run: bool = False, today: date = NOW.date()) -> SyncReport:
        """Take a file in."""
        request = SyncRequest(
            name="week", file=take_apart(text), limits=self.limits, today=today, dry_run=dry_run
        )
        self.now += timedelta(minutes=1)
        return await sync(self.stores, request, clock=lambda: self.now, report=lambda _: None)

    async def entries(self) -> dict[str, ListedEntry]:
        """The listings by title."""
        return {one.listing.title: one async for one in self.stores.listings.all()}

    async def owner(self, page: str) -> str | None:
        """The entry of a page."""
        bound = await self.stores.identities.bindings([page])
        return bound[page].entry_id if page in bound else None


class Cut(Exception):
    """The process is gone."""


@dataclass
class Writes:
    """Counts the writes of a sync, of which no more than `allowed` are made; None: all."""

    allowed: int | None = None
    made: int = 0

    def cutting(self, stores: SyncStores) -> SyncStores:
        """The same stores, until the cut."""
        claims = stores.claims
        return replace(
            stores,
            listings=_Counted(stores.listings, self),
            identities=_Counted(stores.identities, self),
            history=_Counted(stores.history, self),
            flags=_Counted(stores.flags, self),
            claims=replace(
                claims, identities=_Counted(claims.identities, self), ledger=_Counted(claims.ledger, self)
            ),
        )


_WRITES = ("put", "bind_free", "bind", "move", "take_lease", "renew_lease", "release_lease", "next_version")


class _Counted:
    def __init__(self, port: Any, writes: Writes) -> None:
        self._port, self._writes = port, writes

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._port, name)
        if name not in _WRITES:
            return called

        async def counted(*args: Any, **options: Any) -> Any:
            if self._writes.made == self._writes.allowed:
                raise Cut
            self._writes.made += 1
            return await called(*args, **options)

        return counted
