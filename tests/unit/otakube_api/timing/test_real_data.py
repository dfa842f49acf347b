# SPDX-License-Identifier: Apache-2.0
"""Real broadcasts, as others recorded them; the figures stand in docs/schedules.md."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from otakube_api.timing.recurrence import weekly
from otakube_api.timing.shift import TimeDifference, agreement, difference, weeks_between
from recordings import RECORDINGS

TOKYO = ZoneInfo("Asia/Tokyo")
LATE = 6  # hours; a broadcaster's day lasts until then
MOMENT = timedelta(seconds=1)


def read(pattern: str) -> list[Any]:
    """The JSON files that match, in the order of their names."""
    files = sorted(RECORDINGS.glob(pattern))
    if not files:
        pytest.skip(f"{RECORDINGS} has no {pattern}")
    return [json.loads(each.read_text()) for each in files]


def airing_times() -> list[dict[int, dict[int, datetime]]]:
    """Two states of one calendar: anime -> episode -> time."""
    return [
        {
            anime["id"]: {
                node["episode"]: datetime.fromtimestamp(node["airingAt"], UTC)
                for node in anime["airingSchedule"]["nodes"]
            }
            for anime in state
        }
        for state in read("anischedule/*.json")
    ]


def recurrences() -> Iterator[tuple[str, datetime]]:
    """Premiere and first time of each weekly recurrence."""
    for month in read("bangumi-data/*/*.json"):
        for item in month:
            _, _, start = (item.get("broadcast") or "").partition("R/")
            if start.endswith("/P7D"):
                yield item.get("begin") or "", datetime.fromisoformat(start.removesuffix("/P7D"))


def test_a_slot_on_the_broadcasters_clock_gives_the_instants_of_the_recurrence() -> None:
    total, right, premieres = 0, 0, Counter[bool]()
    for begin, first in recurrences():
        local = first.astimezone(TOKYO)
        days = 1 if local.hour < LATE else 0
        clock = timedelta(days=days, hours=local.hour, minutes=local.minute, seconds=local.second)
        slot = weekly((local.weekday() - days) % 7, clock, TOKYO, first - MOMENT)
        total += 1
        right += [next(slot) for _ in range(60)] == [first + week * timedelta(weeks=1) for week in range(60)]
        if begin:
            premieres[datetime.fromisoformat(begin) == first] += 1
    assert (total, right) == (688, 688)
    assert premieres[False] <= 2


def test_every_moved_episode_is_a_shift_by_whole_weeks_and_no_other_is() -> None:
    before, after = airing_times()
    moves: Counter[int] = Counter()
    for anime in before.keys() & after.keys():
        for episode in before[anime].keys() & after[anime].keys():
            one, other = before[anime][episode], after[anime][episode]
            weeks = weeks_between(one, other)
            moves[weeks] += 1
            assert (one == other) is (weeks == 0)
            assert difference(one, other) is (TimeDifference.WEEKS if weeks else TimeDifference.NONE)
    assert moves == {0: 1391, 1: 22}


def test_two_states_of_one_calendar_agree_but_for_the_anime_that_were_moved() -> None:
    before, after = airing_times()
    found = [agreement(before[anime], after[anime]) for anime in before.keys() & after.keys()]
    told = Counter(each.reason for each in found if each is not None)
    assert set(told) == {TimeDifference.NONE, TimeDifference.WEEKS}
    assert {each.weeks for each in found if each is not None and each.reason is TimeDifference.WEEKS} == {1}


def test_late_episodes_fall_on_the_calendar_day_of_their_slot() -> None:
    late = 0
    for state in airing_times():
        for episodes in state.values():
            local = [at.astimezone(TOKYO) for at in episodes.values()]
            slots = Counter((at.weekday(), at.hour, at.minute) for at in local)
            if not slots or slots.most_common(1)[0][0][1] >= LATE:
                continue
            late += len(local)
            assert {at.weekday() for at in local} == {slots.most_common(1)[0][0][0]}
    assert late == 758


def test_an_air_time_and_the_time_from_which_it_can_be_watched_are_two_facts() -> None:
    seen: dict[str, tuple[datetime, datetime]] = {}
    for answer in read("crunchyroll-browse/*.json"):
        for panel in answer["data"]:
            told = panel["episode_metadata"]
            if told["audio_locale"] == "ja-JP" and told["episode_air_date"].endswith("+09:00"):
                aired = datetime.fromisoformat(told["episode_air_date"])
                seen.setdefault(panel["id"], (aired, datetime.fromisoformat(told["premium_available_date"])))
    waits = [watchable - aired for aired, watchable in seen.values()]
    within = [sum(timedelta() <= wait <= hours * timedelta(hours=1) for wait in waits) for hours in (1, 2)]
    assert (len(waits), within) == (88, [37, 65])
