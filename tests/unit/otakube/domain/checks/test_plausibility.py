# SPDX-License-Identifier: Apache-2.0
"""Upstreams that quietly die: titles that shrink or freeze, providers whose titles do."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

import pytest

from otakube.domain.checks.plausibility import (
    FEW_TITLES,
    OUTCOMES_KEPT,
    READINGS_KEPT,
    RECOVERED,
    Health,
    ProviderCondition,
    Reading,
    TitleOutcome,
    accepted,
    health,
    ignored,
    judge,
    outcome,
    worth_keeping,
)
from otakube_api.contract import Provider

NOW = datetime(2026, 5, 17, 6, tzinfo=UTC)


def reading(
    days: float = 0, episodes: int | None = 26, *, characters: int | None = 40, words: str | None = None
) -> Reading:
    return Reading(
        at=NOW + timedelta(days=days),
        counts={"fields": 14, "episodes": episodes, "characters": characters},
        digest=sha256(words.encode()).hexdigest() if words else None,
    )


def history(*readings: Reading) -> list[Reading]:
    """As the step keeps them: each judged by those before it."""
    kept: list[Reading] = []
    for one in readings:
        kept.append(accepted(kept, one))
    return kept


def test_the_first_answer_is_taken_as_it_is() -> None:
    assert judge([], reading(episodes=1)) is None


@pytest.mark.parametrize(
    ("episodes", "characters", "said"),
    [
        (26, 40, None),
        (27, 40, None),
        (13, 20, None),
        (12, 40, "its answer shrank: episodes 26 -> 12"),
        (1, 1, "its answer shrank: episodes 26 -> 1, characters 40 -> 1"),
        (0, 40, "its answer shrank: episodes 26 -> 0"),
        (None, 40, None),  # the part was not asked, or is reported as missing
    ],
)
def test_a_record_that_lost_more_than_half_is_implausible(
    episodes: int | None, characters: int, said: str | None
) -> None:
    assert judge(history(reading()), reading(1, episodes, characters=characters)) == said


def test_one_row_of_two_may_go() -> None:
    assert judge(history(reading(episodes=2)), reading(1, 1)) is None


def test_a_shrunk_answer_is_no_measure_for_the_next() -> None:
    known = history(reading(0), reading(1, 1))
    assert judge(known, reading(2, 1)) is not None
    assert judge(known, reading(2, 26)) is None


def test_what_an_episode_update_does_not_ask_for_is_measured_by_the_answer_before() -> None:
    known = history(reading(0, words="a"), reading(1, characters=None))
    assert judge(known, reading(2, characters=1)) == "its answer shrank: characters 40 -> 1"
    assert judge(known, reading(2, 1, characters=None)) == "its answer shrank: episodes 26 -> 1"
    between = history(reading(0, words="a"), reading(1, words="a"), reading(5, characters=None))
    assert "have not moved" in str(judge(between, reading(8, words="a")))


def test_a_list_that_stays_short_for_weeks_is_short() -> None:
    known = history(reading(0), reading(1, 5), reading(8, 5))
    assert judge(known, reading(14, 5)) is not None
    assert judge(known, reading(15, 5)) is None
    assert judge([*known, accepted(known, reading(15, 5))], reading(16, 5)) is None


def test_a_list_that_goes_on_shrinking_is_never_accepted() -> None:
    known = history(reading(0, 100), reading(1, 40), reading(8, 15))
    assert judge(known, reading(20, 4)) is not None


@pytest.mark.parametrize(
    ("days", "words", "frozen"),
    [
        ((0, 1), ("a", "a"), False),
        ((0, 1, 6), ("a", "a", "a"), False),
        ((0, 1, 7), ("a", "a", "a"), True),
        ((0, 7), ("a", "a"), False),
        ((0, 3, 7), ("a", "b", "b"), False),
        ((0, 3, 12, 20), ("a", "b", "b", "b"), True),
        ((0, 1, 7), (None, None, None), False),  # nothing of it must move
    ],
)
def test_statistics_that_must_move_and_do_not_are_frozen(
    days: tuple[int, ...], words: tuple[str | None, ...], frozen: bool
) -> None:
    *before, last = (reading(day, words=word) for day, word in zip(days, words, strict=True))
    problem = judge(history(*before), last)
    assert (problem is not None) is frozen
    if problem:
        assert problem.startswith("its statistics have not moved since 2026-05-")


def test_the_first_reading_says_nothing_of_the_provider() -> None:
    assert outcome("1", [], reading()) is None


def test_a_reading_is_evidence_by_what_became_of_it() -> None:
    known = history(reading(0, words="a"), reading(1, words="a"))
    assert outcome("1", known, reading(2, 3, words="b")) == TitleOutcome(
        title="1", at=NOW + timedelta(days=2), lost=True, frozen=False
    )
    assert outcome("1", known, reading(2, words="a")) == TitleOutcome(
        title="1", at=NOW + timedelta(days=2), lost=False
    )
    still = outcome("1", known, reading(9, words="a"))
    assert still is not None
    assert still.frozen is True


def outcomes(
    lost: Iterable[bool], *, days: float = 0, frozen: Iterable[bool | None] | None = None
) -> list[TitleOutcome]:
    lost = list(lost)
    moved = list(frozen) if frozen is not None else [None] * len(lost)
    return [
        TitleOutcome(title=str(n), at=NOW + timedelta(days=days, seconds=n), lost=one, frozen=still)
        for n, (one, still) in enumerate(zip(lost, moved, strict=True))
    ]


LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("lost", "state"),
    [
        ([True] * (FEW_TITLES - 1), ProviderCondition.SOUND),
        ([True] * FEW_TITLES, ProviderCondition.SHRINKING),
        ([False] * 8 + [True] * 4, ProviderCondition.SOUND),
        ([False] * 7 + [True] * 4, ProviderCondition.SHRINKING),
        ([True] * 9 + [False] * RECOVERED, ProviderCondition.SOUND),
    ],
)
def test_many_titles_that_shrink_at_once_are_their_providers_doing(
    lost: list[bool], state: ProviderCondition
) -> None:
    assert health(outcomes(lost), LATER).state is state


@pytest.mark.parametrize(
    ("frozen", "state"),
    [
        ([True, True], ProviderCondition.SOUND),
        ([True, True, True], ProviderCondition.FROZEN),
        ([True, False, False, True], ProviderCondition.SOUND),
        ([None] * 50 + [True, True, True], ProviderCondition.FROZEN),
        ([True] * 9 + [False] * 3, ProviderCondition.SOUND),
    ],
)
def test_many_titles_on_air_that_stand_still_are_too(
    frozen: list[bool | None], state: ProviderCondition
) -> None:
    assert health(outcomes([False] * len(frozen), frozen=frozen), LATER).state is state


def test_a_title_counts_once_by_its_latest_outcome() -> None:
    assert health(outcomes([True] * 6) + outcomes([False] * 6, days=1), LATER + timedelta(days=1)) == Health()


def test_recovery_shows_in_the_titles_that_were_asked_last() -> None:
    again = outcomes([False] * RECOVERED, days=1)
    assert health(outcomes([True] * 10) + again, LATER + timedelta(days=1)) == Health()


def test_evidence_grows_old() -> None:
    assert health(outcomes([True] * 20), NOW + timedelta(days=15)) == Health()


def test_a_record_is_ignored_for_its_own_sake_or_for_its_providers() -> None:
    shrinking = Health(state=ProviderCondition.SHRINKING, evidence="9 of 12 titles shrank")
    assert ignored(Provider.JIKAN, None, Health()) is None
    assert "its answer shrank" in str(
        ignored(Provider.JIKAN, "its answer shrank: episodes 26 -> 1", Health())
    )
    assert str(ignored(Provider.JIKAN, None, shrinking)).startswith("9 of 12 titles shrank; Jikan is ignored")


# A peer committed a provider's answers daily, and went on while they died: rows by day, and whether the bytes
# were those of the day before (shared knowledge of the project; figures alone).
REPLAY = [
    ("2026-05-17", 3204, False, ProviderCondition.SOUND),
    ("2026-07-12", 1019, False, ProviderCondition.SHRINKING),
    ("2026-07-18", 123, False, ProviderCondition.SHRINKING),
    ("2026-07-25", 75, False, ProviderCondition.SHRINKING),
    ("2026-08-01", 75, True, ProviderCondition.SHRINKING),
    ("2026-08-11", 75, True, ProviderCondition.SHRINKING),
    ("2026-08-12", 25, False, ProviderCondition.SHRINKING),
    ("2026-08-22", 25, True, ProviderCondition.SHRINKING),
    ("2026-08-30", 3204, False, ProviderCondition.SOUND),
]
TITLES = 3204


def test_the_provider_that_died_in_the_summer_of_2026_is_caught_and_taken_back_when_it_recovers() -> None:
    kept: list[TitleOutcome] = []
    for day, rows, identical, expected in REPLAY:
        at = datetime.fromisoformat(f"{day}T06:00:00+00:00")
        titles = list(range(TITLES))
        Random(0).shuffle(titles)  # asked in any order
        asked = [
            TitleOutcome(
                title=str(title),
                at=at + timedelta(seconds=n),
                lost=title >= rows,
                frozen=True if identical and title < rows else None,
            )
            for n, title in enumerate(titles)
        ]
        kept = [*kept, *asked][-OUTCOMES_KEPT:]
        found = health(kept, at + timedelta(hours=2))
        assert found.state is expected, (day, rows, found)


def test_its_seventy_five_identical_rows_are_caught_by_themselves() -> None:
    """Whoever asks only for the rows that are left sees no shrinking, but nothing moves either."""
    readings: dict[int, list[Reading]] = {title: [] for title in range(75)}
    kept: list[TitleOutcome] = []
    states = []
    for day in range(18):  # 25 July to 11 August
        for title, known in readings.items():
            now = reading(day, words=f"{title}")
            evidence = outcome(str(title), known, now)
            kept = [*kept, *([evidence] if evidence else [])][-OUTCOMES_KEPT:]
            known.append(accepted(known, now))
        states.append(health(kept, NOW + timedelta(days=day, hours=1)).state)
    assert states == [ProviderCondition.SOUND] * 7 + [ProviderCondition.FROZEN] * 11


def problems_by_day(readings: Iterable[Reading]) -> dict[float, str | None]:
    """Last verdict of each day, when what is worth it is kept, and no more than that."""
    kept: list[Reading] = []
    found: dict[float, str | None] = {}
    for one in readings:
        found[(one.at - NOW).days] = judge(kept, one)
        judged = accepted(kept, one)
        kept = [*kept, judged][-READINGS_KEPT:] if worth_keeping(kept, judged) else kept
    return found


def test_a_title_that_is_asked_every_hour_is_doubted_for_as_long_as_any_other() -> None:
    whole = [reading(hour / 24) for hour in range(24)]
    short = [reading(1 + hour / 24, episodes=4) for hour in range(24 * 20)]
    found = problems_by_day([*whole, *short])
    assert found[0] is None
    assert all(found[day] for day in range(1, 15))
    assert not any(found[day] for day in range(16, 21))


def test_a_title_that_is_asked_every_hour_is_seen_to_stand_still() -> None:
    moving = [reading(hour / 24, words=str(hour)) for hour in range(24)]
    still = [reading(1 + hour / 24, words="still") for hour in range(24 * 12)]
    found = problems_by_day([*moving, *still])
    assert not any(found[day] for day in range(7))
    assert all("have not moved" in (found[day] or "") for day in range(9, 12))
