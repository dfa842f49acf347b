# SPDX-License-Identifier: Apache-2.0
"""AniList's vocabularies in ours. A word that stands in none of them is an error, never a guess."""

from otakube.adapters.http.placeholders import Placeholders
from otakube.domain.record.golden import AnimeStatus, Quarter, RelationKind, Role, SourceMaterial
from otakube_api.contract import AnimeType

PLACEHOLDERS = Placeholders(pictures=("default.",), texts=("no biography",))
"""AniList's pictures are called default.jpg where it has none."""
TYPES: dict[str | None, AnimeType] = {
    "TV": AnimeType.TV,
    "TV_SHORT": AnimeType.TV,
    "MOVIE": AnimeType.MOVIE,
    "SPECIAL": AnimeType.SPECIAL,
    "OVA": AnimeType.OVA,
    "ONA": AnimeType.ONA,
    "MUSIC": AnimeType.MUSIC,
    None: AnimeType.UNKNOWN,
}
STATUSES: dict[str | None, AnimeStatus] = {
    "FINISHED": AnimeStatus.FINISHED,
    "RELEASING": AnimeStatus.ONGOING,
    "NOT_YET_RELEASED": AnimeStatus.UPCOMING,
    "CANCELLED": AnimeStatus.CANCELLED,
    "HIATUS": AnimeStatus.HIATUS,
    None: AnimeStatus.UNKNOWN,
}
SOURCES: dict[str | None, SourceMaterial | None] = {
    "ORIGINAL": SourceMaterial.ORIGINAL,
    "MANGA": SourceMaterial.MANGA,
    "LIGHT_NOVEL": SourceMaterial.LIGHT_NOVEL,
    "WEB_NOVEL": SourceMaterial.WEB_NOVEL,
    "NOVEL": SourceMaterial.NOVEL,
    "VISUAL_NOVEL": SourceMaterial.VISUAL_NOVEL,
    "VIDEO_GAME": SourceMaterial.GAME,
    "GAME": SourceMaterial.GAME,
    "PICTURE_BOOK": SourceMaterial.PICTURE_BOOK,
    "LIVE_ACTION": SourceMaterial.LIVE_ACTION,
    "ANIME": SourceMaterial.ANIME,
    "MULTIMEDIA_PROJECT": SourceMaterial.MIXED_MEDIA,
    "DOUJINSHI": SourceMaterial.OTHER,  # published by its authors, as a manga, a novel or a game
    "COMIC": SourceMaterial.OTHER,  # a comic that is no manga: we have no word for it
    "OTHER": SourceMaterial.OTHER,
    None: None,
}
QUARTERS: dict[str | None, Quarter | None] = {
    **{quarter.value.upper(): quarter for quarter in Quarter},
    None: None,
}
RELATIONS: dict[str | None, RelationKind] = {
    "SEQUEL": "Sequel",
    "PREQUEL": "Prequel",
    "SIDE_STORY": "SideStory",
    "PARENT": "ParentStory",
    "SPIN_OFF": "Spinoff",
    "ALTERNATIVE": "AlternativeVersion",
    "SUMMARY": "Summary",
    "CHARACTER": "Character",
    "ADAPTATION": "Adaptation",
    "SOURCE": "Source",
    "COMPILATION": "Compilation",
    "CONTAINS": "Contains",
    "OTHER": "Other",
}
ROLES: dict[str | None, Role] = {"MAIN": "Main", "SUPPORTING": "Supporting", "BACKGROUND": "Background"}
SITES: dict[str | None, str] = {"ANIME": "anime", "MANGA": "manga"}
STREAMS: dict[str | None, bool] = {"STREAMING": True, "INFO": False, "SOCIAL": False, None: False}
"""Tell whether one can watch there; links from before AniList told their kinds have none."""
RANKED_BY: dict[str | None, str] = {"RATED": "score", "POPULAR": "members"}
