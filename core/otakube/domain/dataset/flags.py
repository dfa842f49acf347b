# SPDX-License-Identifier: Apache-2.0
"""Differences between an enriched entry and its row of the dataset, of which a person decides.

Title, type, status and source pages; of episodes only more than ours, as ours are counted later. Nothing
else of a row is held against a record, and what the dataset does not know is no difference.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from otakube.domain.record.golden import AnimeStatus
from otakube.domain.record.listing import Listing
from otakube.domain.record.pages import identify
from otakube.domain.record.text import comparable
from otakube_api.contract import AnimeType


class FlaggedField(StrEnum):
    """Fields whose difference is flagged."""

    TITLE = "title"
    TYPE = "type"
    STATUS = "status"
    SOURCE = "source"
    EPISODES = "episodes"
    ENRICHMENT = "enrichment"  # of a listed entry, which stays so: a sync could not publish it unseen


class DatasetDifference(NamedTuple):
    """A field with both values, as a person reads them."""

    field: FlaggedField
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFields:
    """The fields of a live version that are held against the dataset."""

    entry_id: str
    titles: tuple[str, ...]  # the main title first
    type: AnimeType
    status: AnimeStatus
    episode_count: int | None
    sources: tuple[str, ...]


_SAME_TYPE = {AnimeType.SPECIAL: {AnimeType.SPECIAL, AnimeType.MUSIC}}
"""The dataset has no word for music."""
_SAME_STATUS = {
    AnimeStatus.ONGOING: {AnimeStatus.ONGOING, AnimeStatus.HIATUS},
    AnimeStatus.FINISHED: {AnimeStatus.FINISHED, AnimeStatus.CANCELLED},
}
"""Nor for a pause, nor for an end before the end."""


def differences(ours: WatchedFields, listing: Listing) -> list[DatasetDifference]:
    """All that a person should look at."""
    return [*_of_words(ours, listing), *_of_sources(ours, listing), *_of_episodes(ours, listing)]


def _of_words(ours: WatchedFields, listing: Listing) -> Iterable[DatasetDifference]:
    if comparable(listing.title) not in set(map(comparable, ours.titles)):
        yield DatasetDifference(FlaggedField.TITLE, ours.titles[0], listing.title)
    same_type = _SAME_TYPE.get(listing.type, {listing.type})
    if listing.type is not AnimeType.UNKNOWN and ours.type not in same_type:
        yield DatasetDifference(FlaggedField.TYPE, ours.type, listing.type)
    same_status = _SAME_STATUS.get(listing.status, {listing.status})
    if listing.status is not AnimeStatus.UNKNOWN and ours.status not in same_status:
        yield DatasetDifference(FlaggedField.STATUS, ours.status, listing.status)


def _of_sources(ours: WatchedFields, listing: Listing) -> Iterable[DatasetDifference]:
    """Other pages at a site of which both have one; a site that one of them lacks is no difference."""
    mine, theirs = _by_site(ours.sources), _by_site(listing.sources)
    sites = [site for site in mine if site in theirs and mine[site].isdisjoint(theirs[site])]
    if sites:
        yield DatasetDifference(FlaggedField.SOURCE, *(_pages(named, sites) for named in (mine, theirs)))


def _by_site(urls: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for page in filter(None, map(identify, urls)):
        found.setdefault(page.provider, set()).add(page.url)
    return found


def _pages(named: dict[str, set[str]], sites: list[str]) -> str:
    return ", ".join(sorted(page for site in sites for page in named[site]))


def _of_episodes(ours: WatchedFields, listing: Listing) -> Iterable[DatasetDifference]:
    if listing.episodes is not None and listing.episodes > (ours.episode_count or 0):
        known = "unknown" if ours.episode_count is None else str(ours.episode_count)
        yield DatasetDifference(FlaggedField.EPISODES, known, str(listing.episodes))
