# SPDX-License-Identifier: Apache-2.0
"""Brings the episode numbers of all providers to the season's own, before their rows are merged.

One provider goes on counting where the season before ended, another counts a prologue as the first episode.
A row under a wrong number puts a name and a day on another episode, so a list is shifted only where count,
numbering or days show by how much; one that fits nowhere is left out, and a reviewer is told of both.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from otakube.domain.merge.broadcast import JST
from otakube.domain.merge.policies import EPISODE_ORDER
from otakube.domain.record.claims import Episode
from otakube.domain.record.golden import ABSOLUTE_LIMIT
from otakube_api.contract import Provider

_ONE_DAY = timedelta(days=1)  # two clocks differ by it
_FEW = 3  # days that agree; fewer are chance
_MOST = 0.8  # of the days compared
_SHIFTS = (1, 2, -1)  # a prologue, one of two parts, or a list that begins with 0


class Aligned(NamedTuple):
    """Claims under the season's own numbers, and what a reviewer must know of it."""

    said: dict[Provider, Sequence[Episode]]
    findings: list[str]


def align(
    said: Mapping[Provider, Sequence[Episode]],
    *,
    expected: int | None,
    offset: int | None,
    carried: Collection[Provider] = (),
) -> Aligned:
    """All lists by count and numbering, then by days: `expected` episodes follow the `offset` before them.

    Lists `carried` over from the live version have the season's own numbers: others are compared with them,
    and they stay as they are, whatever the count is now.
    """
    findings: list[str] = []
    season = _season_days(said, expected)
    counted = {
        provider: episodes
        if provider in carried
        else _by_count(_Listed(provider, episodes, season), expected, offset, findings.append)
        for provider, episodes in said.items()
    }
    return Aligned(_by_days(counted, expected, carried, findings.append), findings)


class _Listed(NamedTuple):
    """One provider's list, beside the days of the season's own numbers as others know them."""

    provider: Provider
    episodes: Sequence[Episode]
    season: Mapping[date, int]


def _season_days(said: Mapping[Provider, Sequence[Episode]], expected: int | None) -> dict[date, int]:
    """Numbers by day, of the lists that begin with the season; the most trusted one's of each day."""
    found: dict[date, int] = {}
    for provider in EPISODE_ORDER:
        own = days_of(said.get(provider, ()))
        if len(own) >= _FEW and min(own) <= 1 and (not expected or max(own) <= expected):
            for number, day in own.items():
                found.setdefault(day, number)
    return found


def _by_count(
    listed: _Listed, expected: int | None, offset: int | None, tell: Callable[[str], None]
) -> Sequence[Episode]:
    provider, episodes, season = listed
    numbers = sorted({one.number for one in episodes if one.kind == "Regular"})
    last = expected or max(season.values(), default=0)
    if not last or not numbers or numbers[-1] <= last or (not expected and numbers[0] <= last):
        return episodes
    shift = count_shift(numbers, last, offset) if expected else 0
    shift = shift or far_shift(days_of(episodes), season)
    span = f"{provider} numbers the episodes {numbers[0]} to {numbers[-1]} of a season of {last}"
    if not expected and not shift:
        return _continued(episodes, last, span, tell)
    if shift:
        own = _own_rows(episodes, last)
        others = sum(one.kind == "Regular" and one.number <= shift for one in episodes if one not in own)
        left = f", and {others} rows of earlier seasons are left out" if others else ""
        tell(f"{span}: {shift} are taken off{left}")
        moved = (one if one in own else _shifted(one, shift, absolute=True) for one in episodes)
        return _joined(one for one in moved if one is not None)
    if numbers[0] > last:
        tell(f"{span}, which are of another season: they are left out")
        return [one for one in episodes if one.kind != "Regular"]
    nameless = [one for one in episodes if one.kind == "Regular" and one.number > last and not one.aired]
    if len(nameless) > 1:
        tell(f"{span}: {len(nameless)} without a day, behind its last, are left out")
        return [one for one in episodes if one not in nameless]
    return episodes  # the gate Consistency names those that do not fit


def _continued(
    episodes: Sequence[Episode], last: int, span: str, tell: Callable[[str], None]
) -> Sequence[Episode]:
    """Rows that may go on where others end; not those without a day that leave a gap."""
    regular = [one for one in episodes if one.kind == "Regular"]
    if min(one.number for one in regular) <= last + 1 or any(one.aired for one in regular):
        return episodes
    tell(f"{span} so far, which seem to be of another season: they are left out")
    return [one for one in episodes if one.kind != "Regular"]


def _own_rows(episodes: Sequence[Episode], expected: int) -> list[Episode]:
    """Rows that have the season's own numbers already: they alone have days, and the others only names."""
    within = [one for one in episodes if one.kind == "Regular" and one.number <= expected and one.aired]
    beyond = [one for one in episodes if one.kind == "Regular" and one.number > expected]
    return [] if any(one.aired for one in beyond) else within


