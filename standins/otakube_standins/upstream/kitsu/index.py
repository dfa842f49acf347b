# SPDX-License-Identifier: Apache-2.0
"""The titles that Kitsu has, by what they are asked for."""

from dataclasses import dataclass

from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue
from otakube_standins.upstream.names import slug
from otakube_standins.upstream.remembered import remembered


@dataclass(frozen=True, slots=True)
class KitsuIndex:
    titles: list[InventedTitle]
    by_id: dict[str, InventedTitle]
    by_slug: dict[str, InventedTitle]
    by_key: dict[str, InventedTitle]
    by_mapping: dict[tuple[str, str], InventedTitle]  # (externalSite, externalId)


@remembered
def index_of(catalogue: TitleCatalogue) -> KitsuIndex:
    """The index of a catalogue, built on first use."""
    titles = catalogue.seen_by("kitsu")
    return KitsuIndex(
        titles,
        {str(title.ids.kitsu): title for title in titles},
        {slug_of(title): title for title in titles},
        {title.key: title for title in titles},
        {mapping: title for title in titles for mapping in mapped(title)},
    )


def slug_of(title: InventedTitle) -> str:
    """The last part of the title's address."""
    return slug(title.romaji).lower()


def mapped(title: InventedTitle) -> list[tuple[str, str]]:
    """(externalSite, externalId) at each site that the title is mapped to."""
    sites = {
        "myanimelist/anime": title.ids.myanimelist, "anilist/anime": title.ids.anilist,
        "anidb": title.ids.anidb,
    }  # fmt: skip
    return [(site, str(number)) for site, number in sites.items() if number is not None]
