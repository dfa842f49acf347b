# SPDX-License-Identifier: Apache-2.0
"""Anime-Planet: every place that is read on its pages, its guard, and the client against the stand-in."""

import contextlib
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.adapters.providers.anime_planet import convert
from otakube.adapters.providers.anime_planet.client import MEDIA_TYPE, AnimePlanet, slug_of
from otakube.bootstrap import providers
from otakube.domain.record.claims import ClaimedRelation
from otakube.domain.record.golden import AnimeStatus, Quarter, Season
from otakube.errors import SourceError
from otakube.ports.providers import Answer, RawRecord
from otakube.settings import Settings
from otakube_api.contract import AnimeType, Provider, SourceReason
from otakube_standins.upstream.settings import UpstreamSettings as Upstream
from upstream_app import upstream

TODAY = date(2024, 6, 15)
PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")
LIMITS = RequestLimits(seconds=60, size=16 * 2**20)
UNLIMITED = Upstream(unlimited=True)
LINKED: dict[str, Any] = {
    "@context": "https://schema.org", "@type": "TVSeries", "name": "Hoshi no Toudaimori",
    "description": "A lamp goes dark.", "image": "https://www.anime-planet.com/images/hoshi-1-190x260.jpg?t=1",
    "genre": ["Drama,", "Fantasy"], "startDate": "2023-04-08", "endDate": "2023-09-30",
    "aggregateRating": {"ratingValue": "4.155", "bestRating": 5, "ratingCount": 3684},
}  # fmt: skip
PAGE = """<!DOCTYPE html><html><head><title>Hoshi no Toudaimori | Anime-Planet</title>
<link rel="canonical" href="https://www.anime-planet.com/anime/hoshi-no-toudaimori">
<script type="application/ld+json">{"@type": "BreadcrumbList"}</script>
<script type="application/ld+json">LINKED</script></head><body>
<h1 itemprop="name"> Hoshi no  Toudaimori </h1>
<h2 class="aka">Alt titles: The Star Lighthouse Keeper, 星の灯台守</h2>
<section class="pure-g entryBar">
<div><span class="type">TV (26 eps x 24 min)</span></div>
<div><a href="/anime/studios/kaminari">Studio Kaminari</a></div>
<div><span class="iconYear">2023</span> <a href="/anime/seasons/spring-2023">Spring 2023</a></div>
</section>
<div class="tags"><ul><li><a href="/anime/tags/ships">Ships,</a></li>
<li><a href="/anime/tags/drama">Drama</a></li></ul></div>
<div id="tabs--relations--anime"><div>
<a href="/anime/hoshi-2"><h3 class="cardName">Hoshi 2</h3></a> Sequel
<a href="/anime/hoshi-2">again</a> <a href="/manga/hoshi">not an anime</a>
</div></div></body></html>"""


def page(html: str = PAGE, **linked: Any) -> str:
    return html.replace("LINKED", json.dumps(LINKED | linked))


def record(body: Any) -> RawRecord:
    answer = Answer(url="https://x/", fetched_at=datetime(2024, 6, 15, 12, tzinfo=UTC), body=body)
    return RawRecord(
        provider=Provider.ANIME_PLANET,
        source_url="https://www.anime-planet.com/anime/asked-for",
        answers={"anime": answer},
    )


def changed(old: str, new: str) -> RawRecord:
    assert old in PAGE
    return record(page(PAGE.replace(old, new)))


def test_the_facts_of_a_page_are_read() -> None:
    found = convert.metadata(record(page()))
    assert found.source_url == "https://www.anime-planet.com/anime/hoshi-no-toudaimori"
    assert (found.title, found.synonyms) == (
        "Hoshi no Toudaimori", ["The Star Lighthouse Keeper", "星の灯台守"],
    )  # fmt: skip
    assert (found.type, found.status) == (AnimeType.TV, AnimeStatus.FINISHED)
    assert (found.episode_count, found.duration_seconds) == (26, 1440)
    assert (found.aired_from, found.aired_to) == (date(2023, 4, 8), date(2023, 9, 30))
    assert found.season == Season(year=2023, quarter=Quarter.SPRING)
    assert (found.studios, found.tags) == (["Studio Kaminari"], ["Ships", "Drama", "Fantasy"])
    assert found.synopsis == "A lamp goes dark."
    assert found.images[0].url == "https://www.anime-planet.com/images/hoshi-1-190x260.jpg"


