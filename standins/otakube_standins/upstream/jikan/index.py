# SPDX-License-Identifier: Apache-2.0
"""The titles that MyAnimeList has, by what they are asked for: for Jikan and for the official API alike."""

from dataclasses import dataclass

from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue
from otakube_standins.upstream.remembered import remembered


@dataclass(frozen=True, slots=True)
class JikanIndex:
    titles: list[InventedTitle]
    by_id: dict[int, InventedTitle]
    by_key: dict[str, InventedTitle]
    in_order: list[InventedTitle]  # by rising id
    by_popularity: list[InventedTitle]


@remembered
def index_of(catalogue: TitleCatalogue) -> JikanIndex:
    """The index of a catalogue, built on first use."""
    titles = catalogue.seen_by("jikan")
    return JikanIndex(
        titles=titles,
        by_id={title.ids.myanimelist: title for title in titles},
        by_key={title.key: title for title in titles},
        in_order=sorted(titles, key=lambda title: title.ids.myanimelist),
        by_popularity=sorted(titles, key=lambda title: (title.popularity, title.ids.myanimelist)),
    )
