# SPDX-License-Identifier: Apache-2.0
"""Merge locks as a sync obeys them: what a person decided outranks the dataset."""

from collections.abc import Iterable, Sequence

from otakube.domain.locks.contradictions import Joined
from otakube.domain.locks.effects import allowed_pages, lock_against
from otakube.domain.locks.lock import Different, Lock, Same
from otakube.ports.locks import Locks, every


class LockRules:
    """The locks that say which pages show one anime, and which do not."""

    def __init__(self, locks: Iterable[Lock]) -> None:
        self._locks: Sequence[Lock] = [one for one in locks if isinstance(one, Same | Different)]
        self._same = Joined(one for one in self._locks if isinstance(one, Same))
        self._told_apart = {page for one in self._locks if isinstance(one, Different) for page in one.pages}

    def allowed(self, pages: Iterable[str]) -> list[str]:
        """Pages that may stand in one entry, the first believed first."""
        pages = list(pages)
        return allowed_pages(self._locks, pages) if self._concerned(pages) else pages

    def keep_apart(self, ours: Sequence[str], theirs: Iterable[str]) -> bool:
        """True if a lock says that two entries with these pages are two anime."""
        theirs = list(theirs)
        if not self._concerned([*ours, *theirs]):
            return False
        return any(lock_against(self._locks, ours, page) for page in theirs)

    def joined(self) -> list[list[str]]:
        """Pages of one anime each, where a lock says so."""
        groups: dict[int, list[str]] = {}
        for page, number in self._same.anime().items():
            groups.setdefault(number, []).append(page)
        return [sorted(pages) for pages in groups.values()]

    def _concerned(self, pages: Iterable[str]) -> bool:
        """True if any of these, or a page that belongs to it by a lock, is told apart from another."""
        return bool(self._told_apart) and not self._told_apart.isdisjoint(self._same.reach(pages))


async def lock_rules(locks: Locks) -> LockRules:
    """All locks of the store."""
    return LockRules([lock async for lock in every(locks)])
