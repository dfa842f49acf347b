# SPDX-License-Identifier: Apache-2.0
"""Outcomes of a week, recomputed from pages alone: no digest, no order, no store of the product."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from otakube.domain.record.listing import OrphanReason
from otakube.ports.listings import ListedEntry

Row = tuple[str, ...]
"""A row by its sources: in the weeks that are recomputed no two rows have the same ones."""


class Outcome(NamedTuple):
    """Rows and entries by what became of them, as the ids of the entries tell."""

    new: int
    split: int
    merged: int
    removed: int
    returned: int


def content(entries: Iterable[ListedEntry]) -> str:
    """A digest of all that readers see of active entries, whatever their ids."""
    return digest_of(_facts(one.listing.model_dump(mode="json")) for one in entries if one.orphaned is None)


def content_of_rows(rows: Iterable[Mapping[str, Any]]) -> str:
    """The same digest of the rows that entries are made of, each once."""
    return digest_of(_facts(json.loads(one)) for one in dict.fromkeys(map(json.dumps, rows)))


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that rows and listings write alike; no episodes are unknown ones."""
    return {key: row[key] or None for key in ("sources", "title", "synonyms", "episodes")}


def digest_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """A digest of rows in whatever order."""
    lines = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def outcome(
    before: Mapping[str, ListedEntry], rows: Iterable[Row], after: Mapping[str, ListedEntry]
) -> Outcome:
    """Hold what each entry became against the pages that it shares with the week; AssertionError if wrong."""
    rows = list(dict.fromkeys(rows))
    named = Counter(page for row in rows for page in set(row))
    telling = {row: {page for page in row if named[page] == 1} for row in rows}
    holder = {tuple(one.listing.sources): one for one in after.values() if one.orphaned is None}
    assert set(holder) == set(rows), "each row is one active entry's"
    assert len(holder) == sum(one.orphaned is None for one in after.values())
    assert before.keys() <= after.keys(), "nothing is deleted"
    heirs = defaultdict(list)
    for entry_id, one in before.items():
        for row in rows:
            if row == tuple(one.listing.sources) or not telling[row].isdisjoint(one.listing.sources):
                heirs[entry_id].append(row)
    found: Counter[str] = Counter()
    for entry_id, one in before.items():
        found[_entry(entry_id, one, [holder[row].entry_id for row in heirs[entry_id]], after[entry_id])] += 1
    active = {one for one in before if before[one].orphaned is None}
    for row in rows:
        parents = {one for one in active if row in heirs[one]}
        if holder[row].entry_id not in before:
            assert (holder[row].split_from in parents) if parents else holder[row].split_from is None
            found["split" if parents else "new"] += 1
    return Outcome(**{name: found[name] for name in Outcome._fields})


def _entry(entry_id: str, before: ListedEntry, heirs: list[str], after: ListedEntry) -> str:
    """The fate of an entry; `heirs` have pages of it now."""
    if entry_id in heirs:
        assert (after.orphaned, after.orphaned_at, after.merged_into) == (None, None, None)
        return "returned" if before.orphaned else "went on"
    if before.orphaned:
        assert after == before, "an orphan that has no row stays as it is"
        return "stayed away"
    assert after.orphaned_at is not None
    assert after.listing == before.listing, "an orphan keeps what it said"
    if heirs:
        assert (after.orphaned, after.merged_into in heirs) == (OrphanReason.MERGED, True)
        return "merged"
    assert (after.orphaned, after.merged_into) == (OrphanReason.REMOVED, None)
    return "removed"
