# SPDX-License-Identifier: Apache-2.0
"""Whatever AniList says is read or refused; it never breaks the step, nor keeps it for ever."""

import asyncio
import contextlib
from functools import cache
from typing import Any

import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anilist import convert, queries
from otakube.adapters.providers.anilist.answers import Media, PageAnswer
from otakube.adapters.providers.anilist.client import AniList
from otakube.errors import SourceError
from otakube_api.contract import Provider, SourceReason
from unit.otakube.adapters.providers.answers import PARTS, long_runner
from unit.otakube.adapters.providers.tampering import places, saying, tampered
from upstream_app import upstream

RECORD = long_runner(Provider.ANILIST)
PLACES = {name: places(answer.body) for name, answer in RECORD.answers.items()}


@cache
def rows() -> Any:
    """A page of a batch."""

    async def asked() -> Any:
        async with upstream() as client:
            post = {"query": queries.BY_IDS, "variables": {"ids": [210018, 210437]}}
            return (await client.post("/anilist", json=post)).json()

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
        for row in convert.present(read(PageAnswer, body).data.Page.media):
            convert.describe(read(Media, row))


def source_of(body: Any) -> tuple[AniList, list[httpx2.URL]]:
    """A source to which AniList says always the same."""
    client, asked = saying(lambda _: body, "application/json")
    return AniList(ProviderClient(client, RequestLimits(10, 2**24)), "http://anilist.test/"), asked


@settings(max_examples=100, deadline=None)
@given(body=tampered(RECORD.answers["anime"].body, PLACES["anime"]))
def test_a_tampered_answer_ends_a_fetch_or_is_refused(body: Any) -> None:
    source, requests = source_of(_of_two_pages(body))

    async def fetch() -> None:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            await source.fetch("210018")

    asyncio.run(fetch())
    assert len(requests) <= 80


def _of_two_pages(body: Any) -> Any:
    """Without the promise of endless further pages, which has a test of its own and takes longer."""
    media = body.get("data", {}) if isinstance(body, dict) else {}
    media = media.get("Media", {}) if isinstance(media, dict) else {}
    for one in media.values() if isinstance(media, dict) else ():
        if isinstance(one, dict) and isinstance(one.get("pageInfo"), dict):
            one["pageInfo"]["hasNextPage"] = False
    return body


async def test_endless_pages_end_and_are_no_part_of_the_record() -> None:
    endless = {"pageInfo": {"hasNextPage": True}, "nodes": [{"id": 1}], "edges": []}
    media = {"id": 7, "title": {"romaji": "A"}, "status": "FINISHED", "staff": endless, "reviews": endless}
    source, requests = source_of({"data": {"Media": media}})
    record = await source.fetch("7")
    assert len(requests) == 80
    assert set(record.missing) == {"staff", "reviews"}
    assert {one.reason for one in record.missing.values()} == {SourceReason.ANSWER_TOO_LARGE}


async def test_the_two_hundred_best_recommendations_are_enough() -> None:
    liked = {"rating": 5, "mediaRecommendation": {"id": 8, "type": "ANIME", "title": {"romaji": "B"}}}
    endless = {"pageInfo": {"hasNextPage": True}, "nodes": [liked] * 25}
    media = {"id": 7, "title": {"romaji": "A"}, "status": "FINISHED", "recommendations": endless}
    source, requests = source_of({"data": {"Media": media}})
    record = await source.fetch("7")
    assert (len(requests), record.missing) == (8, {})
    assert len(convert.relationships(record).recommendations) == 200
