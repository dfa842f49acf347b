# SPDX-License-Identifier: Apache-2.0
"""The titles that MyAnimeList has, by what they are asked for: for Jikan and for the official API alike."""

from dataclasses import dataclass

from otakube_standins.upstream.catalogue import Catalogue, Title
from otakube_standins.upstream.remembered import remembered


@dataclass(frozen=True, slots=True)
class Index:
    titles: list[Title]
    by_id: dict[int, Title]
    by_key: dict[str, Title]
    in_order: list[Title]  # by rising id
    by_popularity: list[Title]


@remembered
def index_of(catalogue: Catalogue) -> Index:
    """The index of a catalogue, built on first use."""
    titles = catalogue.seen_by("jikan")
    return Index(
        titles=titles,
        by_id={title.ids.myanimelist: title for title in titles},
        by_key={title.key: title for title in titles},
        in_order=sorted(titles, key=lambda title: title.ids.myanimelist),
        by_popularity=sorted(titles, key=lambda title: (title.popularity, title.ids.myanimelist)),
    )
