# SPDX-License-Identifier: Apache-2.0
"""An answer about another anime than the one that was asked for is no answer, at every provider with ids."""

import re
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.providers.anilist.client import AniList
from otakube.adapters.providers.animeschedule.client import AnimeSchedule
from otakube.adapters.providers.jikan.client import Jikan
from otakube.adapters.providers.kitsu.client import Kitsu
from otakube.adapters.providers.myanimelist.client import MyAnimeList
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

ATTRIBUTES = {"titles": {"en_jp": "A"}, "canonicalTitle": "A", "status": "finished"}
ANSWERS: dict[Any, tuple[str, Any]] = {
    Jikan: ("5", {"data": {"mal_id": 6, "url": "u", "title": "A", "status": "Finished Airing"}}),
    MyAnimeList: ("5", {"id": 6, "title": "A", "media_type": "tv", "status": "finished_airing"}),
    AniList: ("5", {"data": {"Media": {"id": 6, "title": {"romaji": "A"}, "status": "FINISHED"}}}),
    Kitsu: ("5", {"data": [{"id": "6", "type": "anime", "attributes": ATTRIBUTES}]}),
    AnimeSchedule: ("a-tale", {"id": "x", "title": "A", "route": "another-tale", "status": "Finished"}),
}


@pytest.mark.parametrize("source", list(ANSWERS), ids=lambda source: source.__name__)
async def test_an_answer_about_another_anime_is_refused(httpserver: HTTPServer, source: Any) -> None:
    asked, body = ANSWERS[source]
    httpserver.expect_request(re.compile(".*")).respond_with_json(body)
    async with new_client() as http:
        client = ProviderClient(http, RequestLimits(60, 10_000))
        with pytest.raises(SourceError, match=f"expected {asked}, which was asked for") as caught:
            await source(client, httpserver.url_for("/")).fetch(asked)
    assert caught.value.reason is SourceReason.ANSWER_INVALID
