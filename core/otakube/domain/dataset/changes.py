# SPDX-License-Identifier: Apache-2.0
"""Changes of a week, told by the pages that rows of both weeks share: rows have no ids of their own.

An entry keeps its identity where most of its pages go. Of several that become one, and of several that one
becomes, one alone keeps it; the others are merged into it or split off from it. Pages that several rows of
the new week name identify nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

Page = TypeVar("Page", bound=Hashable)
Key = bytes
"""Digest of a row's content."""


class Succession(NamedTuple):
    """A row whose identity goes on: `before` in the old week is `after` in the new one."""

    before: Key
    after: Key


class Changes(NamedTuple):
    """Each row that went and each that came, once; survivors of merges and splits are under `changed`."""

    new: list[Key]
    removed: list[Key]
    changed: list[Succession]
    merged: list[Succession]  # `before` goes into `after`, which another row's identity has
    split: list[Succession]  # `after` comes out of `before`, whose identity another row has


def changes(
    went: Mapping[Key, Collection[Page]],
    came: Mapping[Key, Collection[Page]],
    stayed: Mapping[Key, Collection[Page]] | None = None,
) -> Changes:
    """Tell the rows that went and those that came apart; `stayed` are unchanged rows with a page of theirs.

    Whoever shares more pages goes first; of equals the one with fewer other pages, then the lesser digest:
    the order of rows in a file decides nothing. A row that went and left a page to one that stayed is merged.
    """
    stayed = stayed or {}
    ambiguous = named_twice([*came.values(), *stayed.values()])
    pairs = _pairs(went, came, ambiguous)
    successors: dict[Key, Key] = {}
    predecessors: dict[Key, Key] = {}
    for before, after in pairs:
        if before not in successors and after not in predecessors:
            successors[before], predecessors[after] = after, before
    likeliest_after = dict(reversed(_pairs(went, {**stayed, **came}, ambiguous)))
    likeliest_before = {after: before for before, after in reversed(pairs)}
    left = [one for one in went if one not in successors]
    found = [one for one in came if one not in predecessors]
    return Changes(
        new=[one for one in found if one not in likeliest_before],
        removed=[one for one in left if one not in likeliest_after],
        changed=[Succession(*pair) for pair in successors.items()],
        merged=[Succession(one, likeliest_after[one]) for one in left if one in likeliest_after],
        split=[Succession(likeliest_before[one], one) for one in found if one in likeliest_before],
    )


def named_twice(rows: Iterable[Collection[Page]]) -> frozenset[Page]:
    """Pages that several rows of the new week name."""
    counts = Counter(page for pages in rows for page in set(pages))
    return frozenset(page for page, count in counts.items() if count > 1)


def _pairs(
    went: Mapping[Key, Collection[Page]], came: Mapping[Key, Collection[Page]], ambiguous: Collection[Page]
) -> list[tuple[Key, Key]]:
    """Rows that share a page, the likeliest to be one first."""
    owners: defaultdict[Page, list[Key]] = defaultdict(list)
    for before, pages in went.items():
        for page in set(pages).difference(ambiguous):
            owners[page].append(before)
    shared: defaultdict[tuple[Key, Key], int] = defaultdict(int)
    for after, pages in came.items():
        for page in set(pages).difference(ambiguous):
            for before in owners.get(page, ()):
                shared[before, after] += 1
    return sorted(shared, key=lambda pair: (-shared[pair], len(went[pair[0]]) + len(came[pair[1]]), pair))
