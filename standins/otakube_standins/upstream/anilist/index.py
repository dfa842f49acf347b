# SPDX-License-Identifier: Apache-2.0
"""The titles that AniList has, by what they are asked for."""

from dataclasses import dataclass

from otakube_standins.upstream.catalogue import Catalogue, Title
from otakube_standins.upstream.remembered import remembered


@dataclass(frozen=True, slots=True)
class Index:
    titles: list[Title]
    by_id: dict[int, Title]
    by_mal: dict[int, Title]
    by_key: dict[str, Title]


@remembered
def index_of(catalogue: Catalogue) -> Index:
    """The index of a catalogue, built on first use."""
    titles = catalogue.seen_by("anilist")
    return Index(
        titles,
        {title.ids.anilist: title for title in titles},
        {title.ids.myanimelist: title for title in titles},
        {title.key: title for title in titles},
    )
