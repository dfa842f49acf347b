# SPDX-License-Identifier: Apache-2.0
"""AniList: GraphQL. 30 requests a minute (its usual degraded state), told in X-RateLimit-*."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from otakube_standins.upstream.anilist import people, shapes
from otakube_standins.upstream.anilist.index import index_of
from otakube_standins.upstream.anilist.routes import router
from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue, search
from otakube_standins.upstream.pictures import DrawnPicture
from otakube_standins.upstream.provider import IncomingRequest, UpstreamProvider


def subjects(catalogue: TitleCatalogue, asked: IncomingRequest) -> frozenset[str]:
    """Titles by what the query or its variables name: ids, MAL ids, or the best hit of a search."""
    try:
        posted = json.loads(asked.body)
    except ValueError:
        return frozenset()
    index, found = index_of(catalogue), set[str]()
    for name in _named(posted):
        if name.isascii() and name.isdigit():
            numbered = (known.get(int(name)) for known in (index.by_id, index.by_mal))
            found |= {title.key for title in numbered if title}
        else:
            found |= {title.key for title in search(index.titles, name)[:1]}
    return frozenset(found)


def _named(posted: Any) -> Iterator[str]:
    """Ids and search texts, from literals of the query and from its variables."""
    if not isinstance(posted, dict):
        return
    for literal in re.finditer(
        r'(?:\b(?:id|idMal)\s*:\s*(\d+))|(?:\bsearch\s*:\s*"([^"]*)")', str(posted.get("query"))
    ):
        yield literal[1] or literal[2]
    variables = posted.get("variables")
    for name, value in variables.items() if isinstance(variables, dict) else ():
        if name != "page":  # a number that names no title
            yield from map(str, value if isinstance(value, list) else [value])


def error(status: int, _: datetime) -> Any:
    """AniList's body for a status."""
    messages = {404: "Not Found.", 429: "Too Many Requests.", 500: "Internal Server Error"}
    message = messages.get(status, "The AniList API has been temporarily disabled due to stability issues.")
    return {
        "data": None,
        "errors": [{"message": message, "status": status, "locations": [{"line": 1, "column": 1}]}],
    }


def pictures(titles: list[InventedTitle]) -> dict[str, DrawnPicture]:
    """Covers, banners, portraits and staff of all titles, by path."""
    drawn: dict[str, DrawnPicture] = {
        "/images/anilist/media/manga/cover/medium/default.jpg": DrawnPicture("default", "No cover", 230, 326)
    }
    for title in titles:
        drawn |= _covers(title)
        for index, character in enumerate(title.characters):
            drawn |= _character_pictures(title, index, character.image)
        names = [one.name for one in title.staff] + [v.name for one in title.characters for v in one.voices]
        for size, width, height in (("large", 230, 345), ("medium", 100, 150)):
            drawn |= {
                people.staff_path(name, size): DrawnPicture(f"person:{name}", name, width, height)
                for name in names
            }
    return drawn


def _covers(title: InventedTitle) -> dict[str, DrawnPicture]:
    motif, hostile = f"poster:{title.key}", title.images.get("poster")
    sizes = {"large": (425, 600), "medium": (230, 325), "small": (100, 141)}
    drawn = {
        shapes.cover_path(title, size): DrawnPicture(motif, title.romaji, *measures, "PNG", hostile=hostile)
        for size, measures in sizes.items()
    }
    banner = DrawnPicture(f"banner:{title.key}", title.romaji, 1200, 300, hostile=title.images.get("banner"))
    return drawn | {shapes.banner_path(title): banner}


def _character_pictures(title: InventedTitle, index: int, hostile: str | None) -> dict[str, DrawnPicture]:
    """The large one is byte-identical to MAL's, as it often is in life."""
    name = title.characters[index].name
    motif = f"character:{title.key}:{name}"
    return {
        people.character_path(title, index, "large"): DrawnPicture(motif, name, 225, 350, hostile=hostile),
        people.character_path(title, index, "medium"): DrawnPicture(motif, name, 100, 156),
    }


PROVIDER = UpstreamProvider(
    name="anilist",
    limits={60: 30},
    prefix="/anilist",
    router=router,
    subjects=subjects,
    error=error,
    pictures=pictures,
    limit_headers=True,
)
