# SPDX-License-Identifier: Apache-2.0
"""Asks AniList by GraphQL."""

from collections.abc import Sequence
from typing import Any

from otakube.adapters.anilist import queries
from otakube.adapters.anilist.answers import CharactersAnswer, FaultAnswer, MediaAnswer, PageAnswer
from otakube.adapters.anilist.convert import describe, present
from otakube.adapters.http.client import ProviderClient
from otakube.adapters.http.reading import read
from otakube.domain.claims import Metadata
from otakube.domain.entry import Provider
from otakube.domain.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.providers import Answer, RawRecord
from otakube_api.contract import SourceReason

LICENCE = "AniList terms of use (no mass collection)"
_MOST_PAGES = 40  # of 25 characters: no anime lists a thousand


class AniList:
    """The source `AniList`."""

    provider = Provider.ANILIST

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url

    async def search(self, title: str) -> list[Metadata]:
        answer = await self._ask(queries.SEARCH, search=title)
        return [describe(row) for row in present(read(PageAnswer, answer.body).data.Page.media)]

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """AniList's number of a page at MyAnimeList or of its own; it links to no other provider."""
        pages = {page.provider: page.id for url in source_urls if (page := identify(url))}
        if Provider.ANILIST in pages or Provider.JIKAN not in pages:
            return pages.get(Provider.ANILIST)
        answer = await self._ask(queries.BY_MAL, mal=int(pages[Provider.JIKAN]))
        found = present(read(PageAnswer, answer.body).data.Page.media)
        return str(found[0].id) if found else None

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:  # noqa: ARG002
        number = int(provider_id)
        first = await self._ask(queries.ANIME, id=number, page=1)
        characters = read(MediaAnswer, first.body).data.Media.characters
        answers, page = {"anime": first}, 2
        while characters and characters.pageInfo and characters.pageInfo.hasNextPage and page <= _MOST_PAGES:
            answer = await self._ask(queries.CHARACTERS, id=number, page=page)
            answers[f"characters/{page}"] = answer
            characters = read(CharactersAnswer, answer.body).data.Media.characters
            page += 1
        return RawRecord(
            provider=self.provider,
            source_url=Page(self.provider, provider_id).url,
            licence=LICENCE,
            answers=answers,
        )

    async def _ask(self, query: str, **variables: Any) -> Answer:
        answer = await self._client.ask(self._url, post={"query": query, "variables": variables})
        faults = read(FaultAnswer, answer.body).errors
        if faults:
            unknown = faults[0].status == 404
            reason = SourceReason.NOT_FOUND if unknown else SourceReason.ANSWER_INVALID
            raise SourceError(reason, f"AniList says: {faults[0].message[:200]}")
        return answer
