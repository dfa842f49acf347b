# SPDX-License-Identifier: Apache-2.0
"""A live record with other images, as the next version of its entry, by the commit's own protocol."""

from collections.abc import Callable
from dataclasses import dataclass

from otakube.commit.recovery import CommitStores
from otakube.commit.saga import commit
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Commit
from otakube.maintenance.vectors import recovered
from otakube.ports.catalogue import LiveEntry
from otakube.ports.clock import Clock
from otakube.ports.embedding import TextEmbedder
from otakube_api.contract import Decision

REVIEWER = "images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Republisher:
    """Publishes with the settings of commits; the vectors stay, since no text changes."""

    stores: CommitStores
    collection: str
    lease_seconds: float
    clock: Clock
    embedder: Callable[[], TextEmbedder] | None = None

    async def publish(self, live: LiveEntry, record: GoldenRecord, *, note: str) -> None:
        """Make `record` live in place of `live`; Fenced if another is live by now, or a run is at it."""
        state = await self.stores.ledger.state(live.entry_id)
        vectors = await recovered(self.stores, self.embedder, live, points=state.points if state else 0)
        digest = handover.digest(record)
        request = Commit(
            record=record,
            vectors=vectors.model_copy(update={"golden_digest": digest}),
            digest=digest,
            run=f"images/{live.entry_id}/{live.version}-{digest[:12]}",
            decision=Decision.AUTOMATIC.value,
            note=note[:500],
            reviewer=REVIEWER,
        )
        await commit(
            self.stores,
            request,
            collection=self.collection,
            lease_seconds=self.lease_seconds,
            clock=self.clock,
            claim=False,
            replaces=live.version,
        )
