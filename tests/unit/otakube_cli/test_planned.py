# SPDX-License-Identifier: Apache-2.0
"""The planner's schedule for an entry as a person reads it, and the sentence where there is none."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from golden import a_record, an_entry, an_episode, an_id
from otakube.domain.merge.broadcast import broadcast_slot
from otakube.domain.record.golden import AnimeStatus, GoldenRecord
from otakube.maintenance.planned_schedule import PlannerTerms
from otakube_cli.errors import ConsoleError
from otakube_cli.planned import plan_of
from otakube_cli.schedule_lookup import anime_keys, chosen

START = datetime(2026, 10, 9, 16, 30, tzinfo=UTC)  # Friday 25:30 in Japan
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
TERMS = PlannerTerms(now=START + 6 * WEEK + DAY, delay="90m", horizon=14 * DAY)
SLOT = broadcast_slot(5, "25:30")


def a_series(*aired: datetime, **fields: Any) -> GoldenRecord:
    usual: dict[str, Any] = {"status": AnimeStatus.ONGOING, "episode_count": 13, "broadcast": SLOT}
    episodes = [an_episode(number, aired=at) for number, at in enumerate(aired, 1)]
    return a_record(entry=an_entry(**(usual | fields)), episodes=episodes)


def facts(record: GoldenRecord) -> dict[str, object]:
    return dict(plan_of(record, TERMS).facts())


def test_a_slot_that_goes_on_after_known_times_says_so_and_how_they_agree() -> None:
    found = facts(a_series(*(START + number * WEEK for number in range(7))))
    assert found["slot"] == "Saturday 01:30 Asia/Tokyo"
    assert str(found["airings"]).startswith("episode 7 at 2026-11-2")
    assert found["agreement"] == "1.00: the times of 7 episodes against the slot (SameTime)"
    assert "the slot goes on after the last" in str(found["because"])


def test_times_that_differ_from_the_slot_lower_the_agreement_and_name_the_difference() -> None:
    moved = [START + number * WEEK for number in range(3)] + [START + 3 * WEEK + 2 * DAY]
    assert (
        facts(a_series(*moved))["agreement"] == "0.75: the times of 4 episodes against the slot (AnotherDay)"
    )


def test_known_times_up_to_the_last_need_no_slot_and_the_agreement_is_told_all_the_same() -> None:
    found = facts(a_series(*(START + number * WEEK for number in range(13))))
    assert found["slot"] == ""
    assert str(found["airings"]).startswith("7: episode 7 to 13, until 2027-01-0")
    assert found["agreement"] == "1.00: the times of 13 episodes against the slot (SameTime)"
    assert "breaks" in str(found["because"])


def test_a_slot_alone_gives_due_times_without_numbers() -> None:
    found = facts(a_series())
    assert (found["airings"], found["agreement"]) == ("", None)
    assert "no numbers" in str(found["because"])


@pytest.mark.parametrize(
    ("fields", "reason", "cure"),
    [
        ({"status": AnimeStatus.FINISHED}, "it is Finished", "EpisodeSchedule of your own"),
        ({"status": AnimeStatus.HIATUS}, "it is Hiatus", "EpisodeSchedule of your own"),
        ({"broadcast": None}, "no time of a coming episode is known", "otakube entry explain ani_"),
        (
            {"status": AnimeStatus.UPCOMING, "aired_from": date(2027, 1, 9)},
            "it premieres at 2027-01-08 16:30 UTC, beyond the horizon",
            "spec.airings",
        ),
    ],
)
def test_an_anime_without_schedule_is_told_with_its_id_the_reason_and_what_helps(
    fields: dict[str, Any], reason: str, cure: str
) -> None:
    with pytest.raises(ConsoleError) as told:
        plan_of(a_series(**fields), TERMS)
    assert f"Frozen Tide ({an_id('ani', 1)}): {reason}. " in str(told.value)
    assert cure in str(told.value)


def a_result(number: int, score: float, match: str = "title") -> dict[str, Any]:
    title = {"title": f"Frozen Tide {number}", "type": "TV", "year": 2024}
    return {"id": an_id("ani", number), "score": score, "match": match, **title}


def test_the_equal_title_is_chosen_before_those_that_are_near() -> None:
    assert chosen("Frozen Tide 2", [a_result(1, 0.9), a_result(2, 1.0)]) == an_id("ani", 2)
    assert chosen("Frozn Tide", [a_result(1, 0.8), a_result(3, 0.7, "meaning")]) == an_id("ani", 1)


@pytest.mark.parametrize("score", [0.9, 1.0])
def test_two_entries_of_one_title_are_named_by_id_and_none_is_guessed(score: float) -> None:
    with pytest.raises(ConsoleError) as told:
        chosen("Frozen Tide", [a_result(1, score), a_result(2, score)])
    assert an_id("ani", 1) in str(told.value)
    assert an_id("ani", 2) in str(told.value)
    assert told.value.code == 2


def test_a_title_of_nobody_is_told_with_what_helps_and_what_was_asked_before() -> None:
    with pytest.raises(ConsoleError, match=r"^the catalogue has no entry titled 'Tide': `otakube search`"):
        chosen("Tide", [a_result(1, 0.9, "meaning")])
    with pytest.raises(ConsoleError, match=r"^NotFound, and the catalogue has no entry titled"):
        chosen("tide", [], "NotFound")


@pytest.mark.parametrize(
    ("anime", "keys"), [({"id": "ani_1"}, {"ani_1"}), ({"sourceUrls": ["a", "b"]}, {"a", "b"})]
)
def test_a_schedule_names_its_anime_by_id_or_by_pages(anime: dict[str, Any], keys: set[str]) -> None:
    assert anime_keys({"spec": {"anime": anime}}) == keys
