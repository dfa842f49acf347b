# SPDX-License-Identifier: Apache-2.0
"""Asks AniDB's HTTP API, one request an anime, and its daily dump of titles."""

from collections.abc import AsyncIterator, Mapping, Sequence

from otakube.adapters.http.client import Connect, ProviderClient
from otakube.adapters.http.optional_parts import one_by_one
from otakube.adapters.http.parsing import refuse
from otakube.adapters.providers.anidb.convert import metadata
from otakube.adapters.providers.anidb.document import anime_id, document, refused
from otakube.adapters.providers.anidb.settings import AniDBSettings, registered
from otakube.adapters.providers.anidb.titles import TitleDump, index_titles
from otakube.away import away
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import Page, identify
from otakube.ports.providers import RawRecord
from otakube_api.contract import Provider

MEDIA_TYPE = "text/xml"


class AniDB:
    """The source `AniDB`. `client` is registered at AniDB, as name/version."""

    provider = Provider.ANIDB
    batch = 1  # AniDB bans whoever downloads it: one anime at a time, and only those that are needed

    def __init__(self, client: ProviderClient, url: str, titles_url: str, registration: str) -> None:
        self._client = client
        self._url = url
        self._titles_url = titles_url
        named = registered(registration)
        if named is None:
            raise ValueError(f"providers.anidb.client is {registration!r}: set it to name/version")
        self._indexed: tuple[str, TitleDump] | None = None
        self._asker = {"client": named[0], "clientver": named[1], "protover": "1"}

    async def search(self, title: str) -> list[Metadata]:
        """From the dump of titles: names only, of type Unknown. The cache asks for it once a day."""
        answer = await self._client.ask_text(self._titles_url)
        if self._indexed is None or self._indexed[0] != answer.body:
            dump = await away(index_titles, answer.body)
            self._indexed = answer.body, dump
        return await away(self._indexed[1].search, title)

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """AniDB's number, if one of the pages is its own: what it links to shows only in its answer."""
        pages = [page for url in source_urls if (page := identify(url))]
        return next((page.id for page in pages if page.provider is Provider.ANIDB), None)

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:  # noqa: ARG002 - one answer holds all
        """One request answers all parts."""
        params = {"request": "anime", **self._asker, "aid": provider_id}
        answer = await self._client.ask_text(self._url, params=params)
        anime = await away(document, answer.body)  # AniDB refuses with status 200
        if anime_id(anime) != provider_id:
            refuse("anime.id", anime_id(anime), f"{provider_id}, which was asked for")
        return RawRecord(
            provider=self.provider,
            source_url=Page(self.provider, provider_id).url,
            answers={"anime": answer},
        )

    def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        """One at a time: AniDB is never asked in bulk."""
        return one_by_one(provider_ids, self._described)

    async def _described(self, provider_id: str) -> Metadata:
        return metadata(await self.fetch(provider_id))


def connect(settings: AniDBSettings, new_client: Connect) -> AniDB:
    """The source, over a client that knows AniDB's refusals with status 200."""
    client = new_client(accept=MEDIA_TYPE, refusal=refused)
    return AniDB(client, settings.url, settings.titles_url, settings.client)
