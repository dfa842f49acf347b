# SPDX-License-Identifier: Apache-2.0
"""AniDB: XML, always gzip; errors and bans come with status 200. One request in two seconds, 200 a day."""

from datetime import datetime
from typing import Any

from otakube_standins.upstream.anidb import shapes
from otakube_standins.upstream.anidb.routes import router
from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue
from otakube_standins.upstream.pictures import DrawnPicture
from otakube_standins.upstream.provider import IncomingRequest, UpstreamProvider


def subjects(catalogue: TitleCatalogue, asked: IncomingRequest) -> frozenset[str]:
    """The title by its number; the dump is about no title."""
    titles = catalogue.seen_by("anidb")
    return frozenset(title.key for title in titles if str(title.ids.anidb) == asked.query.get("aid"))


def error(status: int, _: datetime) -> Any:
    """AniDB's words for a status: who asks too often is banned."""
    if status in (200, 429):
        return shapes.error("banned", 500)
    return shapes.error(
        "Internal server error" if status >= 500 else "Illegal input or access denied", status
    )


def pictures(titles: list[InventedTitle]) -> dict[str, DrawnPicture]:
    """Posters and portraits by path; all lie in one folder."""
    drawn = {}
    for title in titles:
        drawn[f"{shapes.PICTURES}{shapes.poster(title)}"] = DrawnPicture(
            f"poster:{title.key}", title.romaji, 460, 650, quality=80, hostile=title.images.get("poster")
        )
        for index, character in enumerate(title.characters):
            motif = f"character:{title.key}:{character.name}"
            drawn[f"{shapes.PICTURES}{shapes.portrait(title, index)}"] = DrawnPicture(
                motif, character.name, 225, 350, quality=80, hostile=character.image
            )
    return drawn


PROVIDER = UpstreamProvider(
    name="anidb",
    limits={2: 1, 86_400: 200},
    addresses={"url": "/anidb/httpapi", "titles_url": "/anidb/api/anime-titles.xml.gz"},
    credentials={"client": "otakubedev/1"},
    prefix="/anidb",
    router=router,
    subjects=subjects,
    error=error,
    pictures=pictures,
    media_type="text/xml; charset=UTF-8",
    limit_status=200,
)
