# SPDX-License-Identifier: Apache-2.0
"""MyAnimeList's official API v2: the same titles as Jikan's, in another shape, for those with a client id.

Its pictures are Jikan's: both name those of one site.
"""

from datetime import datetime
from typing import Any

from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue, search
from otakube_standins.upstream.jikan.index import index_of
from otakube_standins.upstream.myanimelist import shapes
from otakube_standins.upstream.myanimelist.routes import PREFIX, router
from otakube_standins.upstream.pictures import DrawnPicture
from otakube_standins.upstream.provider import IncomingRequest, UpstreamProvider


def subjects(catalogue: TitleCatalogue, asked: IncomingRequest) -> frozenset[str]:
    """The title of the path's id, or the best hit of a search."""
    index, parts = index_of(catalogue), asked.path.strip("/").split("/")
    if len(parts) == 2 and parts[1].isdecimal():
        title = index.by_id.get(int(parts[1]))
        return frozenset([title.key] if title else [])
    if "q" in asked.query:
        return frozenset(title.key for title in search(index.titles, asked.query["q"])[:1])
    return frozenset()


def error(status: int, _: datetime) -> Any:
    """The API's body for a status."""
    return shapes.error(status)


def pictures(_: list[InventedTitle]) -> dict[str, DrawnPicture]:
    """None of its own."""
    return {}


PROVIDER = UpstreamProvider(
    name="myanimelist",
    same_site="jikan",
    limits={60: 60},
    credentials={"client_id": "stand-in"},
    prefix=PREFIX,
    router=router,
    subjects=subjects,
    error=error,
    pictures=pictures,
)
