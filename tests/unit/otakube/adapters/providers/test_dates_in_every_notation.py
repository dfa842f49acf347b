# SPDX-License-Identifier: Apache-2.0
"""Days as each provider's editors write them: what of them is known, and nothing more."""

from datetime import date
from typing import Any

import pytest

from otakube.domain.record.golden import Exactness
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.small_answers import EVERY, page, record, small, xml

YEAR, MONTH, DAY = Exactness.YEAR, Exactness.MONTH, None
Known = tuple[date | None, Exactness | None]
NONE: Known = (None, None)
JIKAN, ANILIST, KITSU, ANIDB = Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.ANIDB
SCHEDULE, PLANET = Provider.ANIMESCHEDULE, Provider.ANIME_PLANET


def starts_and_ends(provider: Provider, said: dict[str, Any]) -> tuple[Known, Known]:
    found = EVERY[provider].metadata(small(provider, **said))
    start = found.aired_from, found.exactness.get("aired_from")
    return start, (found.aired_to, found.exactness.get("aired_to"))


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("Oct 12, 2022 to ?", (date(2022, 10, 12), DAY), NONE),
        ("Oct\u00a012, 2022 to\u00a0Dec\u00a028, 2022", (date(2022, 10, 12), DAY), (date(2022, 12, 28), DAY)),
        ("Oct\n        5, 2022 to Dec 14, 2022", (date(2022, 10, 5), DAY), (date(2022, 12, 14), DAY)),
        ("1917 to ?", (date(1917, 1, 1), YEAR), NONE),
        ("Sept 2, 1999", (date(1999, 9, 2), DAY), NONE),
        ("Jul, 2026 to ?", (date(2026, 7, 1), MONTH), NONE),
        ("May 2012 to May 2012", (date(2012, 5, 1), MONTH), (date(2012, 5, 1), MONTH)),
        ("Dec 31, 1999 to 2000", (date(1999, 12, 31), DAY), (date(2000, 1, 1), YEAR)),
        ("? to Mar, 2012", NONE, (date(2012, 3, 1), MONTH)),
        ("2 Oct 2012 to 25 Dec 2012", (date(2012, 10, 2), DAY), (date(2012, 12, 25), DAY)),
        ("Jan 2012 \u2013 Mar 2012", (date(2012, 1, 1), MONTH), (date(2012, 3, 1), MONTH)),
        ("2012\u20132013", (date(2012, 1, 1), YEAR), (date(2013, 1, 1), YEAR)),
        ("Oct 12, 2022 To Dec 28, 2022", (date(2022, 10, 12), DAY), (date(2022, 12, 28), DAY)),
        ("2024 Q3", (date(2024, 1, 1), YEAR), NONE),
        ("Early 2025", (date(2025, 1, 1), YEAR), NONE),
        ("Fall 2024 to Winter 2025", (date(2024, 1, 1), YEAR), (date(2025, 1, 1), YEAR)),
        ("Apr 5-12, 2010", (date(2010, 4, 5), DAY), NONE),
        ("Apr ?, 2010", (date(2010, 4, 1), MONTH), NONE),
        ("Apr ??, 2010 to ??, 2011", (date(2010, 4, 1), MONTH), (date(2011, 1, 1), YEAR)),
        ("2010-04-?? to 2010-06-??", (date(2010, 4, 1), MONTH), (date(2010, 6, 1), MONTH)),
        ("2010-04-05 to ?", (date(2010, 4, 5), DAY), NONE),
        ("2010/04/05", (date(2010, 4, 5), DAY), NONE),
        ("2010.4", (date(2010, 4, 1), MONTH), NONE),
        ("Apr, 2010 (preview)", (date(2010, 4, 1), MONTH), NONE),
        ("Not available", NONE, NONE),
    ],
)
def test_jikan_s_words_tell_what_is_known(words: str, start: Known, end: Known) -> None:
    midnight = f"{start[0]}T00:00:00+00:00" if start[0] else None
    until = f"{end[0]}T00:00:00+00:00" if end[0] else None
    assert starts_and_ends(JIKAN, {"aired": {"from": midnight, "to": until, "string": words}}) == (start, end)


