# SPDX-License-Identifier: Apache-2.0
"""Airing times of episodes, from the premiere and the week's timetable; nothing is made up. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import chain

from otakube.adapters.http.parsing import refuse, word
from otakube.adapters.http.rows import converted
from otakube.adapters.providers.animeschedule.answers import AnimeScheduleAnime, TimetableRow
from otakube.adapters.providers.animeschedule.times import instant, only_a_day
from otakube.domain.record.claims import Episode

_DELAYED: dict[str | None, bool] = {
    "aired": False,
    "airing": False,
    "unaired": False,
    "tba": False,
    "delayed-air": True,
    "delayed": True,
    "skipped": True,
    "": False,
    None: False,
}
_MOST_AT_ONCE = 100  # episodes in one slot


def episodes(said: AnimeScheduleAnime, rows: Sequence[TimetableRow]) -> list[Episode]:
    """By number; of several slots of one episode the last one counts: a stalled one is listed every week."""
    found = {}
    premiere = instant("premier", said.premier)
    if premiere is not None:
        day = only_a_day(premiere)
        found[1] = Episode(
            number=1, aired=premiere.date() if day else premiere, duration_seconds=seconds(said.lengthMin)
        )
    slots = sorted(rows, key=lambda one: one.episodeDate)
    for one in chain.from_iterable(converted(slots, lambda row: slot(row, said.lengthMin))):
        found[one.number] = one
    return [found[number] for number in sorted(found)]


def slot(row: TimetableRow, minutes: int | None) -> list[Episode]:
    """The episodes of a slot; `minutes` is the usual length of one."""
    length = seconds(row.lengthMin or minutes)
    return [Episode(number=one, aired=airs(row), duration_seconds=length) for one in numbers(row)]


def numbers(row: TimetableRow) -> range:
    """The episodes of a slot: several may air together."""
    first = row.subtractedEpisodeNumber or row.episodeNumber
    if not 0 <= row.episodeNumber - first < _MOST_AT_ONCE:
        refuse("timetable.episodeNumber", row.episodeNumber, f"{first} or little more")
    return range(first, row.episodeNumber + 1)


def airs(row: TimetableRow) -> datetime | date | None:
    """Airing time of a slot; one that is put off airs at its hour on the day it resumes. None: unknown.

    Every row of a delayed series says that it is delayed; those before the delay began aired on time.
    """
    slot = instant("timetable.episodeDate", row.episodeDate)
    delayed_from = instant("timetable.delayedFrom", row.delayedFrom)
    put_off = word("timetable.airingStatus", row.airingStatus, _DELAYED)
    if slot is None or not put_off or (delayed_from is not None and slot < delayed_from):
        return slot
    until = instant("timetable.delayedUntil", row.delayedUntil)
    if until is None or until <= slot:
        return None
    return datetime.combine(until.date(), slot.time(), UTC)


def seconds(minutes: int | None) -> int | None:
    """Length; 0 minutes mean unknown."""
    return minutes * 60 if minutes else None
