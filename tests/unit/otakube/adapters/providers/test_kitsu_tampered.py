# SPDX-License-Identifier: Apache-2.0
"""Whatever Kitsu says is read or refused; it never breaks the step, nor keeps it for ever."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.adapters.http.parsing import read
from otakube.adapters.providers.kitsu import convert
from otakube.adapters.providers.kitsu.answers import Document
from otakube.adapters.providers.kitsu.client import MEDIA_TYPE, Kitsu
from otakube.errors import SourceError
from otakube_api.contract import Provider, SourceReason
from unit.otakube.adapters.providers.answers import PARTS, long_runner
from unit.otakube.adapters.providers.tampering import places, saying, tampered
from upstream_app import upstream

RECORD = long_runner(Provider.KITSU)
PLACES = {name: places(answer.body) for name, answer in RECORD.answers.items()}


@cache
def rows() -> Any:
    """A page of a batch."""

    async def asked() -> Any:
        include = "genres,categories,animeProductions.producer,mappings"
        async with upstream() as client:
            answer = await client.get(f"/kitsu/api/edge/anime?filter[id]=60911,61204&include={include}")
            return answer.json()

    return asyncio.run(asked())


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_tampered_anime_is_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(PLACES)))
    body = data.draw(tampered(RECORD.answers[name].body, PLACES[name]))
    answers = RECORD.answers | {name: RECORD.answers[name].model_copy(update={"body": body})}
    wrong = RECORD.model_copy(update={"answers": answers})
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, part)(wrong)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_tampered_row_of_many_is_read_or_refused(data: st.DataObject) -> None:
    body = data.draw(tampered(rows(), places(rows())))
    with contextlib.suppress(SourceError):  # a refusal; any other error fails
        document = read(Document, body)
        for row in document.data:
            convert.describe(document, row)


def source_of(body: Callable[[str], Any]) -> tuple[Kitsu, list[httpx2.URL]]:
    """A source to which Kitsu says what the test makes up of the path."""
    client, asked = saying(body, MEDIA_TYPE)
    asking = ProviderClient(client, RequestLimits(10, 2**24), accept=MEDIA_TYPE)
    return Kitsu(asking, "http://kitsu.test"), asked


ANIME = {
    "data": [
        {"type": "anime", "id": "7", "attributes": {"canonicalTitle": "A", "subtype": "TV", "status": "tba"}}
    ]
}


@settings(max_examples=100, deadline=None)
@given(body=tampered(RECORD.answers["anime"].body, PLACES["anime"]))
def test_a_tampered_answer_ends_a_fetch_or_is_refused(body: Any) -> None:
    source, asked = source_of(lambda path: body if path == "/anime" else {"data": []})

    async def fetch() -> None:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            await source.fetch("60911")

    asyncio.run(fetch())
    assert {url.host for url in asked} == {"kitsu.test"}
    assert not any(".." in url.path for url in asked)


async def test_endless_pages_end_and_are_no_part_of_the_record() -> None:
    endless = {"data": [], "links": {"next": "http://elsewhere.test/"}}
    source, asked = source_of(lambda path: endless if path.endswith("/staff") else ANIME)
    record = await source.fetch("7")
    assert len(asked) == 505
    assert set(record.missing) == {"staff"}
    assert record.missing["staff"].reason == SourceReason.ANSWER_TOO_LARGE
    assert {url.host for url in asked} == {"kitsu.test"}
