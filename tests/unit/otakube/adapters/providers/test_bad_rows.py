# SPDX-License-Identifier: Apache-2.0
"""What is null is missing with a note, a row that cannot be read is left out and counted; the rest stands."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from otakube.adapters.http.client import ProviderClient
from otakube.adapters.providers.anilist.client import AniList
from otakube.adapters.providers.animeschedule.client import AnimeSchedule
from otakube.adapters.providers.jikan.client import Jikan
from otakube.adapters.providers.kitsu.client import Kitsu
from otakube.adapters.providers.myanimelist.client import MyAnimeList
from otakube.domain.record.golden import AnimeStatus
from otakube.errors import SourceError
from otakube.notes import collected
from otakube.ports.providers import ProviderSource
from otakube.steps.fetch.conversion import convert
from otakube_api.contract import AnimeType, Provider
from unit.otakube.adapters.providers.answers import LIMITS
from unit.otakube.adapters.providers.small_answers import EVERY, body_of, record, small, xml

STATED = [p for p in EVERY if p not in (Provider.ANIDB, Provider.ANIME_PLANET)]  # those follow from days
SOURCES: dict[Provider, Any] = {
    Provider.JIKAN: Jikan,
    Provider.MYANIMELIST: MyAnimeList,
    Provider.ANILIST: AniList,
    Provider.KITSU: Kitsu,
    Provider.ANIMESCHEDULE: AnimeSchedule,
}


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient() as client:
        yield client


@pytest.mark.parametrize("provider", STATED)
def test_a_status_that_is_null_is_unknown_with_a_note_and_the_rest_is_read(provider: Provider) -> None:
    found = convert(small(provider, status=None), EVERY[provider])
    assert (found.metadata.title, found.metadata.status) == ("Kasa no Eki", AnimeStatus.UNKNOWN)
    assert any("null: " in note and "status" in note for note in found.notes)


@pytest.mark.parametrize(
    ("provider", "nulls"),
    [
        (Provider.JIKAN, ["images", "title_synonyms", "aired", "broadcast", "genres", "relations", "type"]),
        (Provider.MYANIMELIST, ["media_type", "genres", "num_episodes", "main_picture", "related_anime"]),
        (Provider.ANILIST, ["format", "coverImage", "stats", "relations", "studios", "characters", "tags"]),
        (Provider.KITSU, ["titles", "subtype", "abbreviatedTitles"]),
        (Provider.ANIMESCHEDULE, ["genres", "season", "names", "websites", "relations", "mediaTypes"]),
    ],
)
def test_whatever_is_null_is_not_known(provider: Provider, nulls: list[str]) -> None:
    found = convert(small(provider, **dict.fromkeys(nulls)), EVERY[provider])
    assert found.metadata.title == "Kasa no Eki"
    assert found.unreadable == {}


def test_a_null_among_the_items_of_a_list_is_none() -> None:
    raw = small(
        Provider.JIKAN, title_synonyms=[None, "Umbrella"], genres=[None, {"name": None}, {"name": "Drama"}]
    )
    found = EVERY[Provider.JIKAN].metadata(raw)
    assert (found.synonyms, found.genres) == (["Umbrella"], ["Drama"])


LISTS: dict[Provider, Any] = {
    Provider.JIKAN: lambda *rows: {"data": [row["data"] for row in rows]},
    Provider.MYANIMELIST: lambda *rows: {"data": [{"node": row} for row in rows]},
    Provider.ANILIST: lambda *rows: {"data": {"Page": {"media": [row["data"]["Media"] for row in rows]}}},
    Provider.KITSU: lambda *rows: {
        "data": [row["data"][0] | {"id": str(n)} for n, row in enumerate(rows, 1)]
    },
    Provider.ANIMESCHEDULE: lambda *rows: {"anime": list(rows)},
}
WRONG = {"status": "Astray"}


def source(provider: Provider, http: httpx2.AsyncClient, server: HTTPServer, body: Any) -> ProviderSource:
    server.expect_request(re.compile(".*")).respond_with_json(body)
    found: ProviderSource = SOURCES[provider](ProviderClient(http, LIMITS), server.url_for("/").rstrip("/"))
    return found


@pytest.mark.parametrize("provider", list(SOURCES))
async def test_of_a_search_one_bad_row_costs_itself_alone(
    provider: Provider, http: httpx2.AsyncClient, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = body_of(provider), body_of(provider, "Other", **WRONG), body_of(provider, "Third", status=None)
    found = await source(provider, http, httpserver, LISTS[provider](*rows)).search("Kasa")
    assert [one.title for one in found] == ["Kasa no Eki", "Third"]
    assert "rows left out" in capsys.readouterr().out


@pytest.mark.parametrize("provider", list(SOURCES))
async def test_a_search_without_a_readable_row_is_refused(
    provider: Provider, http: httpx2.AsyncClient, httpserver: HTTPServer
) -> None:
    asked = source(provider, http, httpserver, LISTS[provider](body_of(provider, **WRONG)))
    with pytest.raises(SourceError, match="Astray"):
        await asked.search("Kasa")


def jikan_characters(*rows: Any) -> Any:
    return record(Provider.JIKAN, body_of(Provider.JIKAN), characters={"data": list(rows)})


GOOD = {"character": {"name": "Aoi"}, "role": "Main"}


@pytest.mark.parametrize(
    "bad",
    [{"character": {"name": "X"}, "role": "Cameo"}, {"character": None, "role": "Main"}, {}, "text"],
    ids=["an unknown role", "no character", "nothing", "no object"],
)
def test_of_a_part_one_bad_row_is_left_out_and_counted(bad: Any) -> None:
    with collected() as notes:
        found = EVERY[Provider.JIKAN].characters(jikan_characters(GOOD, bad, bad))
    assert [one.name for one in found] == ["Aoi"]
    assert list(notes.left_out.values()) == [2]
    assert notes.sentences()[0].startswith("2 rows left out: ")


def test_a_part_without_a_readable_row_is_refused() -> None:
    with pytest.raises(SourceError, match="Cameo"):
        EVERY[Provider.JIKAN].characters(jikan_characters({"character": {"name": "X"}, "role": "Cameo"}))


def test_of_anidbs_lists_one_bad_row_is_left_out() -> None:
    rows = '<anime id="8" type="Sequel">A</anime><anime id="9" type="Astray">B</anime>'
    raw = record(Provider.ANIDB, xml("Kasa no Eki", f"<relatedanime>{rows}</relatedanime>"))
    with collected() as notes:
        assert [one.title for one in EVERY[Provider.ANIDB].relationships(raw).relations] == ["A"]
    assert len(notes.left_out) == 1


def test_notes_of_an_answer_reach_the_record() -> None:
    raw = jikan_characters(GOOD, json.loads('{"character": {"name": "X"}, "role": "Cameo"}'))
    found = convert(raw, EVERY[Provider.JIKAN])
    assert found.unreadable == {}
    assert [note for note in found.notes if note.startswith("characters: 1 row left out: ")]
    assert found.metadata.type is AnimeType.UNKNOWN
