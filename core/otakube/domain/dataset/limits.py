# SPDX-License-Identifier: Apache-2.0
"""Limits of what one week may change: beyond them a source is broken rather than busy.

A list that others built on shrank from 3,204 rows to 75 within two months, then stood still, and went on
being published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from otakube_api.contract import Breach


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


SHARES = ("shrink", "growth", "changed", "unreadable", "site")
"""Limits that are shares; `age` is one in days."""


def limits_of(raised: Iterable[str]) -> WeekLimits:
    """The usual limits with those of texts such as `shrink=0.4`, `age=90`; ValueError names what is none."""
    limits = WeekLimits()
    for one in raised:
        name, _, value = one.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if name in SHARES and 0 <= number <= 1000:
            shares: Any = {name: number}
            limits = replace(limits, **shares)
        elif name == "age" and 0 <= number <= 36_500:
            limits = replace(limits, age=timedelta(days=number))
        else:
            raise ValueError(
                f"{one!r}: write one of {', '.join(SHARES)} with a share such as shrink=0.4, "
                "or age with days such as age=90"
            )
    return limits


class Week(NamedTuple):
    """Counts of one week; `sites` are its pages by host."""

    rows: int
    updated: date | None
    sites: Mapping[str, int]


class Breached(NamedTuple):
    """A limit that does not hold, in words that name both figures."""

    breach: Breach
    message: str
    limit: str = ""  # its name, by which a caller may raise it


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
            f"it was last updated on {after.updated}, {days} days ago, and {limits.age.days} are allowed: "
            "look for a fork that goes on",
            "age",
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


def _share(breach: Breach, what: str, count: int, total: int, limit: float, name: str) -> Breached:
    found = f"{count:,} {what}, of {total:,}: {count / total:.1%}"
    return Breached(breach, f"{found}, and {limit:.1%} are allowed", name)
