# SPDX-License-Identifier: Apache-2.0
"""The drift gate: how a record differs from the live version before it, as records seldom do."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from otakube.domain.merge.past_episodes import rightly_gone, unlisted
from otakube.domain.record.dates import days_apart, entry_span
from otakube.domain.record.golden import AnimeStatus, GateFinding, GoldenRecord
from otakube.domain.record.pages import identify
from otakube.domain.record.text import comparable
from otakube_api.contract import Gate, Provider

# Counts grow, or lose a row that was there twice; a fifth at once is a broken list or another anime.
SHRUNK_SHARE = 0.2
SHRUNK_ROWS = 2
# A mean of thousands of votes moves by hundredths a week, and by tenths when a provider joins or leaves.
SCORE_JUMP = 1.0
# A broadcast that ends changes three of them: status, last day, weekly slot.
FIELDS_AT_ONCE = 3
FIELDS = (
    "type", "status", "season", "episode_count", "duration_seconds", "aired_from", "aired_to", "broadcast",
    "studios", "age_rating", "source_material",
)  # fmt: skip


class Difference(NamedTuple):
    """One difference, shown as before -> after."""

    what: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.what}: {_format(self.before)} -> {_format(self.after)}"


def drift_findings(
    record: GoldenRecord, live: GoldenRecord, excused: Collection[Provider] = ()
) -> list[GateFinding]:
    """Findings about excessive changes; `excused` are providers whose absence is reported already."""
    changes = [change for check in CHECKS for change in check(record, live)]
    changes += vanished_sources(record, live, excused)
    return [GateFinding(gate=Gate.DRIFT, message=str(change)[:500]) for change in changes]


def shrunk_lists(record: GoldenRecord, live: GoldenRecord) -> list[Difference]:
    """Lists that lost a fifth of their rows or more; episodes that may go are no loss."""
    gone = sum(rightly_gone(one, record, live) for one in unlisted(live, record.episodes))
    counts = [
        ("episodes", len(live.episodes) - gone, len(record.episodes)),
        ("characters", len(live.characters), len(record.characters)),
        ("staff", len(live.staff), len(record.staff)),
    ]
    return [
        Difference(name, before, after)
        for name, before, after in counts
        if before - after >= max(SHRUNK_ROWS, before * SHRUNK_SHARE)
    ]


def another_name(record: GoldenRecord, live: GoldenRecord) -> list[Difference]:
    """The main title reads differently."""
    before, after = live.entry.titles.main, record.entry.titles.main
    return [Difference("title", before, after)] if comparable(before) != comparable(after) else []


def another_type(record: GoldenRecord, live: GoldenRecord) -> list[Difference]:
    """A series became a movie, and the like."""
    before, after = live.entry.type, record.entry.type
    return [Difference("type", before, after)] if before is not after else []


def another_year(record: GoldenRecord, live: GoldenRecord) -> list[Difference]:
    """The first broadcast moved to another year; before it began, announcements may move."""
    before, after = _year(live), _year(record)
    known = before is not None and after is not None and live.entry.status is not AnimeStatus.UPCOMING
    return [Difference("year", before, after)] if known and before != after else []


def score_jump(record: GoldenRecord, live: GoldenRecord) -> list[Difference]:
    """The score moved as votes do not."""
    before, after = live.entry.score, record.entry.score
    if before is None or after is None or live.entry.status is AnimeStatus.UPCOMING:
        return []
    return [Difference("score", before, after)] if abs(after - before) >= SCORE_JUMP else []


def much_at_once(record: GoldenRecord, live: GoldenRecord) -> list[Difference]:
    """More known facts changed than an anime's life changes; what was unknown before is no change."""
    pairs = {field: (getattr(live.entry, field), getattr(record.entry, field)) for field in FIELDS}
    changed = [
        field
        for field, (before, after) in pairs.items()
        if before not in (None, []) and before != after and not _same_days(field, record, live)
    ]
    if len(changed) <= FIELDS_AT_ONCE:
        return []
    before, after = ([pairs[field][side] for field in changed] for side in (0, 1))
    return [Difference(f"{len(changed)} fields at once ({', '.join(changed)})", before, after)]


def _same_days(field: str, record: GoldenRecord, live: GoldenRecord) -> bool:
    """Tell whether a date is merely known better, or worse, than before."""
    if field not in ("aired_from", "aired_to"):
        return False
    before, after = entry_span(live.entry, field), entry_span(record.entry, field)
    return before is not None and after is not None and days_apart(before, after) is None


def vanished_sources(
    record: GoldenRecord, live: GoldenRecord, excused: Collection[Provider] = ()
) -> list[Difference]:
    """Sites that knew the anime and do not any more."""
    before, after = _sites(live), _sites(record)
    gone = [site for site in before if site not in after and site not in excused]
    return [Difference("sources", before, after)] if gone else []


def _sites(record: GoldenRecord) -> list[Provider]:
    pages = [identify(url) for url in record.entry.sources]
    return sorted({page.provider for page in pages if page}, key=list(Provider).index)


def _year(record: GoldenRecord) -> int | None:
    if record.entry.aired_from:
        return record.entry.aired_from.year
    return record.entry.season.year if record.entry.season else None


def _format(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_format, value)) or "none"
    if hasattr(value, "quarter"):
        return f"{value.quarter} {value.year}"
    return "unknown" if value is None else str(value)


CHECKS: tuple[Callable[[GoldenRecord, GoldenRecord], list[Difference]], ...] = (
    another_name,
    another_type,
    another_year,
    shrunk_lists,
    score_jump,
    much_at_once,
)
