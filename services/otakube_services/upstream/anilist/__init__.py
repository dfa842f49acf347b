# SPDX-License-Identifier: Apache-2.0
"""AniList: GraphQL. 30 requests a minute (the degraded state that has become usual), counted in X-RateLimit-*."""

import json
from datetime import datetime
from typing import Any

from otakube_services.upstream.anilist import shapes
from otakube_services.upstream.anilist.routes import router
from otakube_services.upstream.catalogue import Catalogue, Title, search
from otakube_services.upstream.pictures import Picture
from otakube_services.upstream.room import Asked, Room


def subjects(catalogue: Catalogue, asked: Asked) -> frozenset[str]:
    """Titles by the query's variables: an id, a MAL id, or the best hit of a search."""
    try:
        variables = json.loads(asked.body).get("variables") or {}
    except (ValueError, AttributeError):
        return frozenset()
    titles = catalogue.seen_by("anilist")
    values = list(variables.values()) if isinstance(variables, dict) else []
    numbers = {value for one in values for value in (one if isinstance(one, list) else [one]) if isinstance(value, int)}
    by_id = {title.key for title in titles if numbers & {title.ids.anilist, title.ids.mal}}
    texts = [value for value in values if isinstance(value, str)]
    return frozenset(by_id | {title.key for text in texts for title in search(titles, text)[:1]})


def error(status: int, _: datetime) -> Any:
    """AniList's body for a status."""
    messages = {404: "Not Found.", 429: "Too Many Requests.", 500: "Internal Server Error"}
    message = messages.get(status, "The AniList API has been temporarily disabled due to stability issues.")
    return {"data": None, "errors": [{"message": message, "status": status, "locations": [{"line": 1, "column": 1}]}]}


def pictures(titles: list[Title]) -> dict[str, Picture]:
    """Covers, banners, portraits and staff of all titles, by path."""
    drawn: dict[str, Picture] = {
        "/images/anilist/media/manga/cover/medium/default.jpg": Picture("default", "No cover", 230, 326)
    }
    for title in titles:
        drawn |= _covers(title)
        for index, character in enumerate(title.characters):
            drawn |= _portraits(title, index, character.image)
        names = [one.name for one in title.staff] + [v.name for one in title.characters for v in one.voices]
        for size, width, height in (("large", 230, 345), ("medium", 100, 150)):
            drawn |= {shapes.staff_path(name, size): Picture(f"person:{name}", name, width, height) for name in names}
    return drawn


def _covers(title: Title) -> dict[str, Picture]:
    motif, hostile = f"poster:{title.key}", title.images.get("poster")
    sizes = {"large": (425, 600), "medium": (230, 325), "small": (100, 141)}
    drawn = {
        shapes.cover_path(title, size): Picture(motif, title.romaji, *measures, "PNG", hostile=hostile)
        for size, measures in sizes.items()
    }
    banner = Picture(f"banner:{title.key}", title.romaji, 1200, 300, hostile=title.images.get("banner"))
    return drawn | {shapes.banner_path(title): banner}


def _portraits(title: Title, index: int, hostile: str | None) -> dict[str, Picture]:
    """The large one is byte-identical to MAL's, as it often is in life."""
    name = title.characters[index].name
    motif = f"character:{title.key}:{name}"
    return {
        shapes.character_path(title, index, "large"): Picture(motif, name, 225, 350, hostile=hostile),
        shapes.character_path(title, index, "medium"): Picture(motif, name, 100, 156),
    }


ROOM = Room(
    name="anilist", prefix="/anilist", router=router, subjects=subjects, error=error, pictures=pictures,
    limits={60.0: 30}, limit_headers=True,
)  # fmt: skip