def test_a_page_without_its_own_address_is_the_one_that_was_asked_for() -> None:
    found = convert.metadata(changed('rel="canonical"', 'rel="other"'))
    assert found.source_url == "https://www.anime-planet.com/anime/asked-for"


def test_a_title_that_cloudflare_takes_for_an_address_is_read_elsewhere() -> None:
    raw = record(
        page(PAGE.replace(" Hoshi no  Toudaimori ", "[email&#160;protected]"), name="THE iDOLM@STER")
    )
    assert convert.metadata(raw).title == "THE iDOLM@STER"


def test_a_picture_with_the_site_before_it_twice_is_corrected() -> None:
    twice = "https://www.anime-planet.comhttps://cdn.example/a.jpg"
    assert convert.metadata(record(page(image=twice))).images[0].url == "https://cdn.example/a.jpg"
    assert convert.metadata(record(page(image="javascript:alert(1)"))).images == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("TV (12 eps x 24 min)", (AnimeType.TV, 12, 24)),
        ("TV (12+ eps)", (AnimeType.TV, None, None)),
        ("TV", (AnimeType.TV, None, None)),
        ("Movie (1 ep x 95 min)", (AnimeType.MOVIE, 1, 95)),
        ("Movie (95 min)", (AnimeType.MOVIE, None, 95)),
        ("OVA (2 eps)", (AnimeType.OVA, 2, None)),
        ("Web (3 eps x 5 min)", (AnimeType.ONA, 3, 5)),
        ("TV Special (1 ep)", (AnimeType.SPECIAL, 1, None)),
        ("DVD Special", (AnimeType.SPECIAL, None, None)),
        ("Music Video (1 ep x 4 min)", (AnimeType.MUSIC, 1, 4)),
        ("Other", (AnimeType.SPECIAL, None, None)),
        (None, (AnimeType.UNKNOWN, None, None)),
    ],
)
def test_type_number_and_length_stand_in_one_text(said: str | None, expected: Any) -> None:
    assert tuple(convert.read_format(said)) == expected


@pytest.mark.parametrize(
    ("started", "ended", "years", "status"),
    [
        (date(2024, 6, 16), None, "2024", AnimeStatus.UPCOMING),
        (date(2024, 6, 1), date(2024, 6, 14), "2024", AnimeStatus.FINISHED),
        (date(2024, 6, 1), date(2024, 6, 15), "2024", AnimeStatus.ONGOING),
        (date(2024, 6, 1), None, "2024 - ?", AnimeStatus.ONGOING),
        (date(2024, 6, 1), None, None, AnimeStatus.ONGOING),
        (date(2022, 6, 1), None, "2022", AnimeStatus.FINISHED),
        (None, None, "TBA", AnimeStatus.UPCOMING),
        (None, None, None, AnimeStatus.UPCOMING),
        (None, None, "2025", AnimeStatus.UPCOMING),
        (None, None, "2024", AnimeStatus.ONGOING),
        (None, None, "2023", AnimeStatus.FINISHED),
        (None, None, "2020 - ?", AnimeStatus.ONGOING),
        (None, None, "2020 - 2023", AnimeStatus.FINISHED),
        (None, None, "2020 - 2024", AnimeStatus.ONGOING),
    ],
)
def test_the_status_follows_from_days_then_years(
    started: date | None, ended: date | None, years: str | None, status: AnimeStatus
) -> None:
    assert convert.status(started, ended, years, TODAY) is status


def test_stars_are_put_on_ten() -> None:
    found = convert.statistics(record(page()))
    assert (found.score, found.scored_by) == (8.31, 3684)
    assert convert.statistics(record(page(aggregateRating=None))).score is None


def test_related_anime_are_listed_once_and_their_kind_is_not_guessed() -> None:
    assert convert.relationships(record(page())).relations == [
        ClaimedRelation(
            kind="Other", title="Hoshi 2", source_urls=["https://www.anime-planet.com/anime/hoshi-2"]
        )
    ]


