# SPDX-License-Identifier: Apache-2.0
"""Dates and slots that MyAnimeList and bangumi-data really name; the figures stand in docs/schedules.md."""

import json
from collections import Counter
from datetime import date, datetime, timedelta

from otakube.domain.merge.broadcast import JST, airing_time, broadcast_slot
from recordings import RECORDINGS, bodies, needs_recordings

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
LATE = "06:00"


@needs_recordings
def test_premieres_in_late_slots_are_dated_by_the_slots_own_weekday() -> None:
    late = {}
    for file in sorted((RECORDINGS / "jikan-v4").glob("*.yaml")):
        for body in bodies(file):
            data = body.get("data") or []
            for anime in data if isinstance(data, list) else [data]:
                slot, aired = anime.get("broadcast") or {}, anime.get("aired")
                start = aired.get("from") if isinstance(aired, dict) else None
                if start and slot.get("day") in DAYS and (slot.get("time") or LATE) < LATE:
                    late[anime["mal_id"]] = (date.fromisoformat(start[:10]), slot)
    apart = [
        broadcast_slot(DAYS.index(slot["day"]) + 1, slot["time"]).weekday - day.isoweekday()
        for day, slot in late.values()
    ]
    assert (len(apart), set(apart)) == (34, {0})


def last_episodes() -> list[tuple[datetime, datetime]]:
    """First and last broadcast in each late weekly slot, in Japan's time.

    An end that falls on the slot's own time is the last broadcast's begin, any other its end.
    """
    found = []
    for file in sorted((RECORDINGS / "bangumi-data").glob("*/*.json")):
        for item in json.loads(file.read_text()):
            _, _, weekly = (item.get("broadcast") or "").partition("R/")
            if not weekly.endswith("/P7D") or not item.get("end"):
                continue
            first, end = (datetime.fromisoformat(text).astimezone(JST) for text in (weekly[:-4], item["end"]))
            begin = (end - first) % timedelta(weeks=1) == timedelta()
            if f"{first:%H:%M}" < LATE:
                found.append((first, end if begin else end - timedelta(minutes=30)))
    return found


@needs_recordings
def test_a_last_episode_on_another_weekday_than_its_slot_was_on_that_day_at_another_time() -> None:
    apart: Counter[int] = Counter()
    timed: Counter[tuple[int, bool]] = Counter()
    for first, last in last_episodes():
        found = airing_time(last.date(), broadcast_slot(first.isoweekday(), f"{first:%H:%M}"))
        behind = (last.isoweekday() - first.isoweekday()) % 7
        apart[behind] += 1
        assert (found.astimezone(JST).date() if isinstance(found, datetime) else found) == last.date()
        if isinstance(found, datetime):
            timed[behind, abs(found - last) <= timedelta(hours=1)] += 1
    assert apart == {0: 304, 6: 14, 1: 7, 2: 6, 3: 4, 4: 2, 5: 5}
    assert timed == {(0, True): 300, (0, False): 4, (1, True): 5, (1, False): 2}
