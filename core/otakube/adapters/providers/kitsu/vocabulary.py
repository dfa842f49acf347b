# SPDX-License-Identifier: Apache-2.0
"""Kitsu's vocabularies in ours. A word that stands in none of them is an error, never a guess."""

from otakube.adapters.http.placeholders import Placeholders
from otakube.domain.record.golden import AnimeStatus, RelationKind, Role
from otakube_api.contract import AnimeType, Provider

PLACEHOLDERS = Placeholders(
    pictures=("default_", "missing."), texts=("no synopsis has been added", "click here to update")
)
"""Kitsu's own pictures, and texts that came with its entries from elsewhere."""
TYPES: dict[str | None, AnimeType] = {
    "TV": AnimeType.TV,
    "movie": AnimeType.MOVIE,
    "OVA": AnimeType.OVA,
    "ONA": AnimeType.ONA,
    "special": AnimeType.SPECIAL,
    "music": AnimeType.MUSIC,
    None: AnimeType.UNKNOWN,
}
STATUSES: dict[str | None, AnimeStatus] = {
    "finished": AnimeStatus.FINISHED,
    "current": AnimeStatus.ONGOING,
    "upcoming": AnimeStatus.UPCOMING,
    "unreleased": AnimeStatus.UPCOMING,
    "tba": AnimeStatus.UPCOMING,
    None: AnimeStatus.UNKNOWN,
}
AGES: dict[str | None, str | None] = {"G": "G", "PG": "PG", "R": "R", "R18": "R18", None: None}
RELATIONS: dict[str | None, RelationKind] = {
    "sequel": "Sequel",
    "prequel": "Prequel",
    "side_story": "SideStory",
    "parent_story": "ParentStory",
    "spinoff": "Spinoff",
    "alternative_version": "AlternativeVersion",
    "alternative_setting": "AlternativeSetting",
    "summary": "Summary",
    "full_story": "FullStory",
    "character": "Character",
    "adaptation": "Adaptation",
    "other": "Other",
}
ROLES: dict[str | None, Role] = {
    "main": "Main",
    "supporting": "Supporting",
    "recurring": "Supporting",
    "background": "Background",
    "cameo": "Background",
}
PRODUCERS: dict[str | None, bool] = {
    "studio": True, "producer": False, "licensor": False, "serialization": False,
}  # fmt: skip
"""Tell whether a production's company made the anime."""
MAPPED = {
    "myanimelist/anime": Provider.JIKAN,
    "anilist/anime": Provider.ANILIST,
    "anidb": Provider.ANIDB,
}
"""Sites of mappings whose pages are providers of ours; Kitsu maps to many more."""
MEDIA: dict[str | None, str] = {"anime": "anime", "manga": "manga"}
