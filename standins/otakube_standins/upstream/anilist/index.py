# SPDX-License-Identifier: Apache-2.0
"""The titles that AniList has, by what they are asked for."""

from dataclasses import dataclass

from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue
from otakube_standins.upstream.remembered import remembered


@dataclass(frozen=True, slots=True)
class AniListIndex:
    titles: list[InventedTitle]
    by_id: dict[int, InventedTitle]
    by_mal: dict[int, InventedTitle]
    by_key: dict[str, InventedTitle]


@remembered
def index_of(catalogue: TitleCatalogue) -> AniListIndex:
    """The index of a catalogue, built on first use."""
    titles = catalogue.seen_by("anilist")
    return AniListIndex(
        titles,
        {title.ids.anilist: title for title in titles},
        {title.ids.myanimelist: title for title in titles},
        {title.key: title for title in titles},
    )
