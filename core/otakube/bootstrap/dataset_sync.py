# SPDX-License-Identifier: Apache-2.0
"""The stores of a dataset sync, joined."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from otakube.bootstrap.wiring import Wiring

if TYPE_CHECKING:
    from otakube.maintenance.dataset_sync.stores import SyncStores

OWNER = "dataset-sync"
"""Owner of the leases under which pages change hands: a sync that was cut off takes its own over at once."""


def now() -> datetime:
    """The clock of a sync."""
    return datetime.now(UTC)


async def sync_stores(wiring: Wiring) -> "SyncStores":
    """All that a sync touches."""
    from otakube.commit.claims import PageClaims
    from otakube.maintenance.dataset_sync.stores import SyncStores

    stores = wiring.stores
    identities, ledger = await stores.identities(), await stores.ledger()
    seconds = wiring.settings.lease_seconds
    return SyncStores(
        listings=await stores.listings(),
        identities=identities,
        locks=await stores.locks(),
        history=await stores.sync_history(),
        flags=await stores.flags(),
        claims=PageClaims(identities=identities, ledger=ledger, run=OWNER, lease_seconds=seconds, clock=now),
    )
