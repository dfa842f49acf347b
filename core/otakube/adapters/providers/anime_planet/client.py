# SPDX-License-Identifier: Apache-2.0
"""Asks for Anime-Planet's pages: it has no API, and is off until an installation switches it on."""

from collections.abc import AsyncIterator, Mapping, Sequence
from urllib.parse import urlsplit

from otakube.adapters.http.client import Connect, ProviderClient
from otakube.adapters.http.optional_parts import one_by_one
from otakube.adapters.providers.anime_planet.cards import rows
from otakube.adapters.providers.anime_planet.convert import metadata
from otakube.adapters.providers.anime_planet.page import document, is_anime
from otakube.away import away
from otakube.domain.merge.broadcast import JST
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.ports.providers import MOST_FOUND, Answer, RawRecord
from otakube.provider_settings import ProviderSettings
from otakube_api.contract import Provider

MEDIA_TYPE = "text/html"


class AnimePlanet:
    """The source `AnimePlanet`."""

    provider = Provider.ANIME_PLANET
    batch = 1  # one page a title

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url.rstrip("/")

    async def search(self, title: str) -> list[Metadata]:
        """The list of results; a search with one hit is redirected to that hit's page."""
        answer = await self._client.ask_text(f"{self._url}/anime/all", params={"name": title})
        page = await away(document, answer.body)
        if is_anime(page):
            slug = urlsplit(answer.url).path.rpartition("/")[2]
            return [metadata(self._record(slug, answer))]
        return rows(page, answer.fetched_at.astimezone(JST).date())[:MOST_FOUND]

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """Its slug, if one of the pages is its own: it links to no other provider."""
        pages = [page for url in source_urls if (page := identify(url))]
        return next((page.id for page in pages if page.provider is self.provider), None)

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:  # noqa: ARG002 - one page holds all
        """One page."""
        answer = await self._client.ask_text(f"{self._url}/anime/{provider_id}")
        await away(document, answer.body)
        return self._record(provider_id, answer)

    def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        """One page at a time."""
        return one_by_one(provider_ids, self._described)

    async def _described(self, provider_id: str) -> Metadata:
        return metadata(await self.fetch(provider_id))

    def _record(self, slug: str, answer: Answer) -> RawRecord:
        url = Page(self.provider, slug).url
        return RawRecord(provider=self.provider, source_url=url, answers={"anime": answer})


def connect(settings: ProviderSettings, new_client: Connect) -> AnimePlanet:
    """The source, over a client of this provider."""
    return AnimePlanet(new_client(accept=MEDIA_TYPE), settings.url)
