# SPDX-License-Identifier: Apache-2.0
"""Effects of merge locks on a run: pages that belong, pages that never do, titles, fixed fields."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

from pydantic import Field

from otakube.domain.locks.contradictions import Joined
from otakube.domain.locks.lock import (
    AnyLock,
    Different,
    FieldLock,
    Lock,
    Same,
    TitleLock,
    answer,
    format_lock,
    lock_id,
    pages_among,
    title_id,
)
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import Record
from otakube_api.contract import AnimeType, Provider


class RunLocks(Record):
    """The locks that concern a run's anime, as fetch found them: what the later steps go by."""

    locks: list[AnyLock] = Field(default=[])
    others: list[str] = Field(default=[])  # pages that another entry holds by them


class LockedFields(NamedTuple):
    """The fields that are decided, by name, and where two decisions contradict each other."""

    fields: dict[str, FieldLock]
    contradictions: list[str]


def concerning(locks: Sequence[Lock], urls: Iterable[str]) -> list[Lock]:
    """The locks that say anything of the anime with these pages, of pages that belong by a lock too."""
    reached = Joined(one for one in locks if isinstance(one, Same | FieldLock)).reach(pages_among(urls))
    return [lock for lock in locks if any(page in reached for page in lock.pages)]


def joined_pages(locks: Sequence[Lock], urls: Iterable[str]) -> list[str]:
    """The pages beyond these that show the same anime, because somebody said so."""
    known = pages_among(urls)
    return sorted(set(_same(locks).reach(known)) - set(known))


def lock_against(locks: Sequence[Lock], urls: Iterable[str], candidate: str) -> Different | None:
    """The lock by which a page shows another anime than these pages; None if nobody said so."""
    same = _same(locks)
    ours, theirs = set(same.reach(pages_among(urls))), set(same.reach(pages_among([candidate])))
    for lock in (one for one in locks if isinstance(one, Different)):
        if any(one in ours and other in theirs for one, other in permutations(lock.pages, 2)):
            return lock
    return None


def _same(locks: Sequence[Lock]) -> Joined:
    return Joined(one for one in locks if isinstance(one, Same))


def allowed_pages(locks: Sequence[Lock], urls: Iterable[str]) -> list[str]:
    """Those that may stand in one record, the first believed first; what is no anime's page stays."""
    kept: list[str] = []
    for url in dict.fromkeys(urls):
        if lock_against(locks, kept, url) is None:
            kept.append(url)
    return kept


def without_foreign_pages(
    decided: RunLocks, described: Mapping[Provider, Metadata]
) -> dict[Provider, Metadata]:
    """The descriptions without links to pages that show another anime."""
    own = [one.source_url for one in described.values()]
    said = [url for one in described.values() for url in one.same_as]
    kept = set(allowed_pages(decided.locks, [*own, *said])) - set(decided.others)
    return {
        provider: one.model_copy(update={"same_as": [url for url in one.same_as if url in kept]})
        for provider, one in described.items()
    }


def resolved(
    locks: Sequence[Lock], title: str, *, year: int | None = None, kind: AnimeType | None = None
) -> str | None:
    """The page that a title means, searched with just this year and type; None if nobody decided."""
    asked = title_id(title, year=year, kind=kind)
    found = (one for one in locks if isinstance(one, TitleLock) and lock_id(one) == asked)
    return next((lock.page for lock in found), None)


def locked_fields(locks: Sequence[Lock], urls: Iterable[str]) -> LockedFields:
    """The locked fields of the anime with these pages.

    Two people may have decided of two pages before anybody knew that they show one anime: then neither
    counts, and the contradiction is for a person to solve.
    """
    pages = set(_same(locks).reach(pages_among(urls)))
    by_field: dict[str, list[FieldLock]] = {}
    for lock in locks:
        if isinstance(lock, FieldLock) and pages & set(lock.pages):
            by_field.setdefault(lock.field, []).append(lock)
    agreed = {
        field: said[0]
        for field, said in by_field.items()
        if all(answer(one) == answer(said[0]) for one in said)
    }
    wrong = [
        f"{field} is locked to several values: {', '.join(map(format_lock, said))}; otakube locks remove ID"
        for field, said in by_field.items()
        if field not in agreed
    ]
    return LockedFields(agreed, wrong)
