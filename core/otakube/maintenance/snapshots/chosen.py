# SPDX-License-Identifier: Apache-2.0
"""Entries of a snapshot that a person names, by id or by a page of theirs."""

from collections.abc import Sequence

from otakube.domain.locks.lock import canonical
from otakube.errors import Fatal
from otakube.maintenance.snapshots.contents import ROWS, SnapshotFile
from otakube.maintenance.snapshots.manifest import SnapshotManifest
from otakube.maintenance.snapshots.restore import lines_of
from otakube.ports.objects import ObjectStore
from otakube.ports.rows import ROW_FORMS
from otakube_api.contract import FailureReason, SnapshotReason

_PAGE = "https://"


async def entries_of(source: ObjectStore, manifest: SnapshotManifest, named: Sequence[str]) -> list[str]:
    """Their ids, each once; Fatal for a page that no entry of the snapshot has."""
    wanted = {each: _canonical(each) for each in named if each.startswith(_PAGE)}
    owners = await _owners(source, manifest, set(wanted.values())) if wanted else {}
    unknown = [page for page, address in wanted.items() if address not in owners]
    if unknown:
        message = f"no entry of snapshot {manifest.name} has the page {', '.join(unknown)}"
        raise Fatal(SnapshotReason.ENTRY_UNKNOWN, message)
    return list(dict.fromkeys(owners[wanted[each]] if each in wanted else each for each in named))


async def _owners(source: ObjectStore, manifest: SnapshotManifest, pages: set[str]) -> dict[str, str]:
    """Entry by page."""
    form, owners = ROW_FORMS[ROWS[SnapshotFile.IDENTITIES]].rows, dict[str, str]()
    async for line in lines_of(source, manifest, SnapshotFile.IDENTITIES):
        row = form.validate_json(line)
        if row.source_url in pages:
            owners[row.source_url] = row.entry_id
    return owners


def _canonical(page: str) -> str:
    try:
        return canonical(page)
    except ValueError as error:
        raise Fatal(FailureReason.SETTINGS_INVALID, str(error)) from error
