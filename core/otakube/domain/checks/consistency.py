# SPDX-License-Identifier: Apache-2.0
"""The consistency gate: fields of one record that cannot all be true."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from otakube.domain.merge.broadcast import JST
from otakube.domain.record.dates import entry_span
from otakube.domain.record.golden import AnimeStatus, EpisodeDetailEntry, GateFinding, GoldenRecord, Quarter
from otakube_api.contract import AnimeType, Gate

# Previews run a week early, last episodes are delayed; two clocks differ by a day.
AIRED_SLACK = timedelta(days=7)
ORDER_SLACK = timedelta(days=1)
# A season's series begin from the last weeks of the quarter before.
SEASON_EARLY, SEASON_LATE = timedelta(days=31), timedelta(days=14)
FIRST_MONTH = {Quarter.WINTER: 1, Quarter.SPRING: 4, Quarter.SUMMER: 7, Quarter.FALL: 10}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PREMIERE = 3  # a first episode may run on a day of its own; one of three follows the slot
LENGTHS: dict[
    AnimeType, tuple[int, int]
] = {  # seconds of one part; beyond them the type or the unit is wrong
    AnimeType.TV: (30, 2 * 3600),
    AnimeType.MOVIE: (30, 5 * 3600),  # some call a minute of film one
    AnimeType.OVA: (60, 4 * 3600),
    AnimeType.ONA: (15, 4 * 3600),
    AnimeType.SPECIAL: (15, 5 * 3600),
    AnimeType.MUSIC: (15, 3 * 3600),
}


def consistency_findings(record: GoldenRecord, today: date) -> list[GateFinding]:
    """Findings about fields that contradict each other."""
    found = (message for check in CHECKS for message in check(record, today))
    return [GateFinding(gate=Gate.CONSISTENCY, message=message) for message in found]


def dates_crossed(record: GoldenRecord, _: date) -> Iterator[str]:
    """It ends after it begins."""
    start, end = entry_span(record.entry, "aired_from"), entry_span(record.entry, "aired_to")
    if start and end and end.last < start.first:
        yield f"it ends on {end}, before it begins on {start}"


def too_many_episodes(record: GoldenRecord, _: date) -> Iterator[str]:
    """No more episodes than the anime has."""
    expected, highest = record.entry.episode_count, max((one.number for one in _regular(record)), default=0)
    if expected and highest > expected:
        yield f"episode {highest} is listed, but the anime has {expected}"


def aired_out_of_order(record: GoldenRecord, _: date) -> Iterator[str]:
    """A later episode is not broadcast before an earlier one."""
    dated = [(one.number, day) for one in _regular(record) if (day := day_of(one))]
    wrong = [(a, b) for a, b in pairwise(sorted(dated)) if b[1] < a[1] - ORDER_SLACK]
    if wrong:
        (before, first), (after, second) = wrong[0]
        more = f"; {len(wrong) - 1} more such" if len(wrong) > 1 else ""
        yield f"episode {after} airs on {second}, before episode {before} on {first}{more}"


def aired_outside(record: GoldenRecord, _: date) -> Iterator[str]:
    """Episodes are broadcast between the first and the last day; a film premieres at festivals."""
    start, end = entry_span(record.entry, "aired_from"), entry_span(record.entry, "aired_to")
    if record.entry.type is AnimeType.MOVIE:
        return
    for one in _regular(record):
        day = day_of(one)
        if day and start and day < start.first - AIRED_SLACK:
            yield f"episode {one.number} airs on {day}, before the anime begins on {start}"
            return
        if day and start and end and start.first <= end.last and day > end.last + AIRED_SLACK:
            yield f"episode {one.number} airs on {day}, after the anime ends on {end}"
            return


def another_season(record: GoldenRecord, _: date) -> Iterator[str]:
    """The season is that of the first broadcast."""
    season, start = record.entry.season, entry_span(record.entry, "aired_from")
    if season is None or start is None:
        return
    begins = date(season.year, FIRST_MONTH[season.quarter], 1)
    if start.last < begins - SEASON_EARLY or start.first >= begins + timedelta(days=92) + SEASON_LATE:
        yield f"the season is {season.quarter} {season.year}, but it begins on {start}"


def weekly_movie(record: GoldenRecord, _: date) -> Iterator[str]:
    """A movie has no weekly slot."""
    if record.entry.type is AnimeType.MOVIE and record.entry.broadcast:
        yield "it is a movie, but has a weekly slot"


def finished_in_the_future(record: GoldenRecord, today: date) -> Iterator[str]:
    """A finished anime has no episode to come."""
    if record.entry.status is not AnimeStatus.FINISHED:
        return
    last = max(((day, one.number) for one in record.episodes if (day := day_of(one))), default=None)
    if last and last[0] > today + ORDER_SLACK:
        yield f"it is finished, but episode {last[1]} airs on {last[0]}"


def rated_before_it_began(record: GoldenRecord, today: date) -> Iterator[str]:
    """Nobody has seen what has not begun; a preview is, shortly before."""
    entry = record.entry
    if entry.status is AnimeStatus.UPCOMING and entry.score is not None:
        yield f"it is upcoming, but has the score {entry.score}"
    start = entry_span(entry, "aired_from")
    if entry.status is AnimeStatus.UPCOMING and start and start.last < today - AIRED_SLACK:
        yield f"it is upcoming, but began on {start}"


def odd_length(record: GoldenRecord, _: date) -> Iterator[str]:
    """One part is as long as its type's parts are."""
    seconds = record.entry.duration_seconds
    shortest, longest = LENGTHS.get(record.entry.type, (0, 86_400))
    if seconds and not shortest <= seconds <= longest:
        yield f"one part of this {record.entry.type} has {seconds} seconds; {shortest} to {longest} are usual"


def counted_twice(record: GoldenRecord, _: date) -> Iterator[str]:
    """An absolute number is one episode's."""
    counted = Counter(one.absolute_number for one in _regular(record) if one.absolute_number)
    if twice := sorted(number for number, times in counted.items() if times > 1):
        yield f"absolute numbers are given twice: {', '.join(map(str, twice[:5]))}"


def another_weekday(record: GoldenRecord, _: date) -> Iterator[str]:
    """The first episodes run on the slot's weekday; late slots count for either of two days."""
    slot = record.entry.broadcast
    first = [day for one in _regular(record) if 0 < one.number <= PREMIERE and (day := day_of(one))]
    if slot is None or not first or any(_days_apart(day.isoweekday(), slot.weekday) <= 1 for day in first):
        return
    yield f"its slot is on {DAYS[slot.weekday - 1]}, but it begins on {DAYS[first[0].weekday()]}, {first[0]}"


def day_of(episode: EpisodeDetailEntry) -> date | None:
    """The day of broadcast in Japan."""
    if isinstance(episode.aired, datetime):
        return episode.aired.astimezone(JST).date()
    return episode.aired


def _days_apart(one: int, other: int) -> int:
    return min((one - other) % 7, (other - one) % 7)


def _regular(record: GoldenRecord) -> list[EpisodeDetailEntry]:
    return [one for one in record.episodes if one.kind == "Regular"]


CHECKS: tuple[Callable[[GoldenRecord, date], Iterator[str]], ...] = (
    dates_crossed,
    too_many_episodes,
    aired_out_of_order,
    aired_outside,
    another_season,
    weekly_movie,
    finished_in_the_future,
    rated_before_it_began,
    odd_length,
    counted_twice,
    another_weekday,
)
