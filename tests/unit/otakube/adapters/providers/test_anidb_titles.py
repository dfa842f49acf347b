# SPDX-License-Identifier: Apache-2.0
"""AniDB's dump of titles: read as it streams by, searched by name, silent about namesakes."""

import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from growth import LINEAR, growth
from otakube.adapters.http.client import RequestLimits
from otakube.adapters.providers.anidb import titles
from otakube.adapters.providers.anidb.titles import index_titles, read_titles
from otakube.errors import SourceError
from otakube_api.contract import AnimeType, SourceReason
from unit.otakube.adapters.providers.test_anidb_client import UNLIMITED, source
from upstream_app import upstream

DUMP = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Created: 2024 -->
<animetitles>
 <anime aid="1">
  <title type="main" xml:lang="x-jat">Hoshi no Toudaimori</title>
  <title type="official" xml:lang="en">The Star Lighthouse Keeper</title>
  <title type="official" xml:lang="ja">星の灯台守</title>
  <title type="short" xml:lang="x-jat">HoshiTou</title>
 </anime>
 <anime aid="2"><title type="main" xml:lang="x-jat">Aoi Tori</title></anime>
 <anime aid="3"><title type="main" xml:lang="x-jat">Aoi Tori (2024)</title>
  <title type="syn" xml:lang="x-jat">Aoi Tori</title></anime>
 <anime aid="4"><title type="main" xml:lang="x-jat">Neko &amp; Gekkou</title></anime>
 <anime aid="5"><title type="syn" xml:lang="en">Nameless</title></anime>
</animetitles>"""


@pytest.mark.parametrize(
    "asked",
    [
        "Hoshi no Toudaimori",
        "hoshi no toudaimori!",
        "Hoshi no Toudaimory",
        "Toudaimori no Hoshi",
        "星の灯台守",
        "The Star Lighthouse Keeper",
        "hoshitou",
        "Star Lighthouse Keeper",
        "Hoshi no Toudaimori: Kaiyou Hen",
    ],
)
def test_an_anime_is_found_by_any_of_its_names(asked: str) -> None:
    found = index_titles(DUMP).search(asked)
    assert [one.source_url for one in found] == ["https://anidb.net/anime/1"]
    assert (found[0].title, found[0].title_english, found[0].title_japanese, found[0].synonyms) == (
        "Hoshi no Toudaimori", "The Star Lighthouse Keeper", "星の灯台守", ["HoshiTou"],
    )  # fmt: skip
    assert (found[0].type, found[0].aired_from) == (AnimeType.UNKNOWN, None)


def test_a_name_that_two_share_finds_neither() -> None:
    assert index_titles(DUMP).search("Aoi Tori") == []


def test_a_name_that_only_one_has_tells_namesakes_apart() -> None:
    found = index_titles(DUMP).search("Aoi Tori 2024")
    assert [one.source_url for one in found] == ["https://anidb.net/anime/3"]


@pytest.mark.parametrize("asked", ["Zzyzx Quuxenheim", "", "!!!"])
def test_what_nobody_is_called_finds_nothing(asked: str) -> None:
    assert index_titles(DUMP).search(asked) == []


def test_one_without_a_main_title_is_left_out() -> None:
    assert index_titles(DUMP).search("Nameless") == []


def test_at_most_ten_are_found() -> None:
    names = [f"Star Lighthouse {chr(97 + n // 8)}{chr(97 + n % 8)}" for n in range(60)]
    rows = "".join(
        f'<anime aid="{n}"><title type="main">{name}</title></anime>' for n, name in enumerate(names, 1)
    )
    assert len(index_titles(f"<animetitles>{rows}</animetitles>").search("Star Lighthouse zz")) == 10


def test_a_title_longer_than_a_name_can_be_is_passed_over() -> None:
    long = DUMP.replace(">HoshiTou<", f">{'x' * 501}<")
    assert index_titles(long).search("Hoshi no Toudaimori")[0].synonyms == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<animetitles/>", "the titles is 'empty'"),
        ('<animetitles><anime aid="x"/></animetitles>', "anime.aid is 'x'"),
        ("<a><b><c><d/></c></b></a>", "within each other"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><animetitles/>', "no plain XML"),
        (DUMP[:-20], "no plain XML"),
        ([DUMP], "expected XML"),
    ],
)
def test_what_is_no_dump_is_refused(body: Any, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        read_titles(body)
    assert caught.value.reason is SourceReason.ANSWER_INVALID


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(DUMP)), st.integers(0, 40), st.text(max_size=10))
def test_a_damaged_dump_is_searched_or_refused(place: int, length: int, other: str) -> None:
    try:
        dump = index_titles(DUMP[:place] + other + DUMP[place + length :])
    except SourceError:  # a refusal; any other error fails
        return
    dump.search("Hoshi no Toudaimori")


async def test_the_dump_is_asked_for_once_a_search_and_nothing_else() -> None:
    async with upstream(UNLIMITED) as http:
        found = await source(http).search("Hoshi no Toudaimori: Final Season")
        rows = (await http.get("/admin/requests")).json()
    assert found[0].source_url == "https://anidb.net/anime/22410"
    assert [(row["path"], row["count"]) for row in rows] == [("/api/anime-titles.xml.gz", 1)]


async def test_a_dump_is_read_once_for_all_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr(titles, "read_titles", lambda body: read.append(1) or read_titles(body))
    async with upstream(UNLIMITED) as http:
        anidb = source(http)
        first, again = await anidb.search("Hoshi"), await anidb.search("Hoshi")
    assert first == again
    assert len(read) == 1


def dump_of(size: int) -> str:
    """A dump of as many anime, each with a title of its own."""
    rows = (
        f'<anime aid="{number}"><title type="main">{number:x} of {number * 7:o} Hoshi</title></anime>'
        for number in range(1, size + 1)
    )
    return f"<animetitles>{''.join(rows)}</animetitles>"


def test_a_search_costs_little_memory_and_time_that_grows_with_the_titles() -> None:
    body = dump_of(20_000)
    tracemalloc.start()
    try:
        found = index_titles(body).search("4e1f of 421331 Hoshi")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found[0].source_url == "https://anidb.net/anime/19999"
    assert peak < 20_000 * 1_000  # an index of these titles takes 40 MB more
    assert growth(lambda size: index_titles(dump_of(size)).search("Hoshi"), 2_000) < LINEAR


async def test_a_dump_beyond_the_cap_is_refused() -> None:
    async with upstream(UNLIMITED) as http:
        with pytest.raises(SourceError) as caught:
            await source(http, RequestLimits(seconds=10, size=1500)).search("Hoshi")
    assert caught.value.reason is SourceReason.ANSWER_TOO_LARGE
