# SPDX-License-Identifier: Apache-2.0
"""Choice of the listed entries that a sync enriches: which are due, in which order, and how many. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from heapq import nsmallest
from typing import Self

from otakube.domain.record.golden import Quarter
from otakube.domain.record.listing import Listing
from otakube_api.contract import EnrichmentOrder, EnrichmentPolicy

_QUARTERS = (Quarter.WINTER, Quarter.SPRING, Quarter.SUMMER, Quarter.FALL)


class EnrichmentOutcome(StrEnum):
    """Ends of one listed entry's enrichment; each is the name of its count."""

    ENRICHED = "enriched"
    REFUSED = "refused"  # a person must look: it stays listed, with a flag
    FAILED = "failed"
    PASSED_OVER = "passedOver"  # another run works on it, or has enriched it


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentCounts:
    """Entries by what one run of a sync made of them; `due` were so when it began."""

    due: int = 0
    enriched: int = 0
    refused: int = 0
    failed: int = 0
    passed_over: int = 0

    @property
    def tried(self) -> int:
        """Entries that were tried."""
        return self.enriched + self.refused + self.failed + self.passed_over

    @property
    def left(self) -> int:
        """Entries that are due still."""
        return max(0, self.due - self.tried)

    def plus(self, outcome: EnrichmentOutcome) -> Self:
        """One entry more."""
        name = _FIELDS[outcome]
        return replace(self, **{name: getattr(self, name) + 1})

    def body(self) -> dict[str, int]:
        """For a report, by the names that a status has."""
        return {
            "due": self.due,
            **{str(outcome): getattr(self, name) for outcome, name in _FIELDS.items()},
            "left": self.left,
        }

    @classmethod
    def read(cls, body: Mapping[str, int]) -> Self:
        """Read what `body` gave; a count that is not there is none."""
        counted = {name: body.get(outcome, 0) for outcome, name in _FIELDS.items()}
        return cls(due=body.get("due", 0), **counted)


_FIELDS = {one: one.name.lower() for one in EnrichmentOutcome}
assert set(_FIELDS.values()) < {field.name for field in fields(EnrichmentCounts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentRequest:
    """Choice of the entries that a sync enriches: by policy, in an order, so many at most in one run."""

    policy: EnrichmentPolicy
    order: EnrichmentOrder
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTitle:
    """Facts of a listed entry that decide on its place."""

    entry_id: str
    sites: int  # with a page of it
    year: int = 0  # 0: unknown
    quarter: int = 0  # 1 to 4; 0: unknown


def due_title(entry_id: str, listing: Listing) -> DueTitle:
    """The entry's place by its row: the dataset tells of no audience, so sites that list it stand for one."""
    season = listing.season
    quarter = _QUARTERS.index(season.quarter) + 1 if season and season.quarter else 0
    return DueTitle(
        entry_id=entry_id, sites=len(listing.sources), year=season.year if season else 0, quarter=quarter
    )


def is_due(policy: EnrichmentPolicy, listed_at: datetime | None, week_began: datetime) -> bool:
    """Tell whether the policy means an entry that was listed first at a time; None: at some time before."""
    if policy is EnrichmentPolicy.NEW_ONLY:
        return listed_at is not None and listed_at >= week_began
    return policy is EnrichmentPolicy.ALL


def first_of(titles: Iterable[DueTitle], order: EnrichmentOrder, most: int) -> list[DueTitle]:
    """At most so many titles, the first ones in the order; of equals those whose ids come first."""

    def place(one: DueTitle) -> tuple[int | str, ...]:
        season, sites = (-one.year, -one.quarter), (-one.sites,)
        by_season = order is EnrichmentOrder.BY_SEASON
        return (*season, *sites, one.entry_id) if by_season else (*sites, *season, one.entry_id)

    return nsmallest(max(0, most), titles, key=place)
