# SPDX-License-Identifier: Apache-2.0
"""AnimeSchedule v3: JSON for who brings a token, errors as plain text, X-RateLimit-* on every answer."""

from datetime import datetime
from typing import Any

from otakube_standins.upstream.animeschedule import shapes
from otakube_standins.upstream.animeschedule.routes import QUERIES, router
from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue, search
from otakube_standins.upstream.pictures import DrawnPicture
from otakube_standins.upstream.provider import IncomingRequest, UpstreamProvider
from otakube_standins.upstream.slugs import slugs


def subjects(catalogue: TitleCatalogue, asked: IncomingRequest) -> frozenset[str]:
    """Titles by the path's slug, by another provider's number, or the best hit of a search."""
    titles, parts = catalogue.seen_by("animeschedule"), asked.path.strip("/").split("/")
    if len(parts) == 2 and parts[0] == "anime":
        return frozenset(key for key, slug in slugs(titles).items() if slug == parts[1])
    found = {
        title.key
        for name, number in QUERIES.items()
        for title in titles
        if asked.query.get(name) == str(number(title.ids))
    }
    return frozenset(found | {title.key for title in search(titles, asked.query.get("q", ""))[:1]})


def error(status: int, _: datetime) -> Any:
    """Plain words for a status."""
    words = {
        401: b"Unauthorized: an application token is missing.",
        404: b"Couldn't find anime with these parameters.",
        429: b"Too many requests.",
    }
    return words.get(status, b"Internal server error.")


def pictures(titles: list[InventedTitle]) -> dict[str, DrawnPicture]:
    """Posters by path."""
    named = slugs(titles)
    return {
        f"/images/{shapes.poster(named[title.key])}": DrawnPicture(
            f"poster:{title.key}", title.romaji, 350, 500, quality=75, hostile=title.images.get("poster")
        )
        for title in titles
    }


PROVIDER = UpstreamProvider(
    name="animeschedule",
    limits={60: 120},
    credentials={"token": "stand-in"},
    prefix="/animeschedule/api/v3",
    router=router,
    subjects=subjects,
    error=error,
    pictures=pictures,
    media_type="text/plain; charset=utf-8",
    limit_headers=True,
)