def count_shift(numbers: Sequence[int], expected: int, offset: int | None) -> int:
    """By how much sorted numbers are ahead of a season's own; 0 where nothing shows it."""
    first, last = numbers[0], numbers[-1]
    if offset and last == offset + expected:
        return offset
    if offset and first > offset and last < offset + expected:
        return offset
    whole = last - first + 1 == len(numbers) == expected
    return first - 1 if whole and first > 1 else 0


def far_shift(own: Mapping[int, date], season: Mapping[date, int]) -> int:
    """By how much a list is ahead, as its days show among the season's; 0 if few do, or they differ.

    One or two may be a prologue, which `day_shift` tells.
    """
    ahead = Counter(number - season[day] for number, day in own.items() if day in season)
    shift, agreed = max(ahead.items(), key=lambda found: found[1], default=(0, 0))
    return shift if shift > max(_SHIFTS) and agreed >= _FEW and agreed >= _MOST * ahead.total() else 0


def _joined(episodes: Iterable[Episode]) -> list[Episode]:
    """Rows that came to one number as one: the first says what it can, the others the rest."""
    found: dict[tuple[str, int], Episode] = {}
    for one in episodes:
        known = found.get((one.kind, one.number))
        said = known.model_dump(exclude_none=True, exclude_defaults=True) if known else {}
        found[one.kind, one.number] = one.model_copy(update=said)
    return list(found.values())


def _by_days(
    said: dict[Provider, Sequence[Episode]],
    expected: int | None,
    carried: Collection[Provider],
    tell: Callable[[str], None],
) -> dict[Provider, Sequence[Episode]]:
    days = {provider: days_of(episodes) for provider, episodes in said.items()}
    reference = _reference(days, expected)
    if reference is None:
        return said
    aligned = dict(said)
    for provider, own in days.items():
        shift = 0 if provider in carried else day_shift(own, days[reference], expected)
        if shift:
            more = f"{abs(shift)} {'more' if shift > 0 else 'less'}"
            tell(f"{provider} counts {more} than {reference}, as the days show: its numbers are moved")
            moved = (_shifted(one, shift, absolute=False) for one in said[provider])
            aligned[provider] = [one for one in moved if one is not None]
    return aligned


def days_of(episodes: Sequence[Episode]) -> dict[int, date]:
    """Days in Japan of the regular episodes, by number; the first row of a number counts."""
    found: dict[int, date] = {}
    for one in episodes:
        if one.kind == "Regular" and one.aired is not None:
            aired = one.aired
            found.setdefault(
                one.number, aired.astimezone(JST).date() if isinstance(aired, datetime) else aired
            )
    return found


def _reference(days: Mapping[Provider, Mapping[int, date]], expected: int | None) -> Provider | None:
    """The list to compare others with: of the expected length, or else of most, and the most trusted."""
    lengths = Counter(max(own) for own in days.values() if len(own) >= _FEW)
    if len(lengths) < 2:
        return None
    most = expected if expected in lengths else min(lengths, key=lambda length: (-lengths[length], length))
    known = [one for one in EPISODE_ORDER if len(days.get(one, ())) >= _FEW and max(days[one]) == most]
    return known[0] if known else None


def day_shift(own: Mapping[int, date], reference: Mapping[int, date], expected: int | None = None) -> int:
    """By how much a list counts more than the reference: only if the days say so, and both end together.

    One that names days to come ends with the `expected` episodes.
    """
    ends = (max(reference, default=0), expected)
    if len(own) < _FEW or _agreement(own, reference, 0) > 1 - _MOST:
        return 0
    return next(
        (
            shift
            for shift in _SHIFTS
            if max(own) - shift in ends and _agreement(own, reference, shift) >= _MOST
        ),
        0,
    )


def _agreement(own: Mapping[int, date], reference: Mapping[int, date], shift: int) -> float:
    """Share of episodes whose days are the same when one list is shifted; 0 if there are few."""
    pairs = [(day, reference[number - shift]) for number, day in own.items() if number - shift in reference]
    same = sum(abs(one - other) <= _ONE_DAY for one, other in pairs)
    return same / len(pairs) if len(pairs) >= _FEW else 0.0


def _shifted(one: Episode, shift: int, *, absolute: bool) -> Episode | None:
    """The row under its season's number; None for one of a season before."""
    if one.kind != "Regular":
        return one
    number = one.number - shift
    if number < 0 or (absolute and number < 1):
        return None
    known = one.absolute_number if one.absolute_number is not None or not absolute else one.number
    if known is not None and known > ABSOLUTE_LIMIT:
        known = None
    return one.model_copy(update={"number": number, "absolute_number": known})
