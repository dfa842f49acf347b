# SPDX-License-Identifier: Apache-2.0
"""Asks Kitsu by JSON:API."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from otakube.adapters.http.client import Connect, ProviderClient
from otakube.adapters.http.optional_parts import all_optional
from otakube.adapters.http.parsing import check_id, read
from otakube.adapters.http.rows import listed
from otakube.adapters.providers.kitsu.answers import Document
from otakube.adapters.providers.kitsu.convert import anime_document, describe
from otakube.adapters.providers.kitsu.relations import number_of
from otakube.adapters.providers.kitsu.vocabulary import MAPPED
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.providers import MOST_FOUND, Answer, RawRecord
from otakube.provider_settings import ProviderSettings
from otakube_api.contract import Provider, SourceReason

MEDIA_TYPE = "application/vnd.api+json"
_PAGE = 20  # the most that Kitsu gives
_MOST_PAGES = 500  # of 20: no anime has ten thousand of anything
_SITES = {provider: site for site, provider in MAPPED.items()}
_METADATA = {
    "include": "genres,categories,animeProductions.producer,mappings",
    "fields[genres]": "name",
    "fields[categories]": "title",
    "fields[producers]": "name",
}
_Ask = Callable[[], Awaitable[Answer | Mapping[str, Answer]]]
_ANIME = _METADATA | {
    "include": f"{_METADATA['include']},mediaRelationships.destination,streamingLinks.streamer"
}


class Kitsu:
    """The source `Kitsu`."""

    provider = Provider.KITSU
    batch = _PAGE

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url.rstrip("/")

    async def search(self, title: str) -> list[Metadata]:
        found = await self._list({"filter[text]": title, "page[limit]": MOST_FOUND})
        return list(found.values())[:MOST_FOUND]

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """Kitsu's number of a page at MyAnimeList, AniList or AniDB, by its mappings."""
        pages = {page.provider: page.id for url in source_urls if (page := identify(url))}
        if Provider.KITSU in pages:
            return pages[Provider.KITSU]
        for provider in (one for one in _SITES if one in pages):
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
                return number_of(items[0])
        return None

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:
        by = "id" if provider_id.isdigit() else "slug"
        asked = {f"filter[{by}]": provider_id} | (_METADATA if episodes_only else _ANIME)
        anime = await self._client.ask(f"{self._url}/anime", params=asked)
        number = number_of(anime_document(anime.body).data[0])
        if by == "id":
            check_id("data.0.id", number, provider_id)
        parts = await all_optional(self._episodes(number) if episodes_only else self._parts(number))
        return RawRecord(
            provider=self.provider,
            source_url=Page(self.provider, number).url,
            answers={"anime": anime} | parts.answers,
            missing=parts.missing,
        )

    async def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        numbers = [one for one in dict.fromkeys(provider_ids) if one.isascii() and one.isdigit()]
        for start in range(0, len(numbers), self.batch):
            ids = ",".join(numbers[start : start + self.batch])
            yield await self._list({"filter[id]": ids, "page[limit]": self.batch})

    def _episodes(self, number: str) -> dict[str, _Ask]:
        return {"episodes": lambda: self._pages("episodes", f"{self._url}/anime/{number}/episodes")}

    def _parts(self, number: str) -> dict[str, _Ask]:
        """Requests beside the anime itself, by part."""
        own = f"{self._url}/anime/{number}"
        voices = {
            "filter[media_type]": "Anime",
            "filter[media_id]": number,
            "filter[is_character]": "true",
            "include": "character,person",
        }
        return self._episodes(number) | {
            "characters": lambda: self._pages("characters", f"{own}/characters", include="character"),
            "castings": lambda: self._pages("castings", f"{self._url}/castings", **voices),
            "staff": lambda: self._pages("staff", f"{own}/staff", include="person"),
            "reviews": lambda: self._count(f"{own}/reviews"),
        }

    async def _list(self, asked: Mapping[str, str | int]) -> dict[str, Metadata]:
        answer = await self._client.ask(f"{self._url}/anime", params={**_METADATA, **asked})
        document = read(Document, answer.body)
        return dict(listed(self.provider, document.data, lambda row: (row.id, describe(document, row))))

    async def _count(self, url: str) -> Answer:
        """A page of one, whose `meta` tells how many there are."""
        answer = await self._client.ask(url, params={"page[limit]": 1, "fields[reviews]": "createdAt"})
        read(Document, answer.body)
        return answer

    async def _pages(self, part: str, url: str, **params: str) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for page in range(_MOST_PAGES):
            window: dict[str, str | int] = {"page[limit]": _PAGE, "page[offset]": page * _PAGE}
            answer = await self._client.ask(url, params=params | window)
            answers[f"{part}/{page + 1}"] = answer
            if not read(Document, answer.body).links.next:
                return answers
        raise SourceError(SourceReason.ANSWER_TOO_LARGE, f"Kitsu has more than {_MOST_PAGES} pages")


def connect(settings: ProviderSettings, new_client: Connect) -> Kitsu:
    """The source, over a client of this provider."""
    return Kitsu(new_client(accept=MEDIA_TYPE), settings.url)
