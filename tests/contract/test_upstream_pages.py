# SPDX-License-Identifier: Apache-2.0
"""Promises of the stand-ins of AniDB, AnimeSchedule and Anime-Planet to clients: forms, limits, refusals."""

import gzip
import re
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx2
import pytest

from otakube_standins.upstream.catalogue import load
from otakube_standins.upstream.settings import UpstreamSettings
from upstream_app import NOW, PUBLIC_URL, upstream

UNLIMITED = UpstreamSettings(unlimited=True)
TITLES = load(NOW.date()).titles
ANIDB = {"request": "anime", "client": "otakube", "clientver": "1", "protover": "1"}
TOKEN = {"Authorization": "Bearer opensesame"}


def anidb(http: httpx2.AsyncClient, **more: str) -> Any:
    return http.get("/anidb/httpapi", params=ANIDB | more)


@pytest.mark.parametrize("title", TITLES, ids=lambda title: title.key)
async def test_every_title_is_answered_where_it_is_known(title: Any) -> None:
    async with upstream(UNLIMITED) as http:
        xml = await anidb(http, aid=str(title.ids.anidb))
        query = f"/animeschedule/api/v3/anime?mal-ids={title.ids.myanimelist}"
        row = await http.get(query, headers=TOKEN)
        page = None
        if row.status_code == 200:
            page = await http.get(f"/anime_planet/anime/{row.json()['anime'][0]['route']}")
    assert fromstring(xml.text).tag == ("error" if title.seen_by("anidb") is None else "anime")
    assert (row.status_code == 200) == (title.seen_by("animeschedule") is not None)
    assert page is None or page.status_code == 200


async def test_anidb_compresses_whatever_the_client_accepts() -> None:
    async with upstream(UNLIMITED) as http:
        request = http.build_request(
            "GET", "/anidb/httpapi", params=ANIDB | {"aid": "18211"}, headers={"Accept-Encoding": "identity"}
        )
        answer = await http.send(request, stream=True)
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert fromstring(gzip.decompress(raw)).get("id") == "18211"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"client": ""}, "client version missing or invalid"),
        ({"clientver": "x"}, "client version missing or invalid"),
        ({"protover": "2"}, "client version missing or invalid"),
        ({"aid": ""}, "aid Missing or Invalid"),
        ({"aid": "99999"}, "Anime not found"),
        ({"request": "everything"}, "unknown request"),
    ],
)
async def test_anidb_refuses_with_status_200(wrong: dict[str, str], said: str) -> None:
    async with upstream(UNLIMITED) as http:
        answer = await anidb(http, **({"aid": "18211"} | wrong))
    root = fromstring(answer.text)
    assert (answer.status_code, root.tag, root.text) == (200, "error", said)


async def test_anidb_bans_who_asks_twice_in_two_seconds() -> None:
    async with upstream(UpstreamSettings()) as http:
        first, second = [await anidb(http, aid="18211") for _ in range(2)]
    assert fromstring(first.text).tag == "anime"
    assert (second.status_code, second.text) == (
        200, "<?xml version='1.0' encoding='UTF-8'?>\n<error code=\"500\">banned</error>",
    )  # fmt: skip


async def test_anidbs_dump_is_a_file_of_gzip_with_every_title() -> None:
    async with upstream(UNLIMITED) as http:
        answer = await http.get("/anidb/api/anime-titles.xml.gz")
    root = fromstring(gzip.decompress(answer.content))
    assert "content-encoding" not in answer.headers
    assert len(root) == sum(title.seen_by("anidb") is not None for title in TITLES)
    assert {node.get("type") for node in root.iter("title")} == {"main", "official", "syn"}


async def test_anidb_lists_six_kinds_of_numbers_out_of_order() -> None:
    async with upstream(UNLIMITED) as http:
        root = fromstring((await anidb(http, aid="18211")).text)
    numbers = [node.text for node in root.iter("epno")]
    assert numbers[:2] == ["26", "25"]
    assert numbers[-4:] == ["S1", "C1", "C2", "T1"]


