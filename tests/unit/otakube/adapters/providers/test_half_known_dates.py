# SPDX-License-Identifier: Apache-2.0
"""Of a date as much is taken as the provider knows: its year, its month, or its day."""

from datetime import date
from typing import Any

import pytest

from otakube.domain.record.golden import AnimeStatus, Exactness
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.small_answers import EVERY, page, record, small

YEAR, MONTH = Exactness.YEAR, Exactness.MONTH
JANUARY = "2010-01-01T00:00:00+00:00"


def jikan(string: str | None, first: str | None = JANUARY, last: str | None = None) -> dict[str, Any]:
    return {"aired": {"from": first, "to": last, "string": string}}


@pytest.mark.parametrize(
    ("provider", "said", "start", "end"),
    [
        (Provider.JIKAN, jikan("2010"), (date(2010, 1, 1), YEAR), (None, None)),
        (
            Provider.JIKAN,
            jikan("Apr, 2010", "2010-04-01T00:00:00+00:00"),
            (date(2010, 4, 1), MONTH),
            (None, None),
        ),
        (Provider.JIKAN, jikan("Apr 2010"), (date(2010, 4, 1), MONTH), (None, None)),
        (Provider.JIKAN, jikan("2010-04"), (date(2010, 4, 1), MONTH), (None, None)),
        (Provider.JIKAN, jikan("2010-04-05 to 2010-06"), (date(2010, 4, 5), None), (date(2010, 6, 1), MONTH)),
        (Provider.JIKAN, jikan("2010 to ?"), (date(2010, 1, 1), YEAR), (None, None)),
        (Provider.JIKAN, jikan("Jan 1, 2010"), (date(2010, 1, 1), None), (None, None)),
        (
            Provider.JIKAN,
            jikan("2010 to Mar, 2012", JANUARY, "2012-03-01T00:00:00+00:00"),
            (date(2010, 1, 1), YEAR),
            (date(2012, 3, 1), MONTH),
        ),
        (Provider.JIKAN, jikan("Not available", None), (None, None), (None, None)),
        (Provider.JIKAN, jikan(None), (date(2010, 1, 1), None), (None, None)),
        (
            Provider.JIKAN,
            {"aired": {"from": JANUARY, "prop": {"from": {"day": None, "month": None, "year": 2010}}}},
            (date(2010, 1, 1), YEAR),
            (None, None),
        ),
        (
            Provider.MYANIMELIST,
            {"start_date": "2010", "end_date": "2011-04"},
            (date(2010, 1, 1), YEAR),
            (date(2011, 4, 1), MONTH),
        ),
        (
            Provider.ANILIST,
            {"startDate": {"year": 2010, "month": 4, "day": None}, "endDate": {"year": 2011}},
            (date(2010, 4, 1), MONTH),
            (date(2011, 1, 1), YEAR),
        ),
        (Provider.ANILIST, {"startDate": {"year": None, "month": 4}}, (None, None), (None, None)),
        (Provider.KITSU, {"startDate": "2010-01-01"}, (date(2010, 1, 1), YEAR), (None, None)),
        (Provider.KITSU, {"startDate": "2010-04-01"}, (date(2010, 4, 1), None), (None, None)),
        (
            Provider.ANIDB,
            {"startdate": "2010-04", "enddate": "2011"},
            (date(2010, 4, 1), MONTH),
            (date(2011, 1, 1), YEAR),
        ),
        (Provider.ANIDB, {"startdate": "2010-??-??"}, (date(2010, 1, 1), YEAR), (None, None)),
        (
            Provider.ANIME_PLANET,
            {"startDate": "2010", "endDate": "2011-04"},
            (date(2010, 1, 1), YEAR),
            (date(2011, 4, 1), MONTH),
        ),
    ],
)
def test_as_much_of_a_date_is_taken_as_is_known(
    provider: Provider, said: dict[str, Any], start: tuple[Any, Any], end: tuple[Any, Any]
) -> None:
    found = EVERY[provider].metadata(small(provider, **said))
    assert (found.aired_from, found.exactness.get("aired_from")) == start
    assert (found.aired_to, found.exactness.get("aired_to")) == end


NUMBERS = [
    ("2017", (date(2017, 1, 1), YEAR)),
    ("2017-10", (date(2017, 10, 1), MONTH)),
    ("2017-00-00", (date(2017, 1, 1), YEAR)),
    ("2017-10-00", (date(2017, 10, 1), MONTH)),
    ("2017-10-??", (date(2017, 10, 1), MONTH)),
    ("2017-??-??", (date(2017, 1, 1), YEAR)),
    ("2017-1-5", (date(2017, 1, 5), None)),
    ("2017/10/05", (date(2017, 10, 5), None)),
    ("2017-10-05T00:00:00+09:00", (date(2017, 10, 5), None)),
    ("0000-00-00", (None, None)),
    ("????-??-??", (None, None)),
    ("TBA", (None, None)),
    ("", (None, None)),
]


