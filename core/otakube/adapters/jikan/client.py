# SPDX-License-Identifier: Apache-2.0
"""Asks Jikan v4, which answers for MyAnimeList."""

from collections.abc import Sequence
from typing import Any

from otakube.adapters.http.client import ProviderClient
from otakube.adapters.http.reading import read
from otakube.adapters.jikan.answers import EpisodesAnswer, SearchAnswer
from otakube.adapters.jikan.convert import describe
from otakube.domain.claims import Metadata
from otakube.domain.entry import Provider
from otakube.domain.pages import Page, identify
from otakube.ports.providers import Answer, RawRecord

LICENCE = "MyAnimeList terms of use (through Jikan)"
_MOST_PAGES = 100  # of 100 episodes each; the longest anime has fewer than 8,000


class Jikan:
    """The source `Jikan`."""

    provider = Provider.JIKAN

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url.rstrip("/")

    async def search(self, title: str) -> list[Metadata]:
        answer = await self._client.ask(f"{self._url}/anime", params={"q": title, "limit": 10})
        return [describe(row) for row in read(SearchAnswer, answer.body).data]

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """MyAnimeList's number, if one of the pages is its own: it links to no other provider."""
        pages = [page for url in source_urls if (page := identify(url))]
        return next((page.id for page in pages if page.provider is Provider.JIKAN), None)

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:  # noqa: ARG002
        base = f"{self._url}/anime/{provider_id}"
        answers: dict[str, Answer] = {"anime": await self._client.ask(f"{base}/full")}
        page, last = 1, 1
        while page <= min(last, _MOST_PAGES):
            answer = await self._client.ask(f"{base}/episodes", params={"page": page})
            answers[f"episodes/{page}"] = answer
            last, page = _last_page(answer.body), page + 1
        answers["characters"] = await self._client.ask(f"{base}/characters")
        return RawRecord(
            provider=self.provider,
            source_url=Page(self.provider, provider_id).url,
            licence=LICENCE,
            answers=answers,
        )


def _last_page(body: Any) -> int:
    # `has_next_page` is true on last pages too; this number is right.
    return read(EpisodesAnswer, body).pagination.last_visible_page
