# SPDX-License-Identifier: Apache-2.0
"""Anime-Planet: every place that is read on its pages, its guard, and the client against the stand-in."""

import contextlib
import json
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.providers.anime_planet import bar, convert
from otakube.domain.record.claims import ClaimedRelation
from otakube.domain.record.golden import AnimeStatus, Exactness, Quarter, Season
from otakube.errors import SourceError
from otakube.ports.providers import Answer, RawRecord
from otakube_api.contract import AnimeType, Provider, SourceReason

TODAY = date(2024, 6, 15)
PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")
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
<div id="tabs--relations--anime"><div id="tabs--relations--anime--same_franchise">
CARD</div><div id="tabs--relations--anime--other_franchise"></div></div>
<div id="tabs--relations--manga"><a class="RelatedEntry" href="/manga/hoshi">
<p class="RelatedEntry__name">Hoshi</p><span class="RelatedEntry__subtitle">Original Manga</span></a></div>
</body></html>"""
CARD = """<div class="pure-u-1"><a class="RelatedEntry" href="/anime/hoshi-2">
<img class="RelatedEntry__image" src="/images/anime/primary/hoshi-2-1-190x260.jpg" alt="">
<div class="RelatedEntry__content"><p class="RelatedEntry__name rounded-card__title">Hoshi 2</p>
<span class="RelatedEntry__subtitle">Sequel</span>
<ul class="RelatedEntry__metadata"><li><time class="RelatedEntry__metadata_item">
<span data-start-date="2003-10-04">2003-10-04</span> - <span data-end-date="2004-10-02">2004-10-02</span>
</time></li><li><i class="fa fa-tv"></i><span class="RelatedEntry__metadata_item">TV: 51 ep</span></li></ul>
</div></a></div>
"""
PAGE = PAGE.replace("CARD", CARD)


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
    assert found.images[0].url == "https://www.anime-planet.com/images/hoshi-1.jpg"


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
        ("TV (12 eps x 24 min)", (AnimeType.TV, 12, 1440)),
        ("TV (? eps x 24 min)", (AnimeType.TV, None, 1440)),
        ("TV (1,000 eps)", (AnimeType.TV, 1000, None)),
        ("TV Special (1 ep x 1 hr 30 min)", (AnimeType.SPECIAL, 1, 5400)),
        ("Movie (2 hr)", (AnimeType.MOVIE, None, 7200)),
        ("Other (3 episodes x 30 sec)", (AnimeType.SPECIAL, 3, 30)),
        ("TV (12+ eps)", (AnimeType.TV, None, None)),
        ("TV", (AnimeType.TV, None, None)),
        ("Movie (1 ep x 95 min)", (AnimeType.MOVIE, 1, 5700)),
        ("Movie (95 min)", (AnimeType.MOVIE, None, 5700)),
        ("OVA (2 eps)", (AnimeType.OVA, 2, None)),
        ("Web (3 eps x 5 min)", (AnimeType.ONA, 3, 300)),
        ("TV Special (1 ep)", (AnimeType.SPECIAL, 1, None)),
        ("DVD Special", (AnimeType.SPECIAL, None, None)),
        ("Music Video (1 ep x 4 min)", (AnimeType.MUSIC, 1, 240)),
        ("Other", (AnimeType.SPECIAL, None, None)),
        (None, (AnimeType.UNKNOWN, None, None)),
    ],
)
def test_type_number_and_length_stand_in_one_text(said: str | None, expected: Any) -> None:
    assert tuple(bar.read_format(said)) == expected


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
        (None, None, None, AnimeStatus.UNKNOWN),
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
    assert bar.status(started, ended, years, TODAY) is status


def test_stars_are_put_on_ten() -> None:
    found = convert.statistics(record(page()))
    assert (found.score, found.scored_by) == (8.31, 3684)
    assert convert.statistics(record(page(aggregateRating=None))).score is None


def test_a_related_anime_is_its_card_s_name_and_kind_and_listed_once() -> None:
    again = record(page(PAGE.replace(CARD, CARD * 2)))
    assert convert.relationships(again).relations == [
        ClaimedRelation(
            kind="Sequel", title="Hoshi 2", source_urls=["https://www.anime-planet.com/anime/hoshi-2"]
        )
    ]


@pytest.mark.parametrize(
    ("linked", "years", "day", "exactness"),
    [
        ({"startDate": None}, "2003", date(2003, 1, 1), Exactness.YEAR),
        ({"startDate": None}, " 2003 - 2004 ", date(2003, 1, 1), Exactness.YEAR),
        ({"startDate": None}, "TBA", None, None),
        ({"startDate": None, "datePublished": "2003-10-04"}, "2003", date(2003, 10, 4), None),
        ({}, "2003", date(2023, 4, 8), None),
    ],
)
def test_the_year_stands_in_the_year_s_icon_where_no_day_is_told(
    linked: dict[str, Any], years: str, day: date | None, exactness: Exactness | None
) -> None:
    html = PAGE.replace('"iconYear">2023<', f'"iconYear">{years}<')
    found = convert.metadata(record(page(html, **linked)))
    assert (found.aired_from, found.exactness.get("aired_from")) == (day, exactness)


@pytest.mark.parametrize(
    ("subtitle", "kind"),
    [
        ("Prequel", "Prequel"), (" Side  Story ", "SideStory"), ("Omake", "SideStory"),
        ("Remake", "AlternativeVersion"),
        ("Alternate Universe", "AlternativeSetting"), ("Recap", "Summary"), ("Condensed Version", "Summary"),
        ("Spin off", "Spinoff"), ("Spinoff", "Spinoff"), ("Side-Story", "SideStory"),
        ("Main Story", "ParentStory"),
        ("Alternate Setting", "AlternativeSetting"), ("Alternative Version", "AlternativeVersion"),
        ("Compilation", "Compilation"), ("Full Story", "FullStory"),
        ("Same Franchise", "Other"), ("Other Franchise", "Other"), ("Tomorrow's", "Other"), ("", "Other"),
    ],
)  # fmt: skip
def test_the_kind_of_a_relation_is_its_card_s_subtitle(subtitle: str, kind: str) -> None:
    [found] = convert.relationships(changed(">Sequel<", f">{subtitle}<")).relations
    assert (found.kind, found.title) == (kind, "Hoshi 2")


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("https://www.anime-planet.com/anime/hoshi-2", 1), ("/anime/hoshi-2?ref=card", 1),
        ("/anime/hoshi-2/", 1),
        ("https://elsewhere.example/anime/hoshi-2", 0), ("//elsewhere.example/anime/hoshi-2", 0),
        ("/manga/hoshi-2", 0),
    ],
)  # fmt: skip
def test_a_card_s_link_may_be_whole_and_leads_to_the_site_itself(href: str, found: int) -> None:
    relations = convert.relationships(changed('href="/anime/hoshi-2"', f'href="{href}"')).relations
    assert len(relations) == found
    assert all(one.source_urls == ["https://www.anime-planet.com/anime/hoshi-2"] for one in relations)


def test_a_picture_that_is_loaded_later_is_the_poster() -> None:
    shown = (
        '<img itemprop="image" src="data:image/gif;base64,R0" data-src="/images/anime/primary/a-190x266.jpg">'
    )
    found = convert.metadata(record(page(PAGE.replace("<h2", f"{shown}<h2", 1), image=None))).images
    assert [one.url for one in found] == ["https://www.anime-planet.com/images/anime/primary/a.jpg"]


def test_a_card_of_another_franchise_is_related_too() -> None:
    other = CARD.replace("hoshi-2", "umi").replace("Hoshi 2", "Umi").replace("Sequel", "Other Franchise")
    raw = changed('other_franchise"></div>', f'other_franchise">{other}</div>')
    assert [(one.title, one.kind) for one in convert.relationships(raw).relations] == [
        ("Hoshi 2", "Sequel"), ("Umi", "Other"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "linked", "url"),
    [
        ("/images/anime/primary/a-1-190x266.jpg?t=1", None, "https://www.anime-planet.com/images/anime/primary/a-1.jpg"),
        ("https://cdn.anime-planet.com/anime/primary/a-2-190x266.webp", "https://x.example/b.jpg",
         "https://cdn.anime-planet.com/anime/primary/a-2.webp"),
        ("//cdn.anime-planet.com/anime/primary/a-3-285x400.jpg", None,
         "https://cdn.anime-planet.com/anime/primary/a-3.jpg"),
        ("https://cdn.anime-planet.com/anime/primary/a-4-190x.JPG", None,
         "https://cdn.anime-planet.com/anime/primary/a-4.JPG"),
        ("http://[", None, "http://["),
        (None, "https://www.anime-planet.comhttps://cdn.anime-planet.com/anime/primary/a-1-190x266.jpg?t=9",
         "https://cdn.anime-planet.com/anime/primary/a-1.jpg"),
        (None, "https://cdn.anime-planet.com/anime/primary/space-1999.jpg",
         "https://cdn.anime-planet.com/anime/primary/space-1999.jpg"),
        (None, "https://cdn.anime-planet.com/images/anime/default/default-anime-winter.png", None),
        (None, None, None),
    ],
)  # fmt: skip
def test_the_poster_is_the_large_picture(shown: str | None, linked: str | None, url: str | None) -> None:
    image = f'<img itemprop="image" src="{shown}">' if shown else ""
    found = convert.metadata(record(page(PAGE.replace("<h2", f"{image}<h2", 1), image=linked))).images
    assert [one.url for one in found] == ([url] if url else [])


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
