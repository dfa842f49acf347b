# SPDX-License-Identifier: Apache-2.0
"""Of a day that no calendar has the part stays that is true; the rest of the answer is read, with a note."""

from datetime import date
from typing import Any

import pytest

from otakube.domain.record.golden import Exactness
from otakube.notes import collected
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.small_answers import EVERY, record, small

YEAR, MONTH = Exactness.YEAR, Exactness.MONTH
IN_NUMBERS = {
    Provider.MYANIMELIST: "start_date", Provider.KITSU: "startDate", Provider.ANIDB: "startdate",
    Provider.ANIME_PLANET: "startDate",
}  # fmt: skip
IMPOSSIBLE = [
    ("2024-02-30", (date(2024, 2, 1), MONTH)),
    ("2023-02-29", (date(2023, 2, 1), MONTH)),
    ("2024-04-31", (date(2024, 4, 1), MONTH)),
    ("2024-11-99", (date(2024, 11, 1), MONTH)),
    ("2024-13-05", (date(2024, 1, 1), YEAR)),
    ("2024-99", (date(2024, 1, 1), YEAR)),
    ("2024-06-31T00:00:00Z", (date(2024, 6, 1), MONTH)),
]


def start_of(provider: Provider, **said: Any) -> tuple[tuple[Any, Any], list[str]]:
    with collected() as notes:
        found = EVERY[provider].metadata(small(provider, **said))
    return (found.aired_from, found.exactness.get("aired_from")), list(notes.impossible)


@pytest.mark.parametrize(("said", "start"), IMPOSSIBLE)
@pytest.mark.parametrize("provider", IN_NUMBERS)
def test_the_true_part_of_a_day_in_numbers_is_kept(
    provider: Provider, said: str, start: tuple[Any, Any]
) -> None:
    found, notes = start_of(provider, **{IN_NUMBERS[provider]: said})
    assert found == start
    assert notes == [f"{IN_NUMBERS[provider]} {said.partition('T')[0]}"]


@pytest.mark.parametrize(
    ("year", "month", "day", "start"),
    [
        (2024, 2, 30, (date(2024, 2, 1), MONTH)),
        (2024, 13, 1, (date(2024, 1, 1), YEAR)),
        (2024, -1, 1, (date(2024, 1, 1), YEAR)),
        (2024, 6, -3, (date(2024, 6, 1), MONTH)),
        (99999, 1, 1, (None, None)),
        (10**30, 1, 1, (None, None)),
    ],
)
def test_the_true_part_of_a_day_in_fields_is_kept(
    year: int, month: int, day: int, start: tuple[Any, Any]
) -> None:
    found, notes = start_of(Provider.ANILIST, startDate={"year": year, "month": month, "day": day})
    assert (found, len(notes)) == (start, 1)


@pytest.mark.parametrize(
    ("aired", "start"),
    [
        ({"from": "2024-02-31T00:00:00+00:00"}, (date(2024, 2, 1), MONTH)),
        ({"from": "2024-02-31T00:00:00+00:00", "string": "Feb 31, 2024 to ?"}, (date(2024, 2, 1), MONTH)),
        ({"from": "2024-03-02T00:00:00+00:00", "string": "Feb 30, 2024"}, (date(2024, 2, 1), MONTH)),
        ({"from": None, "string": "2024-02-30"}, (date(2024, 2, 1), MONTH)),
        ({"from": None, "prop": {"from": {"year": 2024, "month": 14}}}, (date(2024, 1, 1), YEAR)),
    ],
)
def test_the_true_part_of_a_midnight_or_its_words_is_kept(
    aired: dict[str, Any], start: tuple[Any, Any]
) -> None:
    found, notes = start_of(Provider.JIKAN, aired=aired)
    assert (found, len(notes)) == (start, 1)


@pytest.mark.parametrize(
    ("premier", "start"),
    [
        ("2024-02-30T15:00:00Z", (date(2024, 2, 1), MONTH)),
        ("2024-13-01T00:00:00+09:00", (date(2024, 1, 1), YEAR)),
    ],
)
def test_the_true_part_of_a_premiere_is_kept(premier: str, start: tuple[Any, Any]) -> None:
    found, notes = start_of(Provider.ANIMESCHEDULE, premier=premier)
    assert (found, len(notes)) == (start, 1)
    assert (
        EVERY[Provider.ANIMESCHEDULE].episodes(
            record(
                Provider.ANIMESCHEDULE, {"title": "A", "route": "a", "status": "Finished", "premier": premier}
            )
        )
        == []
    )


def test_an_episode_on_such_a_day_stays_without_one() -> None:
    inner = """<episodes><episode id="1"><epno type="1">1</epno><airdate>2024-02-30</airdate></episode>
<episode id="2"><epno type="1">2</epno><airdate>2024-03-08</airdate></episode></episodes>"""
    body = (
        f"""<anime id="7"><titles><title xml:lang="x-jat" type="main">Kasa</title></titles>{inner}</anime>"""
    )
    with collected() as notes:
        found = EVERY[Provider.ANIDB].episodes(record(Provider.ANIDB, body))
    assert [(one.number, one.aired) for one in found] == [(1, None), (2, date(2024, 3, 8))]
    assert notes.sentences() == ["no such day: episodes.airdate 2024-02-30"]
