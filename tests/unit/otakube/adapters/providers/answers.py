# SPDX-License-Identifier: Apache-2.0
"""Raw records of the stand-in's titles, fetched by the real clients without a network."""

import asyncio
from functools import cache

from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.adapters.providers.anilist import convert as anilist
from otakube.adapters.providers.anilist.client import AniList
from otakube.adapters.providers.jikan import convert as jikan
from otakube.adapters.providers.jikan.client import Jikan
from otakube.adapters.providers.kitsu import convert as kitsu
from otakube.adapters.providers.kitsu.client import MEDIA_TYPE, Kitsu
from otakube.adapters.providers.myanimelist import convert as myanimelist
from otakube.adapters.providers.myanimelist.client import CLIENT_ID, MyAnimeList
from otakube.ports.providers import Converter, ProviderSource, RawRecord
from otakube_api.contract import Provider
from upstream_app import upstream

CONVERTERS: dict[Provider, Converter] = {
    Provider.JIKAN: jikan,
    Provider.MYANIMELIST: myanimelist,
    Provider.ANILIST: anilist,
    Provider.KITSU: kitsu,
}
PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")
LIMITS = RequestLimits(seconds=60, size=16 * 2**20)
IDS = {
    Provider.JIKAN: "70009",
    Provider.MYANIMELIST: "70009",
    Provider.ANILIST: "210018",
    Provider.KITSU: "60911",
}  # a long runner


@cache
def long_runner(provider: Provider) -> RawRecord:
    """All pages of a title of 150 episodes."""
    return asyncio.run(_fetch(provider, IDS[provider]))


async def _fetch(provider: Provider, number: str) -> RawRecord:
    async with upstream() as client:
        sources: dict[Provider, ProviderSource] = {
            Provider.JIKAN: Jikan(ProviderClient(client, LIMITS), "http://upstream.test/jikan/v4"),
            Provider.MYANIMELIST: MyAnimeList(
                ProviderClient(client, LIMITS, headers={CLIENT_ID: "ours"}),
                "http://upstream.test/myanimelist/v2",
            ),
            Provider.ANILIST: AniList(ProviderClient(client, LIMITS), "http://upstream.test/anilist"),
            Provider.KITSU: Kitsu(
                ProviderClient(client, LIMITS, accept=MEDIA_TYPE), "http://upstream.test/kitsu/api/edge"
            ),
        }
        return await sources[provider].fetch(number)
