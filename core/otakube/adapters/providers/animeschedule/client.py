# SPDX-License-Identifier: Apache-2.0
"""Asks AnimeSchedule v3. The token travels in a header of the client that is given; it is in no address."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from otakube.adapters.http.client import Connect, ProviderClient
from otakube.adapters.http.optional_parts import OptionalParts, one_by_one, optional
from otakube.adapters.http.parsing import check_id, read
from otakube.adapters.http.rows import listed
from otakube.adapters.providers.animeschedule.answers import (
    AnimeScheduleAnime,
    AnimeScheduleSearchAnswer,
    TimetableAnswer,
)
from otakube.adapters.providers.animeschedule.convert import describe, is_airing, metadata
from otakube.adapters.providers.animeschedule.settings import AnimeScheduleSettings
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.providers import MOST_FOUND, Answer, RawRecord
from otakube_api.contract import Provider, SourceReason

_MOST_ROWS = 50  # of a list; AnimeSchedule gives 18
_QUERIES = {Provider.JIKAN: "mal-ids", Provider.ANILIST: "anilist-ids", Provider.ANIDB: "anidb-ids"}


class AnimeSchedule:
    """The source `AnimeSchedule`."""

    provider = Provider.ANIMESCHEDULE
    batch = 1  # its lists take several ids, but give no details more cheaply: 18 rows a page

    def __init__(self, client: ProviderClient, url: str) -> None:
        self._client = client
        self._url = url.rstrip("/")

    async def search(self, title: str) -> list[Metadata]:
        return (await self._rows(q=title))[:MOST_FOUND]

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """Its slug of a page at MyAnimeList, AniList or AniDB, if its row links back to that page."""
        pages = {page.provider: page for url in source_urls if (page := identify(url))}
        if self.provider in pages:
            return pages[self.provider].id
        for provider, query in _QUERIES.items():
            if provider not in pages:
                continue
            wanted = pages[provider]
            rows = await self._rows(**{query: wanted.id})
            linked = [row for row in rows if wanted.url in row.same_as]
            if len(linked) == 1 and (page := identify(linked[0].source_url)):
                return page.id
        return None

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:  # noqa: ARG002 - little beside the episodes
        """The anime, and of one that is airing this week's slots."""
        answer = await self._anime(provider_id)
        said = read(AnimeScheduleAnime, answer.body)
        check_id("route", said.route, provider_id)
        parts = (
            await optional("timetable", self._slots(said.route)) if is_airing(said) else OptionalParts({}, {})
        )
        return _record(said, answer, parts)

    def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        """One at a time, without the timetable."""
        return one_by_one(provider_ids, self._described)

    async def _described(self, provider_id: str) -> Metadata:
        answer = await self._anime(provider_id)
        return metadata(_record(read(AnimeScheduleAnime, answer.body), answer, OptionalParts({}, {})))

    async def _anime(self, slug: str) -> Answer:
        return await self._client.ask(f"{self._url}/anime/{slug}")

    async def _rows(self, **params: str) -> list[Metadata]:
        """Rows of a list; nothing found is 404 there."""
        try:
            answer = await self._client.ask(f"{self._url}/anime", params=params)
        except SourceError as error:
            if error.reason is SourceReason.NOT_FOUND:
                return []
            raise
        rows = (read(AnimeScheduleSearchAnswer, answer.body).anime or [])[:_MOST_ROWS]
        return listed(
            self.provider, rows, lambda row: describe(read(AnimeScheduleAnime, row), answer.fetched_at)
        )

    async def _slots(self, route: str) -> Answer:
        """This week's slots of one anime: the rest of the timetable is about others, and is not kept."""
        answer = await self._client.ask(f"{self._url}/timetables/raw", params={"tz": "UTC"})
        read(TimetableAnswer, {"rows": answer.body})
        return answer.model_copy(update={"body": [row for row in answer.body if _about(row, route)]})


def _about(row: Any, route: str) -> bool:
    return isinstance(row, dict) and row.get("route") == route


def _record(said: AnimeScheduleAnime, answer: Answer, parts: OptionalParts) -> RawRecord:
    return RawRecord(
        provider=Provider.ANIMESCHEDULE,
        source_url=Page(Provider.ANIMESCHEDULE, said.route).url,
        answers={"anime": answer, **parts.answers},
        missing=parts.missing,
    )


def connect(settings: AnimeScheduleSettings, new_client: Connect) -> AnimeSchedule:
    """The source, over a client that brings the token."""
    headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
    return AnimeSchedule(new_client(headers=headers), settings.url)
