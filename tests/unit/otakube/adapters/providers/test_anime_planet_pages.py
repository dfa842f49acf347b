# SPDX-License-Identifier: Apache-2.0
"""Anime-Planet's pages as they are: without linked data, with hidden names, half years, lazy pictures."""

from datetime import date
from typing import Any

import pytest

from otakube.adapters.providers.anime_planet import convert
from otakube.adapters.providers.anime_planet.cards import rows
from otakube.adapters.providers.anime_planet.page import document
from otakube.domain.record.claims import ClaimedRelation, Metadata
from otakube.domain.record.golden import Exactness, Quarter, Season
from otakube.errors import SourceError
from otakube_api.contract import AnimeType
from unit.otakube.adapters.providers.anime_planet_pages import (
    CDN,
    LINKED,
    META,
    card,
    hidden,
    page,
    record,
    result,
)

YEAR, MONTH = Exactness.YEAR, Exactness.MONTH


def read(**places: Any) -> Metadata:
    return convert.metadata(record(page(**places)))


def linked(**said: Any) -> dict[str, Any]:
    return {name: value for name, value in (LINKED | said).items() if value is not None}


def related(*cards: str) -> list[tuple[str, str]]:
    found = convert.relationships(record(page(related="".join(cards)))).relations
    return [(one.title, one.kind) for one in found]


def listed(*cards: str) -> list[Metadata]:
    deck = f'<ul class="cardDeck cardGrid" data-type="anime">{"".join(cards)}</ul>'
    return rows(document(f"<title>Browse Anime</title>{deck}"), date(2024, 6, 15))


def test_a_page_without_linked_data_is_read_from_its_head_and_its_places() -> None:
    found = read(linked=None)
    assert (found.title, found.type, found.episode_count) == ("Umi no Kane", AnimeType.TV, 12)
    assert (found.aired_from, found.exactness["aired_from"]) == (date(2019, 1, 1), MONTH)
    assert found.season == Season(year=2019, quarter=Quarter.WINTER)
    assert (found.synopsis, found.tags) == ("A bell rings.", ["Drama", "Violence", "Self-Harm"])
    assert [one.url for one in found.images] == [f"{CDN}/umi-no-kane-1.jpg"]
    statistics = convert.statistics(record(page(linked=None)))
    assert (statistics.score, statistics.scored_by) == (8.84, 43896)


@pytest.mark.parametrize(
    "said",
    [
        [{"@type": "BreadcrumbList"}, LINKED],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, LINKED]},
        linked(**{"@type": ["TVSeries", "CreativeWork"]}),
        linked(image={"@type": "ImageObject", "url": f"{CDN}/umi-no-kane-1-190x266.jpg"}),
        linked(image=[f"{CDN}/umi-no-kane-1-190x266.jpg"], genre="Mystery"),
        linked(name=None),
    ],
)
def test_linked_data_is_read_in_lists_graphs_and_objects(said: Any) -> None:
    found = read(linked=said, image="")
    assert (found.title, found.aired_to) == ("Umi no Kane", date(2019, 3, 29))
    assert "Mystery" in found.tags
    assert len(found.images) == 1


@pytest.mark.parametrize("key", [0x00, 0x2A, 0xE6, 0xFF])
@pytest.mark.parametrize("tag", ["a", "span"])
def test_a_name_that_cloudflare_hid_as_an_address_is_read(tag: str, key: int) -> None:
    name = hidden("iDOLM@STER", key, tag)
    found = read(
        heading=f'<h1 itemprop="name">The {name} Live!</h1>',
        aka=f'<h2 class="aka">Alt titles: {hidden("M@STER", key, tag)}, Other</h2>',
    )
    assert (found.title, found.synonyms) == ("The iDOLM@STER Live!", ["M@STER", "Other"])
    name = hidden("iDOLM@STER", key, "span")  # a link within a card, which is one, would end it
    assert related(card(f"The {name}")) == [("The iDOLM@STER", "Sequel")]
    assert [one.title for one in listed(result(f"The {name}"))] == ["The iDOLM@STER"]


@pytest.mark.parametrize("code", ["", "e6", "zz", "e68fa", "e6" * 2000])
def test_a_hidden_name_without_its_bytes_is_read_elsewhere(code: str) -> None:
    heading = f'<h1 itemprop="name"><a data-cfemail="{code}">[email&#160;protected]</a></h1>'
    aka = '<h2 class="aka">Alt title: [email&#160;protected]</h2>'
    told = linked(name="[email protected]", alternateName=["M@STER"])
    found = read(heading=heading, aka=aka, linked=told, meta=META | {"og:title": "Malice@Doll"})
    assert (found.title, found.synonyms) == ("Malice@Doll", ["M@STER"])


@pytest.mark.parametrize(
    ("years", "start", "end"),
    [
        ("2003", (date(2003, 1, 1), YEAR), (None, None)),
        ("2003 - 2004", (date(2003, 1, 1), YEAR), (date(2004, 1, 1), YEAR)),
        ("2003 – 2004", (date(2003, 1, 1), YEAR), (date(2004, 1, 1), YEAR)),
        ("2023 - ?", (date(2023, 1, 1), YEAR), (None, None)),
        ("TBA", (None, None), (None, None)),
    ],
)
def test_years_of_the_bar_stand_for_days_that_are_not_told(years: str, start: Any, end: Any) -> None:
    found = read(
        linked=linked(startDate=None, endDate=None),
        year=f"<span class='iconYear'> {years} </span>",
        heading="<div class='iconYear'>1999</div><h1 itemprop='name'>A</h1>",
    )
    assert (found.aired_from, found.exactness.get("aired_from")) == start
    assert (found.aired_to, found.exactness.get("aired_to")) == end


