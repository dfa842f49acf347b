# SPDX-License-Identifier: Apache-2.0
"""Stand-ins with as many titles as a test needs."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import httpx2

from otakube_standins.upstream.app import create
from otakube_standins.upstream.catalogue import Ids, InventedTitle, TitleCatalogue, load
from otakube_standins.upstream.provider import World
from otakube_standins.upstream.settings import UpstreamSettings
from upstream_app import NOW, PUBLIC_URL

UNLIMITED = UpstreamSettings(unlimited=True)


def titles(numbers: Iterable[int]) -> list[InventedTitle]:
    """Titles of these numbers on MyAnimeList, otherwise alike."""
    model = (
        load(NOW.date())
        .titles[0]
        .model_copy(update={"characters": [], "staff": [], "relations": [], "says": {}})
    )
    return [
        model.model_copy(
            update={
                "key": f"title-{number}",
                "romaji": f"Title {number}",
                "popularity": number,
                "ids": Ids(myanimelist=number, anilist=number, kitsu=number),
            }
        )
        for number in numbers
    ]


@asynccontextmanager
async def upstream_of(numbers: Iterable[int]) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a stand-in that has these titles and no others."""
    app = create(World(TitleCatalogue(titles=titles(numbers)), lambda: NOW, PUBLIC_URL), UNLIMITED)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://upstream.test"
    ) as client:
        yield client


async def asked(client: httpx2.AsyncClient) -> int:
    """Requests that the stand-in counted."""
    return sum(row["count"] for row in (await client.get("/admin/requests")).json())
