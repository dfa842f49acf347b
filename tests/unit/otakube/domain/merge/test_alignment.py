# SPDX-License-Identifier: Apache-2.0
"""Episode numbers of another season are brought to this one's by count, numbering and days, or told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from otakube.domain.merge.alignment import align, count_shift, day_shift
from otakube.domain.record.claims import Episode
from otakube_api.contract import Provider

JIKAN, KITSU, ANILIST, ANIDB = Provider.JIKAN, Provider.KITSU, Provider.ANILIST, Provider.ANIDB
FIRST = date(2024, 4, 6)
WEEK = timedelta(days=7)


def season(numbers: range, *, begins: date | None = FIRST, **more: Any) -> list[Episode]:
    """A weekly season under these numbers, the first of which is broadcast on the day `begins`."""
    return [
        Episode(number=number, title=f"No. {number}", aired=begins and begins + WEEK * place, **more)
        for place, number in enumerate(numbers)
    ]


def numbers(episodes: Any) -> list[int]:
    return [one.number for one in episodes]


@pytest.mark.parametrize(
    ("said", "expected", "offset", "shift"),
    [
        (range(26, 38), 12, None, 25),
        (range(26, 38), 12, 25, 25),
        (range(2, 14), 12, None, 1),
        (range(26, 31), 12, 25, 25),
        (range(1, 38), 12, 25, 25),
        (range(26, 31), 12, None, 0),
        (range(1, 38), 12, None, 0),
        (range(1, 14), 12, None, 0),
        ([26, 28, 40], 12, None, 0),
    ],
)
def test_a_list_is_ahead_by_what_count_and_numbering_show(
    said: Any, expected: int, offset: int | None, shift: int
) -> None:
    assert count_shift(list(said), expected, offset) == shift


def test_a_season_that_is_counted_on_is_brought_to_its_own_numbers() -> None:
    found = align({JIKAN: season(range(1, 13)), KITSU: season(range(26, 38))}, expected=12, offset=None)
    assert numbers(found.said[KITSU]) == list(range(1, 13))
    assert [one.absolute_number for one in found.said[KITSU]] == list(range(26, 38))
    assert found.findings == [
        "Kitsu numbers the episodes 26 to 37 of a season of 12: 25 are taken off",
    ]


def test_rows_of_earlier_seasons_are_left_out_where_their_number_is_known() -> None:
    found = align({KITSU: season(range(1, 38), begins=None)}, expected=12, offset=25)
    assert [one.title for one in found.said[KITSU]] == [f"No. {number}" for number in range(26, 38)]
    assert "25 rows of earlier seasons are left out" in found.findings[0]


@pytest.mark.parametrize(
    ("other", "expected", "shift"),
    [
        (season(range(26, 37)), 12, 25),  # the last one is not there yet
        ([one for one in season(range(26, 38)) if one.number != 30], 12, 25),
        (season(range(1, 25), begins=FIRST - WEEK * 12), 12, 12),  # both seasons in one list
        (season(range(26, 31)), None, 25),  # nobody knows how many there will be
    ],
)
def test_days_show_how_far_a_list_of_another_counting_is_ahead(
    other: list[Episode], expected: int | None, shift: int
) -> None:
    own = season(range(1, 13))
    found = align({JIKAN: own, KITSU: other}, expected=expected, offset=None)
    days = {one.number: one.aired for one in own}
    assert all(one.aired == days[one.number] for one in found.said[KITSU])
    assert f"{shift} are taken off" in found.findings[0]


def test_a_list_of_other_days_is_not_moved_by_them() -> None:
    other = season(range(26, 37), begins=FIRST + WEEK * 60)
    found = align({JIKAN: season(range(1, 13)), KITSU: other}, expected=12, offset=None)
    assert found.said[KITSU] == []
    assert "of another season" in found.findings[0]


def test_a_list_that_is_another_season_s_is_left_out_and_told() -> None:
    special = Episode(number=1, kind="Special", title="Extra")
    found = align({ANIDB: [*season(range(30, 35)), special]}, expected=12, offset=None)
    assert found.said[ANIDB] == [special]
    [finding] = found.findings
    assert finding.startswith("AniDB numbers the episodes 30 to 34 of a season of 12, which are of another")


def test_a_prologue_that_is_counted_as_the_first_episode_shifts_no_days() -> None:
    prologue = season(range(1, 14), begins=FIRST - WEEK)
    found = align({JIKAN: season(range(1, 13)), KITSU: prologue}, expected=12, offset=None)
    assert numbers(found.said[KITSU]) == list(range(13))
    assert {one.number: one.aired for one in found.said[KITSU]}[1] == FIRST
    assert "Kitsu counts 1 more than Jikan" in found.findings[0]


def test_a_list_that_begins_with_0_is_shifted_the_other_way() -> None:
    found = align({JIKAN: season(range(1, 13)), KITSU: season(range(12))}, expected=12, offset=None)
    assert numbers(found.said[KITSU]) == list(range(1, 13))


def test_the_list_of_the_expected_length_is_right() -> None:
    shorter, longer = season(range(1, 13), begins=FIRST + WEEK), season(range(1, 14))
    found = align({JIKAN: shorter, KITSU: longer}, expected=13, offset=None)
    assert (numbers(found.said[JIKAN]), found.said[KITSU]) == (list(range(2, 14)), longer)


def test_times_and_days_agree_across_midnight() -> None:
    late = [
        one.model_copy(update={"aired": datetime(2024, 4, 5, 16, tzinfo=UTC) + WEEK * place})
        for place, one in enumerate(season(range(1, 13)))
    ]
    found = align({ANILIST: late, KITSU: season(range(1, 14), begins=FIRST - WEEK)}, expected=12, offset=None)
    assert numbers(found.said[KITSU])[0] == 0


@pytest.mark.parametrize(
    "other",
    [
        season(range(1, 13), begins=FIRST + WEEK),  # a delay that one of them has not heard of
        season(range(1, 14)),  # an extra at the end
        season(range(1, 3), begins=FIRST - WEEK),  # too few to tell
        season(range(1, 14), begins=None),
    ],
)
def test_nothing_is_shifted_where_days_do_not_show_it(other: list[Episode]) -> None:
    said = {JIKAN: season(range(1, 13)), KITSU: other}
    found = align(said, expected=12, offset=None)
    assert (found.said, found.findings) == (said, [])


def test_a_skipped_week_is_no_shift() -> None:
    first = {number: FIRST + WEEK * number for number in range(12)}
    skipped = {number: day + (WEEK if number > 5 else timedelta()) for number, day in first.items()}
    assert day_shift(skipped, first) == 0


def test_pages_of_all_seasons_name_this_one_s_episodes_where_the_earlier_ones_are_counted() -> None:
    days = [one.model_copy(update={"title": None}) for one in season(range(1, 13))]
    pages = season(range(13, 38), begins=None)
    known = align({ANILIST: [*days, *pages]}, expected=12, offset=25)
    assert [(one.number, one.title) for one in known.said[ANILIST]] == [
        (number, f"No. {number + 25}") for number in range(1, 13)
    ]
    unknown = align({ANILIST: [*days, *pages]}, expected=12, offset=None)
    assert unknown.said[ANILIST] == days
    assert "25 without a day, behind its last, are left out" in unknown.findings[0]


@pytest.mark.parametrize("held", [range(3, 4), range(26, 38), range(1, 13)])
def test_a_list_carried_over_stays_whatever_the_count_is_now(held: range) -> None:
    said = {JIKAN: season(range(1, 3)), KITSU: season(held)}
    found = align(said, expected=2, offset=None, carried=[KITSU])
    assert numbers(found.said[KITSU]) == list(held)
    assert found.findings == []


def test_days_do_not_move_a_list_carried_over_but_move_others_to_it() -> None:
    said = {JIKAN: season(range(1, 13)), KITSU: season(range(2, 14))}
    assert numbers(align(said, expected=12, offset=None, carried=[KITSU]).said[KITSU]) == list(range(2, 14))
    moved = align(said, expected=13, offset=None, carried=[JIKAN]).said
    assert numbers(moved[JIKAN]) == list(range(1, 13))
