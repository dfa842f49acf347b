# SPDX-License-Identifier: Apache-2.0
"""The sweep: what was taken down stays away, what failed is asked for again, what nothing names goes.

Each part leaves its state in the stores: cut off anywhere, the next sweep goes on.
"""

from dataclasses import dataclass, field

from otakube.commit.recovery import CommitStores
from otakube.maintenance.images.failures import FailureCount, FailureSweep
from otakube.maintenance.images.orphans import OrphanCollector, OrphanCount
from otakube.maintenance.images.take_down import Removal, Remover
from otakube.ports.take_downs import Refusals


@dataclass(slots=True)
class SweepReport:
    """Results of the three parts."""

    failures: FailureCount = field(default_factory=FailureCount)
    orphans: OrphanCount = field(default_factory=OrphanCount)
    taken_down: int = 0  # entries that showed an image in spite of its order


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One sweep."""

    stores: CommitStores
    remover: Remover
    failures: FailureSweep
    orphans: OrphanCollector
    dry_run: bool = False

    async def run(self) -> SweepReport:
        """Carry it out; Retriable if a store is away."""
        await self.stores.ledger.prepare()
        report = SweepReport(taken_down=await self._enforce())
        report.failures = await self.failures.run()
        report.orphans = await self.orphans.collect()
        return report

    @property
    def needs_a_person(self) -> bool:
        """True if an entry could not be changed."""
        return self.remover.report.has(Removal.FAILED)

    async def _enforce(self) -> int:
        """Remove what is there in spite of an order: a commit held the entry, or a store was restored."""
        standing = [one for one in await self.stores.take_downs.all() if one.lifted_at is None]
        refusals = Refusals.of(standing)
        if not standing:
            return 0
        shown = [
            state.entry_id
            async for state in self.stores.ledger.states()
            if any(map(refusals.covers_key, state.blobs))
        ]
        if not self.dry_run:
            for order in standing:
                await self.remover.remove_blobs(order)
            await self.remover.redact_live(shown, refusals)
        return len(shown)
