# SPDX-License-Identifier: Apache-2.0
"""One row (an episode, a character, a person) from what several providers say, with who says each field."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from otakube.domain.merge.fields import Claim, Merged, format_value, merge
from otakube.domain.merge.policies import Policy
from otakube.domain.record.golden import Confidence, Credit, LosingField, Provenance, RowProvenance
from otakube_api.contract import Provider

_LOSING_LENGTH = 200  # of a losing value in a row: an entry has thousands of rows
_LOSING_MOST = 50


class MergedRow(NamedTuple):
    """`values` has the fields that anybody says something about."""

    values: dict[str, Any]
    provenance: RowProvenance


def merge_row(
    said: Mapping[str, Sequence[Claim]],
    policies: Mapping[str, Policy],
    agreement: Mapping[Provider, Confidence],
    credits: Mapping[str, Mapping[Provider, Credit | None]] = {},
) -> MergedRow:
    """Each field by its policy; `said` has what everybody says of it, in order, `credits` who wrote it."""
    merged = {field: merge(policy, said.get(field, ()), agreement) for field, policy in policies.items()}
    found = {field: one for field, one in merged.items() if one is not None}
    dissent = {field: said[field] for field, one in found.items() if one.provenance.losing}
    source = _provenance(found, dissent)
    written = {
        field: credit
        for field, known in credits.items()
        if field in source.said and (credit := known.get(source.said[field]))
    }
    return MergedRow(
        {field: one.value for field, one in found.items()}, source.model_copy(update={"credits": written})
    )


def _provenance(found: Mapping[str, Merged], dissent: Mapping[str, Sequence[Claim]]) -> RowProvenance:
    sources = {field: one.provenance for field, one in found.items()}
    return RowProvenance(
        said={field: source.provider for field, source in sources.items()},
        backed={field: others for field, source in sources.items() if (others := source.providers[1:])},
        sure={field: source.confidence for field, source in sources.items()},
        shares={field: source.shares for field, source in sources.items() if source.shares},
        confidence=round(fmean(source.confidence for source in sources.values()), 3),
        losing=[one for field, claims in dissent.items() for one in _losing(field, claims, sources[field])][
            :_LOSING_MOST
        ],
    )


def _losing(field: str, claims: Sequence[Claim], source: Provenance) -> list[LosingField]:
    lost = {one.provider for one in source.losing}
    return [
        LosingField(field=field, provider=claim.by.provider, value=format_value(claim.value, _LOSING_LENGTH))
        for claim in claims
        if claim.by.provider in lost
    ]
