# SPDX-License-Identifier: Apache-2.0
"""Anime-Planet: pages of HTML, no API; a search with one hit leads to that hit's page."""

from datetime import datetime
from typing import Any

from otakube_standins.upstream.anime_planet import shapes
from otakube_standins.upstream.anime_planet.routes import router
from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue, search
from otakube_standins.upstream.pictures import DrawnPicture
from otakube_standins.upstream.provider import IncomingRequest, UpstreamProvider
from otakube_standins.upstream.slugs import slugs


def subjects(catalogue: TitleCatalogue, asked: IncomingRequest) -> frozenset[str]:
    """Titles by the path's slug, or the best hit of a search."""
    titles, parts = catalogue.seen_by("anime_planet"), asked.path.strip("/").split("/")
    found = {key for key, slug in slugs(titles).items() if parts == ["anime", slug]}
    return frozenset(found | {title.key for title in search(titles, asked.query.get("name", ""))[:1]})


def error(status: int, _: datetime) -> Any:
    """A page for a status; who asks too often, or is refused, meets the guard before the site."""
    return shapes.challenge() if status in (403, 429, 503) else shapes.lost()


def pictures(titles: list[InventedTitle]) -> dict[str, DrawnPicture]:
    """Posters by path, and their thumbnails."""
    named = slugs(titles)
    sizes = ((shapes.poster, 190, 260, 75), (shapes.large_poster, 460, 650, 85))
    return {
        path(named[title.key]): DrawnPicture(
            f"poster:{title.key}",
            title.romaji,
            width,
            height,
            quality=quality,
            hostile=title.images.get("poster"),
        )
        for title in titles
        for path, width, height, quality in sizes
    }


PROVIDER = UpstreamProvider(
    name="anime_planet",
    limits={60: 55},
    prefix="/anime_planet",
    router=router,
    subjects=subjects,
    error=error,
    pictures=pictures,
    media_type="text/html; charset=UTF-8",
)
