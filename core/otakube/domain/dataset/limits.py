# SPDX-License-Identifier: Apache-2.0
"""Limits of what one week may change: beyond them a source is broken rather than busy.

A list that others built on shrank from 3,204 rows to 75 within two months, then stood still, and went on
being published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Breach(StrEnum):
    """Why a week is not taken."""

    EMPTY = "Empty"
    SCHEMA_DRIFT = "SchemaDrift"
    SHRUNK = "Shrunk"
    GROWN = "Grown"
    SITE_SHRUNK = "SiteShrunk"
    CHANGED_TOO_MUCH = "ChangedTooMuch"
    OLDER = "Older"
    FROZEN = "Frozen"
    AHEAD = "Ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLimits:
    """Shares of the week before. In a real week 0.4 % went or were merged, 0.9 % came or changed."""

    unreadable: float = 0.005
    shrink: float = 0.05
    growth: float = 0.2
    changed: float = 0.6
    site: float = 0.2  # of the pages at one site, where it has at least `few`
    few: int = 100
    age: timedelta = timedelta(days=42)
    ahead: timedelta = timedelta(days=1)  # the publisher's day may have begun before ours


class Week(NamedTuple):
    """Counts of one week; `sites` are its pages by host."""

    rows: int
    updated: date | None
    sites: Mapping[str, int]


class Breached(NamedTuple):
    """A limit that does not hold, in words that name both figures and the option that allows it."""

    breach: Breach
    message: str


def breached(
    before: Week, after: Week, *, changed: int, unreadable: int, today: date, limits: WeekLimits
) -> list[Breached]:
    """All limits that the new week breaks; without a week before only those of the file itself."""
    return [
        *_of_the_file(after, unreadable, today, limits),
        *(_of_the_step(before, after, changed, limits) if before.rows else ()),
    ]


def _of_the_file(after: Week, unreadable: int, today: date, limits: WeekLimits) -> Iterable[Breached]:
    total = after.rows + unreadable
    if not after.rows:
        yield Breached(Breach.EMPTY, "it has no row that can be read")
    if unreadable > limits.unreadable * total:
        yield _share(
            Breach.SCHEMA_DRIFT, "rows cannot be read", unreadable, total, limits.unreadable, "unreadable"
        )
    if after.updated is not None and today - after.updated > limits.age:
        days = (today - after.updated).days
        yield Breached(
            Breach.FROZEN,
            f"it was last updated on {after.updated}, {days} days ago, and {limits.age.days} are allowed "
            "(--allow age=DAYS): look for a fork that goes on",
        )
    if after.updated is not None and after.updated - today > limits.ahead:
        yield Breached(
            Breach.AHEAD,
            f"it was last updated on {after.updated}, and today is {today}: correct lastUpdate, or the clock",
        )


def _of_the_step(before: Week, after: Week, changed: int, limits: WeekLimits) -> Iterable[Breached]:
    lost, won = before.rows - after.rows, after.rows - before.rows
    if lost > limits.shrink * before.rows:
        yield _share(Breach.SHRUNK, "rows less than before", lost, before.rows, limits.shrink, "shrink")
    if won > limits.growth * before.rows:
        yield _share(Breach.GROWN, "rows more than before", won, before.rows, limits.growth, "growth")
    if changed > limits.changed * before.rows:
        yield _share(Breach.CHANGED_TOO_MUCH, "rows changed", changed, before.rows, limits.changed, "changed")
    with_the_rows = max(lost, 0) / before.rows  # pages that went with their rows
    for site, count in sorted(before.sites.items()):
        less = count - after.sites.get(site, 0)
        if count >= limits.few and less > (limits.site + with_the_rows) * count:
            yield _share(Breach.SITE_SHRUNK, f"pages of {site} less", less, count, limits.site, "site")
    if before.updated is not None and after.updated is not None and after.updated < before.updated:
        yield Breached(
            Breach.OLDER,
            f"it was last updated on {after.updated}, before the week that it follows ({before.updated})",
        )


def _share(breach: Breach, what: str, count: int, total: int, limit: float, option: str) -> Breached:
    allowed = f"{limit:.1%} are allowed (--allow {option}=SHARE)"
    return Breached(breach, f"{count:,} {what}, of {total:,}: {count / total:.1%}, and {allowed}")
