# SPDX-License-Identifier: Apache-2.0
"""Asks Kitsu by JSON:API."""

from collections.abc import Sequence

from otakube.adapters.http.client import ProviderClient
from otakube.adapters.http.reading import read
from otakube.adapters.kitsu.answers import Document
from otakube.adapters.kitsu.convert import anime_document, describe
from otakube.domain.claims import Metadata
from otakube.domain.entry import Provider
from otakube.domain.pages import Page, identify
from otakube.ports.providers import Answer, RawRecord

MEDIA_TYPE = "application/vnd.api+json"
LICENCE = "Kitsu API terms of use"
_PAGE = 20  # the most that Kitsu gives
_MOST_PAGES = 500
_SITES = {Provider.JIKAN: "myanimelist/anime", Provider.ANILIST: "anilist/anime"}
_PARTS = "genres,categories,animeProductions.producer,mediaRelationships.destination,mappings"


class Kitsu:
    """The source `Kitsu`."""

    provider = Provider.KITSU

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url.rstrip("/")

    async def search(self, title: str) -> list[Metadata]:
        params: dict[str, str | int] = {"filter[text]": title, "page[limit]": 10, "include": "mappings"}
        answer = await self._client.ask(f"{self._url}/anime", params=params)
        document = read(Document, answer.body)
        return [describe(document, row) for row in document.data]

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """Kitsu's number of a page at MyAnimeList or AniList, by its mappings."""
        pages = {page.provider: page.id for url in source_urls if (page := identify(url))}
        if Provider.KITSU in pages:
            return pages[Provider.KITSU]
        for provider in pages.keys() & _SITES.keys():
            params = {
                "filter[externalSite]": _SITES[provider],
                "filter[externalId]": pages[provider],
                "include": "item",
            }
            answer = await self._client.ask(f"{self._url}/mappings", params=params)
            document = read(Document, answer.body)
            items = [
                item
                for row in document.data
                for item in document.related(row, "item")
                if item.type == "anime"
            ]
            if items:
                return items[0].id
        return None

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:  # noqa: ARG002
        by = "id" if provider_id.isdigit() else "slug"
        params = {f"filter[{by}]": provider_id, "include": _PARTS}
        anime = await self._client.ask(f"{self._url}/anime", params=params)
        number = anime_document(anime.body).data[0].id
        answers = {"anime": anime}
        answers |= await self._pages("episodes", f"{self._url}/anime/{number}/episodes")
        answers |= await self._pages(
            "characters", f"{self._url}/anime/{number}/characters", include="character"
        )
        return RawRecord(
            provider=self.provider,
            source_url=Page(self.provider, number).url,
            licence=LICENCE,
            answers=answers,
        )

    async def _pages(self, part: str, url: str, **params: str) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for page in range(_MOST_PAGES):
            window: dict[str, str | int] = {"page[limit]": _PAGE, "page[offset]": page * _PAGE}
            answer = await self._client.ask(url, params=params | window)
            answers[f"{part}/{page + 1}"] = answer
            if not read(Document, answer.body).links.next:
                break
        return answers
