# SPDX-License-Identifier: Apache-2.0
"""The completeness gate: what an anime's status, type and dates let expect, and the record lacks."""

from collections.abc import Callable
from datetime import date

from otakube.domain.record.dates import entry_span
from otakube.domain.record.golden import AnimeStatus, GateFinding, GoldenRecord
from otakube_api.contract import AnimeType, Gate

# Long-runners skip about a week in six for holidays and sport; providers list an episode days after it ran.
SKIPPED_SHARE = 0.25
LISTED_LATE = 1  # episodes
NOT_BEGUN = (AnimeStatus.UPCOMING, AnimeStatus.CANCELLED)
# Specials and music videos are often without any: their absence says nothing.
WITH_CHARACTERS = (AnimeType.TV, AnimeType.MOVIE, AnimeType.OVA, AnimeType.ONA)


def completeness_findings(record: GoldenRecord, today: date) -> list[GateFinding]:
    """Findings about missing parts; empty if the record has what its status lets expect."""
    found = (check(record, today) for check in CHECKS)
    return [GateFinding(gate=Gate.COMPLETENESS, message=message) for message in found if message]


def finished_lacks_episodes(record: GoldenRecord, _: date) -> str | None:
    """A finished anime lists all its episodes; one of a single part has no list of them."""
    entry, listed = record.entry, regular_episodes(record)
    if entry.status is not AnimeStatus.FINISHED or entry.episode_count == 1:
        return None
    if entry.episode_count:
        missing = listed < entry.episode_count
        return f"{listed} of {entry.episode_count} episodes are listed" if missing else None
    return "it is finished, but no episode is listed" if entry.type is AnimeType.TV and not listed else None


def ongoing_lacks_episodes(record: GoldenRecord, today: date) -> str | None:
    """A weekly series lists about as many episodes as weeks have gone by; the rest may have been skipped."""
    entry, listed = record.entry, regular_episodes(record)
    weekly = entry.type is AnimeType.TV and entry.status is AnimeStatus.ONGOING
    start = entry_span(entry, "aired_from")
    if not weekly or start is None or start.last > today:
        return None
    due = (today - start.last).days // 7 + 1
    due = min(due, entry.episode_count or due)
    needed = int(due * (1 - SKIPPED_SHARE)) - LISTED_LATE
    if listed >= needed:
        return None
    return f"{listed} episodes are listed, but {due} were due by {today} since {start}"


def no_characters(record: GoldenRecord, _: date) -> str | None:
    """Somebody is in it, once it has begun."""
    entry = record.entry
    needed = entry.type in WITH_CHARACTERS and entry.status not in NOT_BEGUN
    return "no provider lists characters" if needed and not record.characters else None


def no_poster(record: GoldenRecord, _: date) -> str | None:
    """At least one picture could be mirrored; before it begins there may be none."""
    images = record.entry.images
    needed = images or record.entry.status not in NOT_BEGUN
    return "no poster could be mirrored" if needed and not any(image.key for image in images) else None


def no_synopsis(record: GoldenRecord, _: date) -> str | None:
    """It says what it is about, once that is known."""
    needed = record.entry.status not in NOT_BEGUN
    return "no provider has a synopsis" if needed and not record.entry.synopsis else None


def regular_episodes(record: GoldenRecord) -> int:
    """Number of the season's own episodes; a prologue, recaps of other kinds and credits do not count."""
    return len({one.number for one in record.episodes if one.number and one.kind == "Regular"})


CHECKS: tuple[Callable[[GoldenRecord, date], str | None], ...] = (
    finished_lacks_episodes,
    ongoing_lacks_episodes,
    no_characters,
    no_poster,
    no_synopsis,
)
