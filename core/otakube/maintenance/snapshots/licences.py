# SPDX-License-Identifier: Apache-2.0
"""Licences of a snapshot, with the number of entries and the time when the first value must go."""

from collections.abc import Sequence

from otakube.domain.record.golden import GoldenRecord
from otakube.maintenance.snapshots.manifest import SnapshotLicence


def with_record(held: Sequence[SnapshotLicence], record: GoldenRecord) -> list[SnapshotLicence]:
    """The licences, with those of one more record."""
    found = {(one.provider, one.licence, one.publishable): one for one in held}
    counted = set()
    for said in record.attributions:
        key = (said.provider, said.licence, said.publishable)
        before = found.get(key) or SnapshotLicence(
            provider=said.provider, licence=said.licence, publishable=said.publishable, entries=0
        )
        moments = [moment for moment in (before.expires_from, said.expires_at) if moment]
        found[key] = before.model_copy(
            update={
                "entries": before.entries + (key not in counted),
                "expires_from": min(moments, default=None),
            }
        )
        counted.add(key)
    return [found[key] for key in sorted(found)]
