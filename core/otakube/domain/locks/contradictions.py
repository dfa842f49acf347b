# SPDX-License-Identifier: Apache-2.0
"""Contradictions between merge locks, with all that follows from them; a person must choose."""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from otakube.domain.locks.lock import Different, FieldLock, Lock, Same, answer, format_lock, lock_id

Joining = Same | FieldLock
"""Locks that say of several pages that they show one anime."""


class Contradiction(NamedTuple):
    """Locks that cannot all hold."""

    locks: tuple[Lock, ...]
    message: str


class Joined:
    """Pages that show one anime by these locks, with the locks that say so."""

    def __init__(self, locks: Iterable[Joining]) -> None:
        self._of: dict[str, list[Joining]] = {}
        for lock in locks:
            for page in lock.pages:
                self._of.setdefault(page, []).append(lock)

    def reach(self, pages: Iterable[str]) -> dict[str, tuple[str, Joining] | None]:
        """Every page of the anime that one of these shows, with the page and the lock that lead there."""
        found: dict[str, tuple[str, Joining] | None] = dict.fromkeys(pages)
        waiting = deque(found)
        while waiting:
            page = waiting.popleft()
            for lock in self._of.get(page, ()):
                for other in lock.pages:
                    if other not in found:
                        found[other] = (page, lock)
                        waiting.append(other)
        return found

    def chain(self, one: str, other: str) -> tuple[Joining, ...]:
        """The locks that lead from one page of an anime to another."""
        found = self.reach([one])
        locks: list[Joining] = []
        while step := found[other]:
            other, lock = step
            locks.append(lock)
        return tuple(reversed(locks))

    def anime(self) -> dict[str, int]:
        """Page -> a number of its own for each anime."""
        numbers: dict[str, int] = {}
        for page in self._of:
            if page not in numbers:
                numbers |= dict.fromkeys(self.reach([page]), len(numbers))
        return numbers


def contradictions(locks: Sequence[Lock]) -> list[Contradiction]:
    """All of them, each with the locks that make it; in time linear in the locks but for what is wrong."""
    joined = Joined(lock for lock in locks if isinstance(lock, Same | FieldLock))
    anime = joined.anime()
    return [
        *_two_answers(locks),
        *_two_values(locks, joined, anime),
        *_one_and_different(locks, joined, anime),
    ]


def _two_answers(locks: Sequence[Lock]) -> Iterable[Contradiction]:
    """One question, answered twice: what a title means, or a field of the very same pages."""
    first: dict[str, Lock] = {}
    for lock in locks:
        standing = first.setdefault(lock_id(lock), lock)
        if answer(standing) != answer(lock):
            yield _between(lock, standing)


def _two_values(locks: Sequence[Lock], joined: Joined, anime: dict[str, int]) -> Iterable[Contradiction]:
    """Two values of one field, of pages that show one anime."""
    first: dict[tuple[int, str], FieldLock] = {}
    for lock in (one for one in locks if isinstance(one, FieldLock)):
        standing = first.setdefault((anime[lock.pages[0]], lock.field), lock)
        if lock_id(standing) != lock_id(lock) and answer(standing) != answer(lock):
            chain = joined.chain(lock.pages[0], standing.pages[0])
            yield _between(lock, standing, *(one for one in chain if one not in (lock, standing)))


def _one_and_different(
    locks: Sequence[Lock], joined: Joined, anime: dict[str, int]
) -> Iterable[Contradiction]:
    """Pages that are said to be different, and one anime by other locks together."""
    for lock in (one for one in locks if isinstance(one, Different)):
        known = [page for page in lock.pages if page in anime]
        for one, other in combinations(known, 2):
            if anime[one] == anime[other]:
                chain = joined.chain(one, other)
                by = " and ".join(map(format_lock, chain))
                yield Contradiction(
                    (lock, *chain), f"{format_lock(lock)} contradicts {by}: {one} and {other}"
                )


def _between(lock: Lock, standing: Lock, *chain: Lock) -> Contradiction:
    by = f", by {' and '.join(map(format_lock, chain))}" if chain else ""
    return Contradiction(
        (lock, standing, *chain), f"{format_lock(lock)} contradicts {format_lock(standing)}{by}"
    )
