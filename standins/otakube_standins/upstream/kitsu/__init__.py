# SPDX-License-Identifier: Apache-2.0
"""Kitsu: JSON:API, pages of at most 20, no known rate limit."""

from datetime import datetime
from typing import Any

from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue, search
from otakube_standins.upstream.kitsu import people, shapes
from otakube_standins.upstream.kitsu.index import index_of
from otakube_standins.upstream.kitsu.routes import ID_FILTERS, MEDIA_TYPE, PREFIX, router
from otakube_standins.upstream.pictures import DrawnPicture
from otakube_standins.upstream.provider import IncomingRequest, UpstreamProvider


def subjects(catalogue: TitleCatalogue, asked: IncomingRequest) -> frozenset[str]:
    """Titles by the path's id, a filter, a mapping, or the best hit of a search."""
    index, parts = index_of(catalogue), asked.path.strip("/").split("/")
    ids = [number for name in ID_FILTERS for number in asked.query.get(name, "").split(",")]
    if len(parts) > 1 and parts[0] == "anime":
        ids.append(parts[1])
    mapping = (asked.query.get("filter[externalSite]", ""), asked.query.get("filter[externalId]", ""))
    named = [index.by_id.get(number) for number in ids]
    named += [index.by_slug.get(asked.query.get("filter[slug]", "")), index.by_mapping.get(mapping)]
    if text := asked.query.get("filter[text]"):
        named += search(index.titles, text)[:1]
    return frozenset(title.key for title in named if title)


def error(status: int, _: datetime) -> Any:
    """Kitsu's body for a status."""
    return shapes.error(status, "")


def pictures(titles: list[InventedTitle]) -> dict[str, DrawnPicture]:
    """Posters, covers, portraits and thumbnails of all titles, by path: the same motifs, encoded anew."""
    drawn: dict[str, DrawnPicture] = {}
    for title in titles:
        drawn |= _posters(title)
        for index, character in enumerate(title.characters):
            motif = f"character:{title.key}:{character.name}"
            picture = DrawnPicture(motif, character.name, 225, 350, quality=70, hostile=character.image)
            drawn[people.character_path(title, index)] = picture
        for number in range(1, (title.episodes or 60) + 1):
            picture = DrawnPicture(
                f"episode:{title.key}:{number}", f"{title.romaji} {number}", 320, 180, quality=70
            )
            drawn[shapes.thumbnail_path(title, number)] = picture
    return drawn


def _posters(title: InventedTitle) -> dict[str, DrawnPicture]:
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
        shapes.poster_path(title, size): DrawnPicture(
            f"poster:{title.key}", title.romaji, *measures, quality=70, hostile=poster
        )
        for size, measures in posters.items()
    } | {
        shapes.cover_path(title, size): DrawnPicture(
            f"banner:{title.key}", title.romaji, *measures, quality=70, hostile=cover
        )
        for size, measures in covers.items()
    }


PROVIDER = UpstreamProvider(
    name="kitsu",
    limits={},
    prefix=PREFIX,
    router=router,
    subjects=subjects,
    error=error,
    pictures=pictures,
    media_type=MEDIA_TYPE,
)
