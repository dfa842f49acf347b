# SPDX-License-Identifier: Apache-2.0
"""Jikan's vocabularies in ours. A word that is missing here is an error that names it."""

from typing import Literal

from otakube.domain.record.golden import AnimeStatus, Quarter, RelationKind, SourceMaterial
from otakube_api.contract import AnimeType

TYPES: dict[str | None, AnimeType] = {
    "TV": AnimeType.TV,
    "Movie": AnimeType.MOVIE,
    "OVA": AnimeType.OVA,
    "ONA": AnimeType.ONA,
    "Special": AnimeType.SPECIAL,
    "TV Special": AnimeType.SPECIAL,
    "CM": AnimeType.SPECIAL,
    "PV": AnimeType.SPECIAL,
    "Music": AnimeType.MUSIC,
    "Unknown": AnimeType.UNKNOWN,
    None: AnimeType.UNKNOWN,
}
STATUSES: dict[str | None, AnimeStatus] = {
    "Finished Airing": AnimeStatus.FINISHED,
    "Currently Airing": AnimeStatus.ONGOING,
    "Not yet aired": AnimeStatus.UPCOMING,
}
SOURCES: dict[str | None, SourceMaterial | None] = {
    "Original": SourceMaterial.ORIGINAL,
    "Manga": SourceMaterial.MANGA,
    "4-koma manga": SourceMaterial.MANGA,
    "Web manga": SourceMaterial.MANGA,
    "Digital manga": SourceMaterial.MANGA,
    "Light novel": SourceMaterial.LIGHT_NOVEL,
    "Web novel": SourceMaterial.WEB_NOVEL,
    "Novel": SourceMaterial.NOVEL,
    "Visual novel": SourceMaterial.VISUAL_NOVEL,
    "Game": SourceMaterial.GAME,
    "Card game": SourceMaterial.CARD_GAME,
    "Music": SourceMaterial.MUSIC,
    "Picture book": SourceMaterial.PICTURE_BOOK,
    "Book": SourceMaterial.BOOK,
    "Radio": SourceMaterial.RADIO,
    "Mixed media": SourceMaterial.MIXED_MEDIA,
    "Other": SourceMaterial.OTHER,
    "Unknown": None,
    None: None,
}
QUARTERS: dict[str | None, Quarter] = {quarter.value.lower(): quarter for quarter in Quarter}
WEEKDAYS: dict[str | None, int | None] = {
    **{
        f"{day}s": number
        for number, day in enumerate(
            ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], start=1
        )
    },
    "Unknown": None,
    "Not scheduled once per week": None,
    "Other": None,
    None: None,
}
RELATIONS: dict[str | None, RelationKind] = {
    "Sequel": "Sequel",
    "Prequel": "Prequel",
    "Side story": "SideStory",
    "Side Story": "SideStory",
    "Parent story": "ParentStory",
    "Parent Story": "ParentStory",
    "Spin-off": "Spinoff",
    "Spin-Off": "Spinoff",
    "Alternative version": "AlternativeVersion",
    "Alternative Version": "AlternativeVersion",
    "Alternative setting": "AlternativeSetting",
    "Alternative Setting": "AlternativeSetting",
    "Summary": "Summary",
    "Full story": "FullStory",
    "Full Story": "FullStory",
    "Character": "Character",
    "Adaptation": "Adaptation",
    "Other": "Other",
}
ROLES: dict[str | None, Literal["Main", "Supporting"]] = {"Main": "Main", "Supporting": "Supporting"}
SITES: dict[str | None, str] = {"anime": "anime", "manga": "manga"}
