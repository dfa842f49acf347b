# SPDX-License-Identifier: Apache-2.0
"""An anime as the dataset lists it: what the catalogue knows of an entry before any provider was asked."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from otakube.domain.record.golden import AnimeStatus, Quarter, Record
from otakube_api.contract import AnimeType


class EntryLevel(StrEnum):
    """Extent of what is known of an entry."""

    LISTED = "Listed"  # from the dataset alone
    ENRICHED = "Enriched"  # by a golden record


class SystemStatus(StrEnum):
    """Visibility of an entry: readers must ask for one that is orphaned."""

    ACTIVE = "ACTIVE"
    ORPHANED = "ORPHANED"


class OrphanReason(StrEnum):
    """Reasons for which an entry is orphaned."""

    REMOVED = "Removed"  # the dataset has no row of it any more
    MERGED = "Merged"  # the dataset has one row of it and of another
    JOINED = "Joined"  # its row is there; a person or an enrichment gave its pages to another entry


class ListedSeason(Record):
    """`quarter` is None where only the year is known."""

    year: int
    quarter: Quarter | None = None


class ListingSource(Record):
    """The dataset that lists an entry, and its licence."""

    repository: str
    licence: str
    licence_url: str
    last_update: date | None = None


class Listing(Record):
    """One row of the dataset in the catalogue's words; `episodes` is None where they are not known."""

    title: str
    synonyms: list[str] = Field(default=[])
    type: AnimeType
    status: AnimeStatus
    episodes: int | None = None
    season: ListedSeason | None = None
    sources: list[str]
    tags: list[str] = Field(default=[])
    listed_by: ListingSource

    def names(self) -> tuple[str, ...]:
        """Every name once, the main title first."""
        return tuple(dict.fromkeys([self.title, *self.synonyms]))