async def test_hostile_text_is_written_as_xml_and_html_can_be() -> None:
    async with upstream(UNLIMITED) as http:
        root = fromstring((await anidb(http, aid="24001")).text)
        page = (await http.get("/anime_planet/anime/akui-no-moji-script-alert-romaji-script")).text
    assert "<script>" in (root.findtext("titles/title") or "")
    assert "\x00" not in (root.findtext("titles/title[2]") or "")
    assert "&lt;script&gt;" in page
    assert page.count("<script") == 1


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "Basic eA=="}])
@pytest.mark.parametrize("path", ["/anime", "/anime/kasa-no-eki", "/anime/x", "/timetables/raw"])
async def test_animeschedule_needs_a_token_for_everything(headers: dict[str, str], path: str) -> None:
    async with upstream(UNLIMITED) as http:
        answer = await http.get(f"/animeschedule/api/v3{path}", headers=headers)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (401, "text/plain")


async def test_animeschedule_counts_down_and_says_until_when() -> None:
    async with upstream(UpstreamSettings(limits={"animeschedule": {60: 2}})) as http:
        ask = "/animeschedule/api/v3/anime/kasa-no-eki"
        answers = [await http.get(ask, headers=TOKEN) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["x-ratelimit-remaining"] for one in answers] == ["1", "0", "0"]
    assert answers[2].headers["x-ratelimit-limit"] == "2"
    assert int(answers[2].headers["x-ratelimit-reset"]) > NOW.timestamp()
    assert answers[2].text == "Too many requests."


async def test_animeschedule_has_times_in_utc_and_addresses_without_a_scheme() -> None:
    async with upstream(UNLIMITED) as http:
        base = "/animeschedule/api/v3"
        said = (await http.get(f"{base}/anime/mayonaka-no-pan-ya", headers=TOKEN)).json()
        old = (await http.get(f"{base}/anime/yoake-no-ressha", headers=TOKEN)).json()
        week = (await http.get(f"{base}/timetables/raw", headers=TOKEN)).json()
    assert said["premier"] == "2026-10-02T16:30:00Z"
    assert (old["premier"], old["jpnTime"]) == ("2024-11-15T00:00:00Z", "0001-01-01T00:00:00Z")
    assert said["websites"]["mal"] == "myanimelist.net/anime/73815"
    assert [row["episodeDate"] for row in week if row["route"] == "mayonaka-no-pan-ya"] == [
        "2026-11-20T16:30:00Z"
    ]


async def test_anime_planet_leads_from_a_single_hit_to_its_page() -> None:
    async with upstream(UNLIMITED) as http:
        one = await http.get("/anime_planet/anime/all", params={"name": "Yoake no Ressha"})
        two = await http.get("/anime_planet/anime/all", params={"name": "Aoi Tori"})
        none = await http.get("/anime_planet/anime/all", params={"name": "Zzyzx Quuxenheim"})
    assert (one.status_code, one.headers["location"]) == (302, "/anime_planet/anime/yoake-no-ressha")
    assert two.text.count('class="card"') >= 2
    assert "No results found" in none.text


async def test_anime_planet_guards_itself_against_haste() -> None:
    async with upstream(UpstreamSettings(limits={"anime_planet": {60: 1}})) as http:
        answers = [await http.get("/anime_planet/anime/kasa-no-eki") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 429]
    assert "<title>Just a moment...</title>" in answers[1].text


async def test_every_picture_of_the_three_is_served() -> None:
    async with upstream(UNLIMITED) as http:
        root = fromstring((await anidb(http, aid="18211")).text)
        row = (await http.get("/animeschedule/api/v3/anime/kasa-no-eki", headers=TOKEN)).json()
        page = (await http.get("/anime_planet/anime/kasa-no-eki")).text
        paths = [f"/images/main/{node.text}" for node in root.iter("picture")]
        paths += [f"/images/{row['imageVersionRoute']}"]
        paths += re.findall(rf"{PUBLIC_URL}(/images/[^\"?]+)", page)
        answers = {path: (await http.get(path)).status_code for path in paths}
    assert len(answers) == 5 + 1 + 2  # Anime-Planet's page shows the card of a related anime
    assert set(answers.values()) == {200}
