# SPDX-License-Identifier: Apache-2.0
"""The works around an entry, as far as the catalogue knows them: one query a level."""

from collections.abc import Sequence
from datetime import datetime

from otakube.domain.licences.redaction import readable
from otakube.domain.publish.relation_graph import CatalogueEntry, Closure, RelationGraph
from otakube.domain.record.golden import GoldenRecord
from otakube.ports.catalogue import Relatives


async def closure_of(root: GoldenRecord, relatives: Relatives, *, depth: int, now: datetime) -> RelationGraph:
    """All that is at most `depth` relations away, as readers may see it; cut at the graph's own limit.

    An entry that readers may not see at all counts as one that the catalogue does not have.
    """
    closure = Closure.begin(CatalogueEntry.of(root.entry))
    for level in range(1, depth + 1):
        pages = closure.frontier()
        if not pages:
            break
        closure.absorb(known(await relatives.of_pages(pages), now), grow=level < depth)
    return closure.graph()


def known(records: Sequence[GoldenRecord], now: datetime) -> list[CatalogueEntry]:
    """The entries as readers may see them."""
    shown = (readable(record, now).record for record in records)
    return [CatalogueEntry.of(record.entry) for record in shown if record is not None]
