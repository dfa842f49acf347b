# SPDX-License-Identifier: Apache-2.0
"""The works around an entry, as far as readers may see them: two queries a level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from otakube.domain.licences.redaction import readable
from otakube.domain.publish.relation_graph import CatalogueEntry, Closure, RelationGraph
from otakube.domain.record.golden import GoldenRecord
from otakube.ports.catalogue import Relatives
from otakube.ports.listings import Listings


@dataclass(frozen=True, slots=True)
class ReadableRelatives:
    """Entries of pages, without those that this reader does not see."""

    relatives: Relatives
    listings: Listings
    now: datetime
    include_orphaned: bool = False

    async def of_pages(self, pages: Sequence[str]) -> list[CatalogueEntry]:
        """As `Relatives.of_pages` has them, redacted."""
        records = await self.relatives.of_pages(pages)
        if not self.include_orphaned and records:
            listed = await self.listings.of([record.entry.id for record in records])
            hidden = {entry_id for entry_id, one in listed.items() if one.orphaned}
            records = [record for record in records if record.entry.id not in hidden]
        shown = (readable(record, self.now).record for record in records)
        return [CatalogueEntry.of(record.entry) for record in shown if record is not None]


async def closure_of(root: GoldenRecord, relatives: ReadableRelatives, *, depth: int) -> RelationGraph:
    """All that is at most `depth` relations away; cut at the graph's own limit.

    An entry that readers may not see counts as one that the catalogue does not have.
    """
    closure = Closure.begin(CatalogueEntry.of(root.entry))
    for level in range(1, depth + 1):
        pages = closure.frontier()
        if not pages:
            break
        closure.absorb(await relatives.of_pages(pages), grow=level < depth)
    return closure.graph()
