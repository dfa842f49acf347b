# SPDX-License-Identifier: Apache-2.0
"""Asks MyAnimeList's official API v2. The client id is a header of the given client, never part of a URL."""

from collections.abc import AsyncIterator, Mapping, Sequence

from otakube.adapters.http.client import Connect, ProviderClient
from otakube.adapters.http.parsing import check_id, read
from otakube.adapters.http.rows import listed
from otakube.adapters.providers.myanimelist import batches
from otakube.adapters.providers.myanimelist.answers import MyAnimeListListAnswer, MyAnimeListNumbered
from otakube.adapters.providers.myanimelist.settings import MyAnimeListSettings
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.providers import MOST_FOUND, Answer, RawRecord
from otakube_api.contract import Provider, SourceReason

CLIENT_ID = "X-MAL-CLIENT-ID"
LISTED = (
    "id,title,main_picture,alternative_titles,start_date,end_date,synopsis,mean,rank,popularity,"
    "num_list_users,num_scoring_users,media_type,status,genres,num_episodes,start_season,broadcast,source,"
    "average_episode_duration,rating,studios"
)
WHOLE = f"{LISTED},pictures,related_anime,related_manga,recommendations,statistics"
_SHORTEST, _LONGEST = 3, 64  # letters of a search; any other is refused with 400


class MyAnimeList:
    """The source `MyAnimeList`: the other way to the pages that Jikan answers for."""

    provider = Provider.MYANIMELIST
    batch = 1  # no list of ids: `describe` walks a list of all anime, or asks one by one

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url.rstrip("/")

    async def search(self, title: str) -> list[Metadata]:
        """At most ten; none for a title of one or two letters, which the API does not search for."""
        query = title.strip()[:_LONGEST]
        if len(query) < _SHORTEST:
            return []
        answer = await self._list("", {"q": query, "limit": 10})
        rows = read(MyAnimeListListAnswer, answer.body).data[:MOST_FOUND]
        return listed(self.provider, rows, lambda row: batches.described(row.node))

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """MyAnimeList's number, if one of the pages is its own; `pages` calls those Jikan's."""
        pages = [page for url in source_urls if (page := identify(url))]
        return next((page.id for page in pages if page.provider is Provider.JIKAN), None)

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:  # noqa: ARG002 - it has no episodes
        """One request holds all parts; of the episodes the API knows no more than their number."""
        answer = await self._client.ask(
            f"{self._url}/anime/{batches.number(provider_id)}", params={"fields": WHOLE}
        )
        check_id("id", read(MyAnimeListNumbered, answer.body).id, batches.number(provider_id))
        return RawRecord(
            provider=self.provider,
            source_url=Page(self.provider, provider_id).url,
            answers={"anime": answer},
        )

    async def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        """Pages of the ranking while those are cheaper, then one by one; `batches` says when."""
        left = sorted({batches.number(one) for one in provider_ids})
        found = pages = 0
        while batches.walks(len(left), found, pages):
            page = read(MyAnimeListListAnswer, (await self._ranking(pages * batches.PAGE)).body)
            shown = batches.wanted([row.node for row in page.data], left)
            yield {name: one for described in shown.values() for name, one in described.items()}
            left = [number for number in left if number not in shown]
            found, pages = found + len(shown), pages + 1
            if page.paging.next is None:
                break
        for number in left:
            yield await self._one(number)

    async def _ranking(self, offset: int) -> Answer:
        return await self._list(
            "/ranking", {"ranking_type": "bypopularity", "limit": batches.PAGE, "offset": offset}
        )

    async def _list(self, path: str, params: Mapping[str, str | int]) -> Answer:
        # Without `nsfw` a list leaves out what is not for everybody; a catalogue must know it to say so.
        return await self._client.ask(
            f"{self._url}/anime{path}", params={**params, "nsfw": "true", "fields": LISTED}
        )

    async def _one(self, number: int) -> Mapping[str, Metadata]:
        try:
            answer = await self._client.ask(f"{self._url}/anime/{number}", params={"fields": LISTED})
        except SourceError as error:
            if error.reason is SourceReason.NOT_FOUND:
                return {}
            raise
        return batches.readable(number, answer.body)


def connect(settings: MyAnimeListSettings, new_client: Connect) -> MyAnimeList:
    """The source, over a client of this provider."""
    return MyAnimeList(new_client(headers={CLIENT_ID: settings.client_id.get_secret_value()}), settings.url)