@pytest.mark.parametrize(("said", "start"), NUMBERS)
@pytest.mark.parametrize(
    ("provider", "field"),
    [
        (Provider.MYANIMELIST, "start_date"), (Provider.KITSU, "startDate"), (Provider.ANIDB, "startdate"),
        (Provider.ANIME_PLANET, "startDate"),
    ],
)  # fmt: skip
def test_every_provider_s_numbers_are_read_alike(
    provider: Provider, field: str, said: str, start: tuple[Any, Any]
) -> None:
    found = EVERY[provider].metadata(small(provider, **{field: said}))
    assert (found.aired_from, found.exactness.get("aired_from")) == start


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("Oct, 2004 to Mar, 2005", (date(2004, 10, 1), MONTH), (date(2005, 3, 1), MONTH)),
        ("Oct 3, 2004 to 2005", (date(2004, 10, 3), None), (date(2005, 1, 1), YEAR)),
        ("2004-2005", (date(2004, 1, 1), YEAR), (date(2005, 1, 1), YEAR)),
        ("Apr, 2010 - Jun, 2010", (date(2010, 4, 1), MONTH), (date(2010, 6, 1), MONTH)),
        ("1 Apr 2010", (date(2010, 4, 1), None), (None, None)),
        ("April 1st, 2010 to ?", (date(2010, 4, 1), None), (None, None)),
        ("Spring 2010", (date(2010, 1, 1), YEAR), (None, None)),
        ("? to ?", (date(2010, 4, 1), None), (None, None)),
    ],
)
def test_words_say_how_much_of_a_midnight_is_known(
    words: str, start: tuple[Any, Any], end: tuple[Any, Any]
) -> None:
    found = EVERY[Provider.JIKAN].metadata(
        small(Provider.JIKAN, aired={"from": "2010-04-01T00:00:00+00:00", "string": words})
    )
    assert (found.aired_from, found.exactness.get("aired_from")) == start
    assert (found.aired_to, found.exactness.get("aired_to")) == end


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ({"month": "April", "year": 2010}, (date(2010, 4, 1), MONTH)),
        ({"month": "", "year": 2010}, (date(2010, 1, 1), YEAR)),
        ({"month": "April", "year": 0}, (None, None)),
        ({"premier": "2010-04-05T15:30:00Z", "month": "April", "year": 2010}, (date(2010, 4, 6), None)),
    ],
)
def test_a_premiere_without_a_day_has_its_month(said: dict[str, Any], start: tuple[Any, Any]) -> None:
    found = EVERY[Provider.ANIMESCHEDULE].metadata(
        small(Provider.ANIMESCHEDULE, **{"premier": "0001-01-01T00:00:00Z"} | said)
    )
    assert (found.aired_from, found.exactness.get("aired_from")) == start


@pytest.mark.parametrize(
    ("years", "start", "status"),
    [
        ("2003 \u2013 2004", date(2003, 1, 1), AnimeStatus.FINISHED),
        ("Fall 2003", date(2003, 1, 1), AnimeStatus.FINISHED),
        ("2003 - present", date(2003, 1, 1), AnimeStatus.ONGOING),
        ("2003 -", date(2003, 1, 1), AnimeStatus.ONGOING),
        ("Oct 4, 2003", date(2003, 1, 1), AnimeStatus.FINISHED),
        ("2003 - 2004, 2006", date(2003, 1, 1), AnimeStatus.FINISHED),
        ("?", None, AnimeStatus.UNKNOWN),
        ("Unknown", None, AnimeStatus.UNKNOWN),
        ("TBA", None, AnimeStatus.UPCOMING),
    ],
)
def test_years_of_a_page_are_read_in_other_forms(years: str, start: date | None, status: AnimeStatus) -> None:
    raw = record(Provider.ANIME_PLANET, page("Kasa", f'<span class="iconYear">{years}</span>'))
    found = EVERY[Provider.ANIME_PLANET].metadata(raw)
    assert (found.aired_from, found.status) == (start, status)


@pytest.mark.parametrize("provider", [Provider.KITSU, Provider.ANIDB])
def test_no_season_follows_from_a_year(provider: Provider) -> None:
    said = {"subtype": "TV", "startDate": "2010-01-01"}
    anidb = {"type": "TV Series", "startdate": "2010"}
    assert (
        EVERY[provider].metadata(small(provider, **(said if provider is Provider.KITSU else anidb))).season
        is None
    )


def test_a_season_that_follows_from_a_month_is_derived() -> None:
    found = EVERY[Provider.ANIDB].metadata(small(Provider.ANIDB, type="TV Series", startdate="2010-04"))
    assert str(found.season and found.season.quarter) == "Spring"
    assert found.exactness["season"] is Exactness.DERIVED
    assert found.exactness["status"] is Exactness.DERIVED


@pytest.mark.parametrize(
    ("provider", "said", "rounded"),
    [
        (Provider.JIKAN, {"duration": "24 min per ep"}, True),
        (Provider.JIKAN, {"duration": "30 sec per ep"}, False),
        (Provider.MYANIMELIST, {"average_episode_duration": 1421}, False),
        (Provider.ANILIST, {"duration": 24}, True),
        (Provider.KITSU, {"episodeLength": 24}, True),
        (Provider.ANIMESCHEDULE, {"lengthMin": 24}, True),
        (Provider.JIKAN, {}, False),
    ],
)
def test_a_length_in_minutes_is_rounded(provider: Provider, said: dict[str, Any], rounded: bool) -> None:
    found = EVERY[provider].metadata(small(provider, **said))
    assert ("duration_seconds" in found.exactness) is rounded


def test_a_start_in_this_year_says_nothing_of_whether_it_has_begun() -> None:
    found = EVERY[Provider.ANIDB].metadata(small(Provider.ANIDB, type="TV Series", startdate="2026"))
    assert found.status is AnimeStatus.UPCOMING
