# SPDX-License-Identifier: Apache-2.0
"""Two weeks of a dataset compared: what changes, and whether a person should look before it is believed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from otakube.domain.dataset.changes import Changes, Key, changes
from otakube.domain.dataset.limits import Breached, Week, WeekLimits, breached
from otakube.domain.dataset.manifest import WeekReading, read_week, rows_with
from otakube.domain.dataset.pages import pages_of, site_of
from otakube.domain.dataset.rows import DatasetEntry, DatasetFile, UnreadableRow

DECISIVE = ("title", "type", "status")
"""Fields whose difference a person decides, by the specification (task 1.1)."""


class FieldChange(NamedTuple):
    """Both values of a field, as JSON has them."""

    field: str
    before: object
    after: object


class Comparison(NamedTuple):
    """A new week against the one before; rows are found by the digests of their contents."""

    changes: Changes
    unchanged: int
    before: Mapping[Key, DatasetEntry]  # those that went
    after: Mapping[Key, DatasetEntry]  # those that came, and those that others were merged into
    unreadable: Sequence[UnreadableRow]
    repeated: int
    breached: list[Breached]


def compare(before: DatasetFile, after: DatasetFile, *, today: date, limits: WeekLimits) -> Comparison:
    """Read both, tell what changed, and hold it against the limits. An empty `before` is a first week."""
    earlier = read_week(before.rows)
    reading = read_week(after.rows, earlier.manifest)
    found = week_changes(reading)
    went = {key: earlier.fresh[key] for key in reading.went}
    into = [one.after for one in found.merged if one.after not in reading.fresh]  # rows that stayed
    total = len(reading.manifest.contents)
    return Comparison(
        changes=found,
        unchanged=total - len(reading.fresh),
        before=went,
        after=dict(reading.fresh) | {key: earlier.fresh[key] for key in into if key in earlier.fresh},
        unreadable=reading.unreadable,
        repeated=reading.repeated,
        breached=breached(
            _week(before, earlier.fresh),
            _later(after, earlier, reading),
            changed=len(found.changed) + len(found.merged) + len(found.split),
            unreadable=len(reading.unreadable),
            today=today,
            limits=limits,
        ),
    )


def week_changes(reading: WeekReading) -> Changes:
    """The changes of a week that was read against the manifest of the one before."""
    moved = [page for rows in (reading.went, reading.came) for pages in rows.values() for page in pages]
    named = rows_with(reading.manifest, moved)
    stayed = {content: pages for content, pages in named.items() if content not in reading.came}
    return changes(reading.went, reading.came, stayed)


def field_changes(before: DatasetEntry, after: DatasetEntry) -> list[FieldChange]:
    """Fields that differ, those that a person decides first; lists without what both have."""
    found = []
    for field in dict.fromkeys((*DECISIVE, "episodes", *before.__struct_fields__)):
        old, new = getattr(before, field), getattr(after, field)
        if old == new:
            continue
        if isinstance(old, tuple):
            old, new = [one for one in old if one not in new], [one for one in new if one not in old]
        found.append(FieldChange(field, old, new))
    return found


def _week(file: DatasetFile, entries: Mapping[Key, DatasetEntry]) -> Week:
    return Week(len(entries), file.about.last_update, _sites(entries.values()))


def _later(after: DatasetFile, earlier: WeekReading, reading: WeekReading) -> Week:
    """Counts of the new week from those of the old one and what differs."""
    sites = Counter(_sites(earlier.fresh.values()))
    sites.subtract(_sites(earlier.fresh[key] for key in reading.went))
    sites.update(_sites(reading.fresh.values()))
    return Week(len(reading.manifest.contents), after.about.last_update, sites)


def _sites(entries: Iterable[DatasetEntry]) -> Counter[str]:
    return Counter(site_of(page) for one in entries for page in pages_of(one.sources))