def test_what_lies_on_other_pages_is_not_there() -> None:
    raw = record(page())
    assert (convert.episodes(raw), convert.characters(raw), convert.staff(raw)) == ([], [], [])


@pytest.mark.parametrize(
    ("raw", "part", "said"),
    [
        (changed("TV (26 eps x 24 min)", "Radio (2 eps)"), "metadata", "type is 'Radio'"),
        (changed("TV (26 eps x 24 min)", "26 of them!"), "metadata", "type is '26 of them!'"),
        (changed("Spring 2023", "Monsoon 2023"), "metadata", "season is 'Monsoon'"),
        (changed("Spring 2023", "Spring"), "metadata", "season is 'Spring'"),
        (record(page(startDate="2023-02-30")), "metadata", "startDate is '2023-02-30'"),
        (record(page(PAGE.replace(">2023<", ">soon<"), startDate=None)), "metadata", "iconYear is 'soon'"),
        (record(page(name=7)), "metadata", "name is 7"),
        (record(page(aggregateRating={"ratingValue": "five"})), "statistics", "ratingValue is 'five'"),
        (record(page(aggregateRating={"ratingValue": 9})), "statistics", "score is 18"),
        (record("<html></html>"), "metadata", "JSON-LD is None"),
        (record(PAGE.replace("LINKED", "{")), "metadata", "JSON-LD is no JSON"),
        (record(PAGE.replace("LINKED", "[" * 5000)), "metadata", "JSON-LD is no JSON"),
        (record(None), "metadata", "expected HTML"),
        (record({"html": 1}), "metadata", "expected HTML"),
        (record("\ud800"), "metadata", "JSON-LD is None"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(raw: RawRecord, part: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        getattr(convert, part)(raw)
    assert (caught.value.reason, said in str(caught.value)) == (SourceReason.ANSWER_INVALID, True), str(
        caught.value
    )


@pytest.mark.parametrize(
    "body",
    [
        "<title>Just a moment...</title>",
        "<title>Attention Required! | Cloudflare</title>",
        '<title>www.anime-planet.com</title><script src="/cdn-cgi/challenge-platform/x"></script>',
    ],
)
def test_a_challenge_is_refused_with_a_cure(body: str) -> None:
    with pytest.raises(SourceError, match=r"set providers\.anime_planet\.enabled to false") as caught:
        convert.metadata(record(body))
    assert caught.value.reason is SourceReason.REFUSED


def test_a_page_that_mentions_the_guard_is_none() -> None:
    guarded = page(PAGE.replace("</head>", '<script src="/cdn-cgi/challenge-platform/x"></script></head>'))
    assert convert.metadata(record(guarded)).title == "Hoshi no Toudaimori"


@pytest.mark.parametrize(
    "filling",
    ["<div class=type>" * 15_000, '<li class="type">' * 15_000, "x" * 3_000_000],
    ids=["deep", "unclosed", "long"],
)
def test_a_page_that_is_much_is_read_or_refused_in_time(filling: str) -> None:
    raw = record(page(PAGE.replace("</body>", f"{filling}</body>")))
    started = time.process_time()
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, part)(raw)
    assert time.process_time() - started < 20


@pytest.mark.parametrize("filling", ["<div>" * 100_000, "x" * 50_000_000], ids=["deep", "long"])
def test_a_page_that_is_too_much_is_refused_before_it_is_parsed(filling: str) -> None:
    with pytest.raises(SourceError, match="the page is") as caught:
        convert.metadata(record(page() + filling))
    assert caught.value.reason is SourceReason.ANSWER_INVALID


WHOLE = page()


@settings(max_examples=400, deadline=None)
@given(
    st.integers(0, len(WHOLE)),
    st.integers(0, 60),
    st.one_of(st.text(max_size=10), st.sampled_from(["<", '"', "</script>", "<h1 itemprop=name>", "\x00"])),
)
def test_a_damaged_page_is_read_or_refused_and_never_breaks_the_step(
    place: int, length: int, other: str
) -> None:
    raw = record(WHOLE[:place] + other + WHOLE[place + length :])
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, part)(raw)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(LINKED)),
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20),
        st.sampled_from(["x" * 600, "2024-02-30", "9" * 400, "http://[::1"]),
        st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=3), st.just({}),
    ),
)  # fmt: skip
def test_tampered_linked_data_is_read_or_refused(field: str, value: Any) -> None:
    raw = record(page(**{field: value}))
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, part)(raw)


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with upstream(UNLIMITED) as client:
        yield client