@pytest.mark.parametrize("said", ["TBA", "2019", "?"])
def test_a_season_that_is_not_known_costs_nothing(said: str) -> None:
    year = f"<span class='iconYear'>TBA</span><a href='/anime/seasons/tba'>{said}</a>"
    assert read(year=year).season is None


@pytest.mark.parametrize("said", ["?", "Unknown", "TBA", " "])
def test_a_type_that_is_not_known_costs_nothing(said: str) -> None:
    assert read(kind=f'<span class="type">{said}</span>').type is AnimeType.UNKNOWN


@pytest.mark.parametrize(
    ("image", "told", "shared", "url"),
    [
        ('src="/inc/img/card-load.svg"', None, None, None),
        (
            f'src="/inc/img/card-load.svg" data-src="{CDN}/c-2-285x399.webp?t=1"',
            None,
            None,
            f"{CDN}/c-2.webp",
        ),
        (f'srcset="{CDN}/d-1-190x266.jpg 1x, {CDN}/d-1-380x532.jpg 2x"', None, None, f"{CDN}/d-1.jpg"),
        ('src="/inc/img/card-load.svg"', f"{CDN}/e-1-190x266.jpg", None, f"{CDN}/e-1.jpg"),
        ('src="/inc/img/card-load.svg"', None, f"{CDN}/f-1.webp?t=1", f"{CDN}/f-1.webp"),
        (
            'src="https://cdn.anime-planet.com/images/anime/default/default-anime-winter.png"',
            None,
            "https://www.anime-planet.com/images/anime/screenshots/f-10118-1.jpg",
            None,
        ),
    ],
)
def test_the_poster_is_the_first_place_that_has_one(
    image: str, told: str | None, shared: str | None, url: str | None
) -> None:
    found = read(
        image=f'<img itemprop="image" {image}>',
        linked=linked(image=told),
        meta=META | ({"og:image": shared} if shared else {}),
    )
    assert [one.url for one in found.images] == ([url] if url else [])


@pytest.mark.parametrize(
    ("told", "shown", "text", "credit"),
    [
        (None, "<div><p>It <em>rings</em>.</p></div>", "It rings.", None),
        (None, "<p>No synopsis yet - check back soon!</p>", None, None),
        ("This entry currently doesn't have a synopsis. Check back soon!", "", None, None),
        ("It rings.", '<p>x</p><div class="notes"><p>Source: Kane</p></div>', "It rings.", "Source: Kane"),
        (None, '<p>It.</p><div class="notes"><p>Source: Kane</p></div>', "It.", "Source: Kane"),
    ],
)
def test_the_synopsis_is_the_page_s_where_search_engines_are_told_none(
    told: str | None, shown: str, text: str | None, credit: str | None
) -> None:
    found = read(linked=linked(description=told), synopsis=shown)
    assert (found.synopsis, found.synopsis_credit) == (text, credit)


@pytest.mark.parametrize(
    ("rating", "bar", "score", "votes"),
    [
        ({"ratingValue": "4.4", "ratingCount": "43,889"}, None, 8.8, 43889),
        ({"ratingValue": "N/A", "ratingCount": 0}, None, None, 0),
        (None, "4.5 out of 5 from 1,234 votes", 9.0, 1234),
        (None, "3 out of 5 from 1 vote", 6.0, 1),
        (None, "10 more votes needed to calculate an average", None, None),
    ],
)
def test_stars_are_read_in_words_too(
    rating: Any, bar: str | None, score: float | None, votes: int | None
) -> None:
    shown = f'<div class="avgRating" title="{bar}"></div>' if bar else ""
    found = convert.statistics(record(page(linked=linked(aggregateRating=rating), rating=shown)))
    assert (found.score, found.scored_by) == (score, votes)


def test_related_works_are_others_and_the_card_that_tells_most_counts() -> None:
    own = card("Umi no Kane", "umi-no-kane", "Sequel")
    twice = card("Soto", "soto", "Other Franchise") + card("Soto", "soto", "Prequel") + card("Soto", "soto")
    pictured = '<a class="RelatedEntry" href="/anime/q"><img alt="Q" src="x"></a>'
    assert related(own, twice, card("A", "a", None), pictured) == [
        ("Soto", "Prequel"), ("A", "Other"), ("Q", "Other"),
    ]  # fmt: skip
    [found] = convert.relationships(record(page(related=card(" A &amp;\n B ", "ab")))).relations
    assert found == ClaimedRelation(
        kind="Sequel", title="A & B", source_urls=["https://www.anime-planet.com/anime/ab"]
    )


@pytest.mark.parametrize(
    ("years", "start"),
    [("2006 - 2008", date(2006, 1, 1)), ("2019", date(2019, 1, 1)), ("TBA", None), (None, None)],
)
def test_a_result_has_its_year_and_other_names(years: str | None, start: date | None) -> None:
    [found] = listed(result("A", years, alt="B, C", form="TV (12 eps x 24 min)"))
    assert (found.aired_from, found.synonyms) == (start, ["B", "C"])
    assert (found.exactness.get("aired_from"), found.duration_seconds) == (YEAR if start else None, 1440)


def test_a_result_of_another_medium_or_form_costs_only_itself() -> None:
    manga = result("M").replace('data-type="anime"', 'data-type="manga"')
    assert [one.title for one in listed(manga, result("R", form="Radio"), result("A", form="TV "))] == ["A"]


def test_linked_data_that_is_cut_off_is_named() -> None:
    with pytest.raises(SourceError, match="JSON-LD is no JSON"):
        read(linked='{"@type": "TVSeries", "name": ')
