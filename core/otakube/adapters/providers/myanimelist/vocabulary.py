# SPDX-License-Identifier: Apache-2.0
"""MyAnimeList's vocabularies in ours. A word that is missing here is an error that names it."""

from otakube.adapters.http.placeholders import Placeholders
from otakube.domain.record.golden import AnimeStatus, Quarter, RelationKind, SourceMaterial
from otakube_api.contract import AnimeType

PLACEHOLDERS = Placeholders(
    pictures=("questionmark", "qm_", "apple-touch-icon", "na_", "icon-banned"),
    texts=("no background information has been added", "click here to update"),
)
"""Pictures and texts of the site where nobody has added any."""
TYPES: dict[str | None, AnimeType] = {
    "tv": AnimeType.TV,
    "movie": AnimeType.MOVIE,
    "ova": AnimeType.OVA,
    "ona": AnimeType.ONA,
    "special": AnimeType.SPECIAL,
    "tv_special": AnimeType.SPECIAL,
    "cm": AnimeType.SPECIAL,
    "pv": AnimeType.SPECIAL,
    "music": AnimeType.MUSIC,
    "unknown": AnimeType.UNKNOWN,
    None: AnimeType.UNKNOWN,
}
STATUSES: dict[str | None, AnimeStatus] = {
    "finished_airing": AnimeStatus.FINISHED,
    "currently_airing": AnimeStatus.ONGOING,
    "not_yet_aired": AnimeStatus.UPCOMING,
    None: AnimeStatus.UNKNOWN,
}
SOURCES: dict[str | None, SourceMaterial | None] = {
    "original": SourceMaterial.ORIGINAL,
    "manga": SourceMaterial.MANGA,
    "one_shot": SourceMaterial.MANGA,
    "manhwa": SourceMaterial.MANGA,
    "manhua": SourceMaterial.MANGA,
    "doujinshi": SourceMaterial.OTHER,  # published by its authors, as a manga, a novel or a game
    "4_koma_manga": SourceMaterial.MANGA,
    "web_manga": SourceMaterial.MANGA,
    "digital_manga": SourceMaterial.MANGA,
    "light_novel": SourceMaterial.LIGHT_NOVEL,
    "web_novel": SourceMaterial.WEB_NOVEL,
    "novel": SourceMaterial.NOVEL,
    "visual_novel": SourceMaterial.VISUAL_NOVEL,
    "game": SourceMaterial.GAME,
    "card_game": SourceMaterial.CARD_GAME,
    "music": SourceMaterial.MUSIC,
    "picture_book": SourceMaterial.PICTURE_BOOK,
    "book": SourceMaterial.BOOK,
    "radio": SourceMaterial.RADIO,
    "mixed_media": SourceMaterial.MIXED_MEDIA,
    "other": SourceMaterial.OTHER,
    "unknown": None,
    None: None,
}
QUARTERS: dict[str | None, Quarter | None] = {
    **{quarter.value.lower(): quarter for quarter in Quarter},
    None: None,
}
WEEKDAYS: dict[str | None, int | None] = {
    "monday": 1,
    "tuesday": 2,
    "wednesday": 3,
    "thursday": 4,
    "friday": 5,
    "saturday": 6,
    "sunday": 7,
    "other": None,  # not once a week
    None: None,
}
RATINGS: dict[str | None, str | None] = {  # as the site itself and Jikan write them
    "g": "G - All Ages",
    "pg": "PG - Children",
    "pg_13": "PG-13 - Teens 13 or older",
    "r": "R - 17+ (violence & profanity)",
    "r+": "R+ - Mild Nudity",
    "rx": "Rx - Hentai",
    None: None,
}
RELATIONS: dict[str | None, RelationKind] = {
    "sequel": "Sequel",
    "prequel": "Prequel",
    "side_story": "SideStory",
    "parent_story": "ParentStory",
    "spin_off": "Spinoff",
    "alternative_version": "AlternativeVersion",
    "alternative_setting": "AlternativeSetting",
    "summary": "Summary",
    "full_story": "FullStory",
    "character": "Character",
    "crossover": "Other",  # shared with another work: we have no word for it
    "adaptation": "Adaptation",
    "other": "Other",
}
GENRES = frozenset(
    {
        "Action", "Adventure", "Avant Garde", "Award Winning", "Boys Love", "Comedy", "Drama", "Fantasy",
        "Girls Love", "Gourmet", "Horror", "Mystery", "Romance", "Sci-Fi", "Slice of Life", "Sports",
        "Supernatural", "Suspense", "Ecchi", "Erotica", "Hentai",
    }
)  # fmt: skip
"""Genres of the site itself; the API puts themes and demographics into the same list."""
