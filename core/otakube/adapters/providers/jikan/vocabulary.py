# SPDX-License-Identifier: Apache-2.0
"""Jikan's vocabularies in ours. A word that is missing here is an error that names it."""

from typing import Literal

from otakube.adapters.http.placeholders import Placeholders
from otakube.domain.record.golden import AnimeStatus, Quarter, RelationKind, SourceMaterial
from otakube_api.contract import AnimeType

PLACEHOLDERS = Placeholders(
    pictures=("questionmark", "qm_", "apple-touch-icon", "na_", "icon-banned"),
    texts=("no background information has been added", "click here to update"),
)
"""Pictures and texts of the site where nobody has added any."""
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
    None: AnimeStatus.UNKNOWN,
}
SOURCES: dict[str | None, SourceMaterial | None] = {
    "Original": SourceMaterial.ORIGINAL,
    "Manga": SourceMaterial.MANGA,
    "One-shot": SourceMaterial.MANGA,
    "Manhwa": SourceMaterial.MANGA,
    "Manhua": SourceMaterial.MANGA,
    "Doujinshi": SourceMaterial.OTHER,  # published by its authors, as a manga, a novel or a game
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
QUARTERS: dict[str | None, Quarter | None] = {
    **{quarter.value.lower(): quarter for quarter in Quarter},
    None: None,
}
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
    "Parent story": "ParentStory",
    "Spin-off": "Spinoff",
    "Alternative version": "AlternativeVersion",
    "Alternative setting": "AlternativeSetting",
    "Summary": "Summary",
    "Full story": "FullStory",
    "Character": "Character",
    "Crossover": "Other",  # shared with another work: we have no word for it
    "Adaptation": "Adaptation",
    "Other": "Other",
}
ROLES: dict[str | None, Literal["Main", "Supporting"]] = {"Main": "Main", "Supporting": "Supporting"}
SITES: dict[str | None, str] = {"anime": "anime", "manga": "manga"}
