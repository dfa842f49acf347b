# SPDX-License-Identifier: Apache-2.0
"""Asks Jikan v4, which answers for MyAnimeList."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from otakube.adapters.http.client import Connect, ProviderClient
from otakube.adapters.http.optional_parts import all_optional
from otakube.adapters.http.parsing import check_id, read
from otakube.adapters.http.rows import listed
from otakube.adapters.providers.jikan import batches
from otakube.adapters.providers.jikan.answers import (
    EpisodesAnswer,
    IdentifiedAnswer,
    JikanListAnswer,
    OneAnswer,
    PicturesAnswer,
)
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.providers import MOST_FOUND, Answer, RawRecord
from otakube.provider_settings import ProviderSettings
from otakube_api.contract import Provider, SourceReason

_MOST_PAGES = 100  # of 100 episodes each; the longest anime has fewer than 8,000


class Jikan:
    """The source `Jikan`."""

    provider = Provider.JIKAN
    batch = 1  # no list of ids: `describe` walks a list of all anime, or asks one by one

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url.rstrip("/")

    async def search(self, title: str) -> list[Metadata]:
        answer = await self._client.ask(f"{self._url}/anime", params={"q": title, "limit": 10})
        rows = read(JikanListAnswer, answer.body).data[:MOST_FOUND]
        return listed(self.provider, rows, batches.described)

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """MyAnimeList's number, if one of the pages is its own: it links to no other provider."""
        pages = [page for url in source_urls if (page := identify(url))]
        return next((page.id for page in pages if page.provider is Provider.JIKAN), None)

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:
        base = f"{self._url}/anime/{batches.number(provider_id)}"
        anime = await self._client.ask(f"{base}/full")
        check_id("data.mal_id", read(IdentifiedAnswer, anime.body).data.mal_id, batches.number(provider_id))
        parts: dict[str, Callable[[], Awaitable[Answer | Mapping[str, Answer]]]] = {
            "episodes": lambda: self._episodes(base)
        }
        if not episodes_only:
            parts |= {part: self._part(base, part) for part in ("characters", "staff", "recommendations")}
            parts["pictures"] = lambda: self._pictures(base)
        answers, missing = await all_optional(parts)
        return RawRecord(
            provider=self.provider,
            source_url=Page(self.provider, provider_id).url,
            answers={"anime": anime, **answers},
            missing=missing,
        )

    async def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        """Pages of the list of all anime while those are cheaper, then one by one; `batches` says when."""
        left, passed, page = sorted({batches.number(one) for one in provider_ids}), 0, 1
        pages_left: int | None = None
        while batches.walks(left, passed, pages_left):
            answer = read(JikanListAnswer, (await self._list(page)).body)
            found, passed = batches.wanted(answer.data, left)
            pages_left, page = max(0, answer.pagination.last_visible_page - page), page + 1
            # The list is in order: what it has passed it does not have.
            left = [number for number in left if number > passed] if pages_left else []
            yield found
        for number in left:
            yield await self._one(number)

    async def _episodes(self, base: str) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        page, last = 1, 1
        while page <= min(last, _MOST_PAGES):
            answer = await self._client.ask(f"{base}/episodes", params={"page": page})
            answers[f"episodes/{page}"] = answer
            # `has_next_page` is true on last pages too; this number is right.
            last, page = read(EpisodesAnswer, answer.body).pagination.last_visible_page, page + 1
        return answers

    def _part(self, base: str, part: str) -> Callable[[], Awaitable[Answer]]:
        return lambda: self._client.ask(f"{base}/{part}")

    async def _pictures(self, base: str) -> Answer:
        """Pictures belong to the metadata: if they cannot be read they are missing, and the rest stands."""
        answer = await self._client.ask(f"{base}/pictures")
        read(PicturesAnswer, answer.body)
        return answer

    async def _list(self, page: int) -> Answer:
        return await self._client.ask(
            f"{self._url}/anime",
            params={"order_by": "mal_id", "sort": "asc", "limit": batches.PAGE, "page": page},
        )

    async def _one(self, number: int) -> Mapping[str, Metadata]:
        try:
            answer = await self._client.ask(f"{self._url}/anime/{number}")
        except SourceError as error:
            if error.reason is SourceReason.NOT_FOUND:
                return {}
            raise
        return batches.readable(number, read(OneAnswer, answer.body).data)


def connect(settings: ProviderSettings, new_client: Connect) -> Jikan:
    """The source, over a client of this provider."""
    return Jikan(new_client(), settings.url)
