# SPDX-License-Identifier: Apache-2.0
"""A week of the dataset, read: its rows by key, and what it makes of the entries that are listed."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from otakube.domain.dataset.changes import Key
from otakube.domain.dataset.fates import ListedRow, WeekFates, week_fates
from otakube.domain.dataset.limits import Week
from otakube.domain.dataset.manifest import page_digest, read_week
from otakube.domain.dataset.pages import page_of, site_of
from otakube.domain.dataset.rows import About, DatasetEntry, DatasetFile, UnreadableRow
from otakube.ports.listings import ListedEntry, SyncRecord


@dataclass(frozen=True, slots=True)
class ReadWeek:
    """The rows that can be read, each content once."""

    about: About
    rows: Mapping[Key, DatasetEntry]
    pages: Mapping[Key, Collection[bytes]]  # digests
    unreadable: list[UnreadableRow]
    revision: str

    def counts(self) -> Week:
        """Rows and pages by host, as limits compare them."""
        sites = Counter(site_of(page) for row in self.rows.values() for page in map(page_of, row.sources))
        return Week(len(self.rows), self.about.last_update, sites)


def read(file: DatasetFile) -> ReadWeek:
    """Read all rows. The revision is the same for the same rows in whatever order."""
    reading = read_week(file.rows)
    digest = hashlib.sha256(str(file.about.last_update).encode())
    for one in sorted(reading.manifest.rows):
        digest.update(one)
    return ReadWeek(
        file.about, reading.fresh, reading.came, list(reading.unreadable), digest.hexdigest()[:16]
    )


def listed_row(entry: ListedEntry) -> ListedRow:
    """An entry as fates are decided by it."""
    pages = frozenset(map(page_digest, entry.pages))
    return ListedRow(entry.entry_id, bytes.fromhex(entry.key), pages, entry.orphaned)


def fates_of(week: ReadWeek, listed: Iterable[ListedRow], live: Collection[str]) -> WeekFates:
    """The fates of all entries, and of the rows that have none."""
    return week_fates(listed, week.pages, live)


def counts_before(sync: SyncRecord | None) -> Week:
    """The week that was taken in last; none before the first."""
    return Week(sync.rows, sync.last_update, sync.sites) if sync else Week(0, None, {})
