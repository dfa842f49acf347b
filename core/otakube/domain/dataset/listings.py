# SPDX-License-Identifier: Apache-2.0
"""A dataset's row as the catalogue lists it."""

from otakube.domain.dataset.rows import About, DatasetEntry, ReleaseSeason
from otakube.domain.record.golden import AnimeStatus, Quarter
from otakube.domain.record.listing import ListedSeason, Listing, ListingSource
from otakube_api.contract import AnimeType

_TYPES = {
    "TV": AnimeType.TV,
    "MOVIE": AnimeType.MOVIE,
    "OVA": AnimeType.OVA,
    "ONA": AnimeType.ONA,
    "SPECIAL": AnimeType.SPECIAL,
    "UNKNOWN": AnimeType.UNKNOWN,
}
_STATUSES = {
    "FINISHED": AnimeStatus.FINISHED,
    "ONGOING": AnimeStatus.ONGOING,
    "UPCOMING": AnimeStatus.UPCOMING,
    "UNKNOWN": AnimeStatus.UNKNOWN,
}
_QUARTERS = {
    "WINTER": Quarter.WINTER,
    "SPRING": Quarter.SPRING,
    "SUMMER": Quarter.SUMMER,
    "FALL": Quarter.FALL,
}
UNSTATED_LICENCE = "ODbL-1.0"
"""Licence of the dataset where a file does not state one."""


def listing_of(row: DatasetEntry, source: ListingSource) -> Listing:
    """The row in the catalogue's words."""
    return Listing(
        title=_text(row.title),
        synonyms=[_text(name) for name in row.synonyms],
        type=_TYPES[row.type],
        status=_STATUSES[row.status],
        episodes=row.episodes or None,
        season=_season(row.anime_season),
        sources=[_text(url) for url in row.sources],
        tags=[_text(tag) for tag in row.tags],
        listed_by=source,
    )


def source_of(about: About) -> ListingSource:
    """The dataset as its file describes itself."""
    return ListingSource(
        repository=_text(about.repository),
        licence=_text(about.license.get("name", "")) or UNSTATED_LICENCE,
        licence_url=_text(about.license.get("url", "")),
        last_update=about.last_update,
    )


def _season(season: ReleaseSeason) -> ListedSeason | None:
    if season.year is None:
        return None
    return ListedSeason(year=season.year, quarter=_QUARTERS.get(season.season))


def _text(text: str) -> str:
    """Text that every store holds: half of a surrogate pair is no character."""
    return text.encode(errors="replace").decode()
