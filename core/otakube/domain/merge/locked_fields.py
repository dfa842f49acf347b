# SPDX-License-Identifier: Apache-2.0
"""Locked fields in the merge: a person's decision in place of what the providers claim."""

from collections.abc import Mapping

from otakube.domain.locks.lock import FieldLock
from otakube.domain.merge.fields import Merged, format_value
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import LosingValue, Provenance
from otakube_api.contract import Provider

LICENCE = "a person's decision"
"""Stands in a locked field's provenance for the provider's licence."""


def apply_locked_fields(
    merged: Mapping[str, Merged], described: Mapping[Provider, Metadata], locked: Mapping[str, FieldLock]
) -> dict[str, Merged]:
    """The merged fields with the locked ones in place of what the providers claim."""
    return {
        **merged,
        **{field: _locked(lock, merged.get(field), described) for field, lock in locked.items()},
    }


def _locked(lock: FieldLock, merged: Merged | None, described: Mapping[Provider, Metadata]) -> Merged:
    values = {provider: getattr(one, lock.field) for provider, one in described.items()}
    claimed = {provider: value for provider, value in values.items() if value not in (None, [])}
    agree = [provider for provider, value in claimed.items() if value == lock.value]
    losing = [
        LosingValue(provider=provider, value=format_value(value))
        for provider, value in claimed.items()
        if provider not in agree
    ]
    winner = merged.provenance.provider if merged else next(iter(described))
    provenance = Provenance(
        provider=agree[0] if agree else winner,
        providers=agree,
        fetched_at=lock.decided_at,
        licence=LICENCE,
        confidence=1.0,
        losing=losing[:10],
        decided_by=lock.decided_by,
    )
    return Merged(lock.value, provenance)
