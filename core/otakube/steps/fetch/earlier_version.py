# SPDX-License-Identifier: Apache-2.0
"""Takes an earlier version of an entry out of its audit copy, in place of the providers' answers."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from otakube.commit.audit_copies import AuditCopy, read_copy, versions
from otakube.domain.licences.expiry import without_expired
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import EarlierVersion, FetchSummary
from otakube.errors import Fatal
from otakube.ports.catalogue import Catalogue
from otakube.ports.objects import ObjectStore
from otakube_api.contract import FailureReason, Output, Provider
from otakube_api.providers import Licence

Terms = tuple[Mapping[Provider, Licence], datetime]
"""The licences, and the time at which they are applied."""


async def fetch_earlier_version(
    objects: ObjectStore,
    catalogue: Catalogue,
    *,
    entry_id: str,
    version: str,
    work_prefix: str,
    terms: Terms,
) -> dict[Output, str]:
    """Leave the earlier version, the live one and a summary; Fatal if nothing is there to go back to."""
    live = await catalogue.entry(entry_id)
    if live is None:
        message = f"the catalogue has no live entry {entry_id!r:.60}: correct spec.anime.id"
        raise Fatal(FailureReason.ANIME_UNKNOWN, message)
    keys = await versions(objects, entry_id)
    wanted = int(version) if version.isascii() and version.isdecimal() else 0
    if wanted not in keys:
        there = ", ".join(map(str, list(keys)[:20])) or "none"
        raise _refused(entry_id, f"it has no version {version!r:.20}; there are {there}")
    copy = await read_copy(objects, keys[wanted])
    earlier = EarlierVersion(
        version=wanted,
        committed_at=copy.event.committed_at,
        live_version=live.version,
        record=_left(copy, entry_id, terms),
    )
    summary = FetchSummary(
        entry_id=entry_id,
        title=earlier.record.entry.titles.main,
        existing=True,
        live_version=live.version,
        answered=[],
        failed=[],
        agreement={},
        fetched_at=terms[1],
    )
    await objects.put(f"{work_prefix}/{handover.LIVE}", live.record.model_dump_json().encode())
    await objects.put(f"{work_prefix}/{handover.ROLLBACK}", earlier.model_dump_json().encode())
    await objects.put(f"{work_prefix}/{handover.FETCH}", summary.model_dump_json().encode())
    return {
        Output.ENTRY_ID: entry_id,
        Output.TITLE: summary.title,
        Output.ANSWERED_SOURCES: orjson.dumps([]).decode(),
        Output.FAILED_SOURCES: orjson.dumps([]).decode(),
    }


def _left(copy: AuditCopy, entry_id: str, terms: Terms) -> GoldenRecord:
    """The record without what its licences have ended since."""
    licences, now = terms
    unstorable = [provider for provider, licence in licences.items() if not licence.storable]
    left = without_expired(copy.record, now, unstorable).record if copy.record else None
    if left is None:
        raise _refused(entry_id, f"nothing is left of version {copy.event.version}: its licences have ended")
    return left


def _refused(entry_id: str, why: str) -> Fatal:
    cure = f"`otakube entry history {entry_id}` lists them; correct spec.rollbackTo in a new object"
    return Fatal(FailureReason.INPUT_MISSING, f"{entry_id}: {why}; {cure}")
