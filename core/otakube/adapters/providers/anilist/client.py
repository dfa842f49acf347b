# SPDX-License-Identifier: Apache-2.0
"""Asks AniList by GraphQL."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from otakube.adapters.http.client import Connect, ProviderClient
from otakube.adapters.http.optional_parts import OptionalParts, optional
from otakube.adapters.http.parsing import check_id, read, refuse
from otakube.adapters.http.rows import listed
from otakube.adapters.providers.anilist import queries
from otakube.adapters.providers.anilist.answers import (
    AniListNumbered,
    FaultAnswer,
    FurtherAnswer,
    Media,
    MediaAnswer,
    PageAnswer,
)
from otakube.adapters.providers.anilist.convert import describe, present
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.providers import MOST_FOUND, Answer, Missing, RawRecord
from otakube.provider_settings import ProviderSettings
from otakube_api.contract import Provider, SourceReason

_MOST_PAGES = 80  # of 25 or 50: no anime has two thousand characters, people on its staff or reviews
_REASONS: Mapping[int | None, SourceReason] = {
    404: SourceReason.NOT_FOUND,
    401: SourceReason.REFUSED,
    403: SourceReason.REFUSED,
}
_RECOMMENDATION_PAGES = 8  # the 200 best, as many as a record holds


class AniList:
    """The source `AniList`."""

    provider = Provider.ANILIST
    batch = queries.MEDIA_A_PAGE

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url

    async def search(self, title: str) -> list[Metadata]:
        rows = (await self._rows(queries.SEARCH, search=title))[:MOST_FOUND]
        return listed(self.provider, rows, _described)

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """AniList's number of a page at MyAnimeList or of its own; it links to no other provider."""
        pages = {page.provider: page.id for url in source_urls if (page := identify(url))}
        if Provider.ANILIST in pages or Provider.JIKAN not in pages:
            return pages.get(Provider.ANILIST)
        found = await self._rows(queries.BY_MAL, mal=int(pages[Provider.JIKAN]))
        return str(read(AniListNumbered, found[0]).id) if found else None

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:
        """The anime with the first page of each connection, then what has more, all in one request a page."""
        number = _number(provider_id)
        first = await self._ask(queries.EPISODES if episodes_only else queries.ANIME, id=number, page=1)
        media = read(MediaAnswer, first.body).data.Media
        check_id("Media.id", media.id, number)
        unfinished = media.unfinished()
        further = await self._further(number, unfinished)
        return RawRecord(
            provider=self.provider,
            source_url=Page(self.provider, provider_id).url,
            answers={"anime": first} | further.answers,
            missing=further.missing,
        )

    async def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        numbers = [int(one) for one in dict.fromkeys(provider_ids) if one.isascii() and one.isdigit()]
        for start in range(0, len(numbers), self.batch):
            rows = await self._rows(queries.BY_IDS, ids=numbers[start : start + self.batch])
            yield dict(listed(self.provider, rows, _named))

    async def _further(self, number: int, unfinished: list[str]) -> OptionalParts:
        """The second and all later pages; a connection whose page fails is missing as a whole."""
        answers: dict[str, Answer] = {}
        page = 2
        while unfinished := _worth_asking(unfinished, page):
            asked = await optional(f"further/{page}", self._page(number, unfinished, page))
            if asked.missing:
                return OptionalParts(answers, _missing(unfinished, *asked.missing.values()))
            answers |= asked.answers
            unfinished = read(FurtherAnswer, answers[f"further/{page}"].body).data.Media.unfinished()
            page += 1
        return OptionalParts(answers, {})

    async def _page(self, number: int, connections: list[str], page: int) -> Answer:
        if page > _MOST_PAGES:
            raise SourceError(SourceReason.ANSWER_TOO_LARGE, f"AniList has more than {_MOST_PAGES} pages")
        answer = await self._ask(queries.further(connections), id=number, page=page)
        read(FurtherAnswer, answer.body)
        return answer

    async def _rows(self, query: str, **variables: Any) -> list[Any]:
        answer = await self._ask(query, **variables)
        return present(read(PageAnswer, answer.body).data.Page.media)

    async def _ask(self, query: str, **variables: Any) -> Answer:
        answer = await self._client.ask(self._url, post={"query": query, "variables": variables})
        faults = read(FaultAnswer, answer.body).errors
        if faults:
            reason = _REASONS.get(faults[0].status, SourceReason.ANSWER_INVALID)
            raise SourceError(reason, f"AniList says: {faults[0].message[:200]}")
        return answer


def _described(row: Any) -> Metadata:
    return describe(read(Media, row))


def _named(row: Any) -> tuple[str, Metadata]:
    return str(read(AniListNumbered, row).id), _described(row)


def _worth_asking(unfinished: list[str], page: int) -> list[str]:
    return [name for name in unfinished if name != "recommendations" or page <= _RECOMMENDATION_PAGES]


def _missing(connections: list[str], why: Missing) -> dict[str, Missing]:
    return {queries.PARTS[name]: why for name in connections}


def _number(provider_id: str) -> int:
    if not (provider_id.isascii() and provider_id.isdigit()):
        refuse("AniList's id", provider_id, "a number")
    return int(provider_id)


def connect(settings: ProviderSettings, new_client: Connect) -> AniList:
    """The source, over a client of this provider."""
    return AniList(new_client(), settings.url)