def parts(year: Any = None, month: Any = None, day: Any = None) -> dict[str, Any]:
    return {"year": year, "month": month, "day": day}


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        (parts(2010, 4), parts(2011), (date(2010, 4, 1), MONTH), (date(2011, 1, 1), YEAR)),
        (parts(2010, 4, 5), parts(), (date(2010, 4, 5), DAY), NONE),
        (parts(2010), parts(2010, 12, 31), (date(2010, 1, 1), YEAR), (date(2010, 12, 31), DAY)),
        (parts(2010, 0, 0), parts(0, 0, 0), (date(2010, 1, 1), YEAR), NONE),
        (parts(2010, 4, 0), parts(None, 4, 5), (date(2010, 4, 1), MONTH), NONE),
        (parts(2010, None, 5), parts(202, 4, 5), (date(2010, 1, 1), YEAR), NONE),
    ],
)
def test_parts_tell_what_is_known_at_jikan_and_anilist(
    first: dict[str, Any], last: dict[str, Any], start: Known, end: Known
) -> None:
    midnights = {
        field: f"{one['year']:04}-{one['month'] or 1:02}-{one['day'] or 1:02}T00:00:00+00:00"
        for field, one in (("from", first), ("to", last))
        if one["year"]
    }
    assert starts_and_ends(JIKAN, {"aired": {**midnights, "prop": {"from": first, "to": last}}}) == (
        start,
        end,
    )
    assert starts_and_ends(ANILIST, {"startDate": first, "endDate": last}) == (start, end)


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("1985", (date(1985, 1, 1), YEAR)),
        ("1985-4", (date(1985, 4, 1), MONTH)),
        ("1985-04-0", (date(1985, 4, 1), MONTH)),
        ("1985-04-XX", (date(1985, 4, 1), MONTH)),
        ("1985-xx-xx", (date(1985, 1, 1), YEAR)),
        ("1985-?", (date(1985, 1, 1), YEAR)),
        ("XXXX-XX-XX", NONE),
        (" 1985-04-06 ", (date(1985, 4, 6), DAY)),
        ("1985-04-06T00:00:00.000Z", (date(1985, 4, 6), DAY)),
        ("1985-04-06 00:00:00", (date(1985, 4, 6), DAY)),
        ("1985-00-06", (date(1985, 1, 1), YEAR)),
        ("198?-??-??", NONE),
        ("19??", NONE),
        ("0001-01-01", NONE),
        ("?", NONE),
        ("Unknown", NONE),
    ],
)
@pytest.mark.parametrize(
    ("provider", "field"),
    [
        (Provider.MYANIMELIST, "start_date"),
        (KITSU, "startDate"),
        (ANIDB, "startdate"),
        (PLANET, "startDate"),
    ],
)
def test_numbers_tell_what_is_known(provider: Provider, field: str, said: str, start: Known) -> None:
    assert starts_and_ends(provider, {field: said})[0] == start


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ({"premier": "2025-10-04T16:30:00Z"}, (date(2025, 10, 5), DAY)),
        ({"premier": "2025-10-04T00:00:00Z"}, (date(2025, 10, 4), DAY)),
        ({"premier": "0001-01-01T00:00:00Z", "year": 2025, "month": ""}, (date(2025, 1, 1), YEAR)),
        ({"premier": "0002-01-01T15:30:00Z", "year": 2025, "month": "October"}, (date(2025, 10, 1), MONTH)),
        ({"premier": None, "year": 2025, "month": "october"}, (date(2025, 10, 1), MONTH)),
        ({"premier": None, "year": 2025, "month": "Oct"}, (date(2025, 10, 1), MONTH)),
        ({"premier": None, "year": 2025, "month": "TBA"}, (date(2025, 1, 1), YEAR)),
        ({"premier": None, "year": 0, "month": "October"}, NONE),
        ({"season": {"year": "0", "season": ""}}, NONE),
    ],
)
def test_animeschedule_s_premiere_tells_what_is_known(said: dict[str, Any], start: Known) -> None:
    assert starts_and_ends(SCHEDULE, said)[0] == start


@pytest.mark.parametrize(
    ("years", "start", "end"),
    [
        ("2020", (date(2020, 1, 1), YEAR), NONE),
        ("2020 - 2021", (date(2020, 1, 1), YEAR), (date(2021, 1, 1), YEAR)),
        ("2020 - ?", (date(2020, 1, 1), YEAR), NONE),
        ("? - 2021", NONE, (date(2021, 1, 1), YEAR)),
        ("2020 - present", (date(2020, 1, 1), YEAR), NONE),
        ("2020-2021", (date(2020, 1, 1), YEAR), (date(2021, 1, 1), YEAR)),
        ("TBA", NONE, NONE),
    ],
)
def test_anime_planet_s_years_are_years(years: str, start: Known, end: Known) -> None:
    body = page("Kasa no Eki", f'<span class="iconYear">{years}</span>')
    found = EVERY[PLANET].metadata(record(PLANET, body))
    assert (found.aired_from, found.exactness.get("aired_from")) == start
    assert (found.aired_to, found.exactness.get("aired_to")) == end


@pytest.mark.parametrize("said", ["2010-04", "2010", "2010-04-??", "2010-00-00"])
def test_an_episode_s_half_known_day_is_none(said: str) -> None:
    rows = f'<episodes><episode id="1"><epno type="1">1</epno><airdate>{said}</airdate></episode></episodes>'
    assert [one.aired for one in EVERY[ANIDB].episodes(record(ANIDB, xml("Kasa no Eki", rows)))] == [None]
    body = {
        "data": [{"id": "7", "type": "anime", "attributes": {"canonicalTitle": "A", "status": "finished"}}]
    }
    row = {"id": "1", "type": "episodes", "attributes": {"number": 1, "airdate": said}}
    assert [one.aired for one in EVERY[KITSU].episodes(record(KITSU, body, episodes_1={"data": [row]}))] == [
        None
    ]


@pytest.mark.parametrize("subtype", ["TV", "movie"])
def test_a_first_of_january_at_kitsu_makes_no_season(subtype: str) -> None:
    found = EVERY[KITSU].metadata(small(KITSU, startDate="2010-01-01", subtype=subtype))
    assert (found.season, found.exactness["aired_from"]) == (None, YEAR)
