# SPDX-License-Identifier: Apache-2.0
"""Looks along the prequels for the number that a season's first episode follows."""

from collections.abc import Mapping, Sequence

from otakube.domain.merge.numbering import last_number, length
from otakube.domain.merge.relations import merge_relations
from otakube.domain.record.claims import Relationships
from otakube.domain.record.golden import GoldenRecord, Relation
from otakube.ports.catalogue import Catalogue
from otakube_api.contract import Provider

SEASONS_LIMIT = 30  # of one story, films between them included; beyond that the number stays unknown


async def episodes_before(catalogue: Catalogue, said: Mapping[Provider, Relationships]) -> int | None:
    """The last absolute number before the anime that these relations are of.

    0 where nobody knows a prequel, None where the catalogue lacks it or nobody speaks of relations.
    """
    relations = merge_relations({p: said[p].relations for p in Provider if p in said}).relations
    seen: set[str] = set()
    counted = 0  # episodes of the seasons passed
    if not relations:
        return None
    for _ in range(SEASONS_LIMIT):
        earlier = [one for one in relations if one.kind == "Prequel"]
        if not earlier:
            return counted
        prequel = await _first_known(catalogue, earlier)
        if prequel is None or prequel.entry.id in seen:
            return None
        seen.add(prequel.entry.id)
        if (number := last_number(prequel)) is not None:
            return number + counted
        if (episodes := length(prequel)) is None:
            return None
        counted += episodes
        relations = prequel.entry.relations
    return None


async def _first_known(catalogue: Catalogue, prequels: Sequence[Relation]) -> GoldenRecord | None:
    for url in (url for one in prequels for url in one.source_urls):
        live = await catalogue.by_source(url)
        if live is not None:
            return live.record
    return None
