# SPDX-License-Identifier: Apache-2.0
"""Asks Toy: one JSON object an anime, and a search."""

from collections.abc import AsyncIterator, Mapping, Sequence

from otakube.adapters.providers.toy.convert import described, metadata

from otakube.adapters.http.client import Connect, ProviderClient
from otakube.adapters.http.optional_parts import one_by_one
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.ports.providers import RawRecord
from otakube.provider_settings import ProviderSettings
from otakube_api.contract import Provider


class Toy:
    """The source `Toy`."""

    provider = Provider.TOY
    batch = 1

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url

    async def search(self, title: str) -> list[Metadata]:
        answer = await self._client.ask(f"{self._url}/search", params={"q": title})
        return [described(row) for row in answer.body["found"]][:10]

    async def find(self, source_urls: Sequence[str]) -> str | None:
        pages = [page for url in source_urls if (page := identify(url))]
        return next((page.id for page in pages if page.provider is self.provider), None)

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:
        answer = await self._client.ask(f"{self._url}/anime/{provider_id}")
        return RawRecord(
            provider=self.provider,
            source_url=Page(self.provider, provider_id).url,
            answers={"anime": answer},
        )

    def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        return one_by_one(provider_ids, self._described)

    async def _described(self, provider_id: str) -> Metadata:
        return metadata(await self.fetch(provider_id))


def connect(settings: ProviderSettings, new_client: Connect) -> Toy:
    """The source, over a client of this provider."""
    return Toy(new_client(), settings.url)
