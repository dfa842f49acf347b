# SPDX-License-Identifier: Apache-2.0
"""Fates of the entries that the catalogue lists, by a week: which goes on, which comes, which is orphaned.

The catalogue's own listings are compared with the week, not the week before: a sync that was cut off, or a
store that was restored, makes no difference. Whatever part of the fates is carried out, in the order of
`WeekFates`, the rest of them stays the same.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from otakube.domain.dataset.changes import Key, changes, named_twice
from otakube.domain.record.listing import OrphanReason

Page = bytes
"""Digest of a page's address."""


class ListedRow(NamedTuple):
    """An entry of the catalogue, and the row that it had last."""

    entry_id: str
    key: Key
    pages: frozenset[Page]
    orphaned: OrphanReason | None = None

    @property
    def present(self) -> bool:
        """True if the dataset had its row last."""
        return self.orphaned in (None, OrphanReason.JOINED)


class WeekFates(NamedTuple):
    """Rows by key, entries by id; each part in an order that the week alone decides."""

    unchanged: int
    came: list[Key]  # rows that need an entry: a new one, or one that returns
    split_from: Mapping[Key, str]  # of those that came: the entry whose row it was
    changed: Mapping[str, Key]  # the row that an entry has now
    merged: Mapping[str, Key]  # the row that has an entry's anime now, and is another entry's
    removed: list[str]
    ambiguous: frozenset[Page]  # pages that several rows of the week name

    @property
    def total(self) -> int:
        """Entries to write."""
        return len(self.came) + len(self.changed) + len(self.merged) + len(self.removed)


def week_fates(
    listed: Iterable[ListedRow], week: Mapping[Key, Collection[Page]], live: Collection[str] = ()
) -> WeekFates:
    """Hold a week's rows against the entries. Of two that become one, a live entry outranks a listed one."""
    present: dict[Key, ListedRow] = {}
    for row in sorted(listed):
        if row.present:
            present.setdefault(row.key, row)
    went = {key: row.pages for key, row in present.items() if key not in week}
    came = {key: frozenset(pages) for key, pages in week.items() if key not in present}
    moved = {page for rows in (went, came) for pages in rows.values() for page in pages}
    stayed = {
        key: frozenset(week[key]) for key in present.keys() & week.keys() if not moved.isdisjoint(week[key])
    }
    found = changes(went, came, stayed)
    successors = {present[one.before].entry_id: one.after for one in found.changed}
    merged = {present[one.before].entry_id: one.after for one in found.merged}
    prefer_live(successors, merged, live)
    return WeekFates(
        unchanged=len(present) - len(went),
        came=sorted([*found.new, *(one.after for one in found.split)]),
        split_from={one.after: present[one.before].entry_id for one in found.split},
        changed=dict(sorted(successors.items())),
        merged=dict(sorted(merged.items())),
        removed=sorted(present[key].entry_id for key in found.removed),
        ambiguous=named_twice(week.values()),
    )


def returning(fates: WeekFates, listed: Iterable[ListedRow], week: Mapping[Key, Collection[Page]]) -> int:
    """Orphaned entries that rows of the week bring back; each row brings one at most."""
    free, taken, found = FreeEntries(row for row in listed if not row.present), set[str](), 0
    for key in fates.came:
        telling = frozenset(week[key]) - fates.ambiguous
        back = free.likeliest(telling, {}, taken=taken, live=())
        if back is not None:
            taken.add(back)
            found += key not in fates.split_from
    return found


def prefer_live(successors: dict[str, Key], merged: dict[str, Key], live: Collection[str]) -> None:
    """Let a live entry go on as the row that it was to be merged into, if the one that did is only listed."""
    holders = {key: entry_id for entry_id, key in successors.items()}
    for entry_id, key in sorted(merged.items()):
        holder = holders.get(key)
        if holder is not None and entry_id in live and holder not in live:
            successors[entry_id], merged[holder] = merged.pop(entry_id), successors.pop(holder)
            holders[key] = entry_id


class FreeEntries:
    """Entries without a row of this week, by the pages that they had: a row that came may be theirs."""

    def __init__(self, orphans: Iterable[ListedRow]) -> None:
        self._by_page: defaultdict[Page, set[str]] = defaultdict(set)
        for row in orphans:
            for page in row.pages:
                self._by_page[page].add(row.entry_id)

    def among(self, pages: Iterable[Page]) -> set[str]:
        """Those that had any of these pages."""
        return {one for page in pages for one in self._by_page.get(page, ())}

    def likeliest(
        self,
        pages: Collection[Page],
        owners: Mapping[Page, str],
        *,
        taken: Collection[str],
        live: Collection[str],
    ) -> str | None:
        """The one with most of these pages, a live one first; `owners` have them in the catalogue now."""
        shared: Counter[str] = Counter()
        for page in pages:
            named = self._by_page.get(page, set()) | ({owners[page]} if page in owners else set())
            shared.update(one for one in named if one not in taken)
        return min(shared, key=lambda one: (one not in live, -shared[one], one), default=None)