def source(http: httpx2.AsyncClient) -> AnimePlanet:
    return AnimePlanet(ProviderClient(http, LIMITS, accept=MEDIA_TYPE), "http://upstream.test/anime_planet")


async def asked(http: httpx2.AsyncClient) -> dict[str, int]:
    rows = (await http.get("/admin/requests")).json()
    return {row["path"]: row["count"] for row in rows if row["provider"] == "anime_planet"}


async def test_one_page_is_all_that_is_asked_for(http: httpx2.AsyncClient) -> None:
    raw = await source(http).fetch("ginrei-no-kaidou")
    assert await asked(http) == {"/anime/ginrei-no-kaidou": 1}
    found = convert.metadata(raw)
    assert (found.title, found.episode_count) == ("Ginrei no Kaidou", 150)


async def test_a_search_lists_namesakes_with_their_years(http: httpx2.AsyncClient) -> None:
    found = await source(http).search("Aoi Tori")
    assert {one.source_url.rpartition("/")[2] for one in found} >= {"aoi-tori", "aoi-tori-2024"}
    assert (found[0].type, found[0].status, found[0].episode_count) == (
        AnimeType.TV, AnimeStatus.FINISHED, 12,
    )  # fmt: skip


async def test_a_single_hit_is_found_though_its_redirect_is_not_followed(http: httpx2.AsyncClient) -> None:
    found = await source(http).search("Yoake no Ressha")
    assert [one.source_url for one in found] == ["https://www.anime-planet.com/anime/yoake-no-ressha"]
    assert await asked(http) == {"/anime/all": 1, "/anime/yoake-no-ressha": 1}


@pytest.mark.parametrize("title", ["Zzyzx Quuxenheim", "夜明けの列車"])
async def test_what_has_no_page_is_not_found(http: httpx2.AsyncClient, title: str) -> None:
    assert await source(http).search(title) == []


@pytest.mark.parametrize("status", [403, 503])
async def test_its_guard_is_no_answer(http: httpx2.AsyncClient, status: int) -> None:
    fault = {"provider": "anime_planet", "kind": "status", "status": status}
    await http.put("/admin/faults", json=[fault])
    with pytest.raises(SourceError) as caught:
        await source(http).fetch("kasa-no-eki")
    expected = {403: SourceReason.REFUSED, 503: SourceReason.UNAVAILABLE}
    assert caught.value.reason is expected[status]


async def test_a_challenge_with_status_200_is_refused(http: httpx2.AsyncClient) -> None:
    await http.put("/admin/faults", json=[{"provider": "anime_planet", "kind": "html"}])
    with pytest.raises(SourceError, match="challenge") as caught:
        await source(http).fetch("kasa-no-eki")
    assert caught.value.reason is SourceReason.REFUSED


async def test_only_its_own_page_is_known_beforehand(http: httpx2.AsyncClient) -> None:
    pages = ["https://myanimelist.net/anime/70211", "https://www.anime-planet.com/anime/kasa-no-eki"]
    assert await source(http).find(pages) == "kasa-no-eki"
    assert await source(http).find(pages[:1]) is None


async def test_one_that_it_lacks_is_left_out_of_a_description(http: httpx2.AsyncClient) -> None:
    found = [one async for one in source(http).describe(["kasa-no-eki", "no-such-anime"])]
    assert [list(one) for one in found] == [["kasa-no-eki"]]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hoshi no Toudaimori: Final Season", "hoshi-no-toudaimori-final-season"),
        ("Pokémon", "pokemon"),
        ("星", ""),
    ],
)
def test_a_title_becomes_a_slug(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_it_is_off_until_it_is_switched_on() -> None:
    assert (
        providers.switched_off(Provider.ANIME_PLANET, Settings()) == "providers.anime_planet.enabled is false"
    )
    on = Settings.model_validate({"providers": {"anime_planet": {"enabled": True}}})
    assert providers.switched_off(Provider.ANIME_PLANET, on) is None
