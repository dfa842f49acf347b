# SPDX-License-Identifier: Apache-2.0
"""Dates and slots that MyAnimeList really names; the figures stand in docs/schedules.md."""

from datetime import date

from otakube.domain.merge.broadcast import broadcast_slot
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
