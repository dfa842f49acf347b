# SPDX-License-Identifier: Apache-2.0
"""Kitsu: JSON:API, pages of at most 20, no known rate limit."""

from datetime import datetime
from typing import Any

from otakube_services.upstream.catalogue import Catalogue, Title, search
from otakube_services.upstream.kitsu import people, shapes
from otakube_services.upstream.kitsu.routes import MEDIA_TYPE, PREFIX, router
from otakube_services.upstream.names import slug
from otakube_services.upstream.pictures import Picture
from otakube_services.upstream.room import Asked, Room


def subjects(catalogue: Catalogue, asked: Asked) -> frozenset[str]:
    """Titles by the path's id, a filter, a mapping, or the best hit of a search."""
    titles, parts = catalogue.seen_by("kitsu"), asked.path.strip("/").split("/")
    ids = {asked.query.get(name) for name in ("filter[id]", "filter[mediaId]", "filter[animeId]")}
    if len(parts) > 1 and parts[0] == "anime":
        ids.add(parts[1])
    found = {title.key for title in titles if str(title.ids.kitsu) in ids}
    found |= {title.key for title in titles if slug(title.romaji).lower() == asked.query.get("filter[slug]")}
    if number := asked.query.get("filter[externalId]"):
        found |= {title.key for title in titles if number in (str(title.ids.mal), str(title.ids.anilist))}
    return frozenset(found | {title.key for title in search(titles, asked.query.get("filter[text]", ""))[:1]})


def error(status: int, _: datetime) -> Any:
    """Kitsu's body for a status."""
    return shapes.error(status, "")


def pictures(titles: list[Title]) -> dict[str, Picture]:
    """Posters, covers, portraits and thumbnails of all titles, by path: the same motifs, encoded anew."""
    drawn: dict[str, Picture] = {}
    for title in titles:
        drawn |= _posters(title)
        for index, character in enumerate(title.characters):
            motif = f"character:{title.key}:{character.name}"
            picture = Picture(motif, character.name, 225, 350, quality=70, hostile=character.image)
            drawn[people.character_path(title, index)] = picture
        for number in range(1, (title.episodes or 60) + 1):
            picture = Picture(
                f"episode:{title.key}:{number}", f"{title.romaji} {number}", 320, 180, quality=70
            )
            drawn[shapes.thumbnail_path(title, number)] = picture
    return drawn


def _posters(title: Title) -> dict[str, Picture]:
    poster, cover = title.images.get("poster"), title.images.get("banner")
    posters = {
        "tiny": (110, 156),
        "large": (550, 780),
        "small": (284, 402),
        "medium": (390, 554),
        "original": (550, 780),
    }
    covers = {"tiny": (840, 200), "large": (3360, 800), "small": (1680, 400), "original": (1680, 400)}
    return {
        shapes.poster_path(title, size): Picture(
            f"poster:{title.key}", title.romaji, *measures, quality=70, hostile=poster
        )
        for size, measures in posters.items()
    } | {
        shapes.cover_path(title, size): Picture(
            f"banner:{title.key}", title.romaji, *measures, quality=70, hostile=cover
        )
        for size, measures in covers.items()
    }


ROOM = Room(
    name="kitsu", prefix=PREFIX, router=router, subjects=subjects, error=error, pictures=pictures,
    media_type=MEDIA_TYPE,
)  # fmt: skip
