# SPDX-License-Identifier: Apache-2.0
"""Lists that look forward, as they purge, stop, move, break and begin anew: what the record keeps of them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from golden import NOW, a_record, an_entry, an_episode
from otakube.domain.checks.drift import drift_findings
from otakube.domain.merge.airing import is_placeholder, with_status
from otakube.domain.merge.assembly import refresh, vanished
from otakube.domain.merge.past_episodes import with_past_episodes
from otakube.domain.record.golden import AnimeStatus, Attribution, EpisodeDetailEntry, GoldenRecord
from otakube_api.contract import AnimeType, Provider

ANILIST, SCHEDULE, JIKAN, KITSU = Provider.ANILIST, Provider.ANIMESCHEDULE, Provider.JIKAN, Provider.KITSU
ONGOING, FINISHED, HIATUS = AnimeStatus.ONGOING, AnimeStatus.FINISHED, AnimeStatus.HIATUS
QUARTER = timedelta(days=90)
Rows = list[EpisodeDetailEntry]


def rows(numbers: Iterable[int], *providers: Provider, first: float, every: float = 1, **more: Any) -> Rows:
    """Episodes whose first airs `first` weeks from now, and the others `every` so many weeks."""
    return [
        an_episode(number, providers=list(providers or (ANILIST,)))
        .model_copy(update={"aired": NOW + timedelta(weeks=first + every * place)} | more)
        for place, number in enumerate(numbers)
    ]  # fmt: skip


def record(
    episodes: Rows, *, status: AnimeStatus = ONGOING, count: int | None = 12, ago: float = 0, **more: Any
) -> GoldenRecord:
    said = more.pop("by", (ANILIST, SCHEDULE, JIKAN, KITSU))
    at = NOW - timedelta(weeks=ago)
    by = [
        Attribution(
            provider=provider, source_url=f"https://{provider.value}.example/1", fetched_at=at,
            licence="terms", expires_at=at + QUARTER if provider in (ANILIST, SCHEDULE) else None,
        )
        for provider in said
    ]  # fmt: skip
    entry = an_entry(status=status, episode_count=count, **more)
    return a_record(entry=entry, episodes=episodes, attributions=by, assembled_at=at)


class Purge(NamedTuple):
    """The version that is live, what the providers say now, and what the record should have."""

    live: GoldenRecord
    fresh: GoldenRecord
    numbers: list[int]
    drifts: bool = False


def upto(last: int) -> list[int]:
    return list(range(1, last + 1))


TWELVE = rows(range(1, 13), first=-9)  # the tenth airs now
PURGES = {
    # the past is purged
    "half": Purge(record(TWELVE), record(TWELVE[6:]), upto(12)),
    "all but the next": Purge(record(TWELVE), record(TWELVE[10:11]), upto(11)),
    "a month between two runs": Purge(record(TWELVE, ago=4), record(TWELVE[10:]), upto(12)),
    "a month, and the last one listed": Purge(record(TWELVE, ago=4), record(TWELVE[11:]), upto(12)),
    "unknown total": Purge(record(TWELVE, count=None), record(TWELVE[6:], count=None), upto(12)),
    "the end": Purge(record(TWELVE), record([], status=FINISHED), upto(10)),
    "the end, a month later": Purge(
        record(rows(upto(12), first=-12), ago=4), record([], status=FINISHED), upto(12)
    ),
    "a long runner": Purge(
        record(rows(range(900, 912), first=-9), count=None),
        record(rows(range(911, 913), first=2), count=None),
        list(range(900, 913)),
    ),
    "two lists, one of which purges": Purge(
        record(rows(upto(12), ANILIST, SCHEDULE, first=-9)), record(rows(upto(12), first=-9)), upto(12)
    ),
    "both lists purge": Purge(
        record(rows(upto(12), ANILIST, SCHEDULE, first=-9)),
        record(rows([11, 12], ANILIST, SCHEDULE, first=1)),
        upto(12),
    ),
    "daily": Purge(
        record(rows(upto(12), first=-1, every=1 / 7)), record(rows(range(9, 13), first=1 / 7, every=1 / 7)),
        upto(12),
    ),
    "two in one night": Purge(
        record(rows(upto(12), first=-4, every=0.5)), record(rows(range(11, 13), first=1, every=0.5)), upto(12)
    ),
    "all at once": Purge(
        record(rows(upto(12), first=-2, every=0)), record([], status=FINISHED), upto(12)
    ),
    "two at the same instant, one purged": Purge(
        record(rows(upto(2), first=-2, every=0)), record(rows([2], first=-2)), upto(3)  # with a place
    ),
    "a special between": Purge(
        record([*TWELVE, *rows([1], first=-5.5, kind="Special")]), record(TWELVE[10:]), [*upto(12), 1]
    ),
    "a prologue": Purge(record(rows(range(13), first=-10)), record(rows([11, 12], first=1)), list(range(13))),
    "a film": Purge(
        record(rows([1], first=-3), type=AnimeType.MOVIE, count=1),
        record([], type=AnimeType.MOVIE, count=1, status=FINISHED),
        [1],
    ),
    "a film of unknown length": Purge(
        record(rows([1], first=-3), type=AnimeType.MOVIE, count=None),
        record([], type=AnimeType.MOVIE, count=None, status=FINISHED),
        [1],
    ),
    # whole lists beside them
    "a whole list is behind by one": Purge(
        record([*rows(upto(9), JIKAN, first=-9), *rows([10], first=0)]),
        record(rows(upto(9), JIKAN, first=-9)),
        upto(11),  # the tenth has aired, the eleventh has its place
    ),
    "a whole list takes over": Purge(record(TWELVE), record(rows(upto(10), JIKAN, first=-9)), upto(10)),
    "a whole list loses": Purge(
        record(rows(upto(12), JIKAN, first=-9)), record(rows(range(7, 13), JIKAN, first=-3)),
        list(range(7, 13)), drifts=True,
    ),
    "a whole list loses what both had": Purge(
        record(rows(upto(12), JIKAN, ANILIST, first=-9)), record(rows(range(7, 13), JIKAN, first=-3)),
        list(range(7, 13)), drifts=True,
    ),
    "one that promises all loses beside one that does not": Purge(
        record([*rows(upto(6), KITSU, first=-9), *rows(range(7, 13), first=-3)]), record([]),
        [*range(7, 11), 11], drifts=True,
    ),
    # double and split cours
    "a double cour": Purge(
        record(rows(upto(24), first=-10), count=24), record(rows(range(12, 25), first=1), count=24), upto(24)
    ),
    "a split cour in its break": Purge(
        record(rows(upto(12), first=-11.5), count=24), record([], count=24), upto(13)
    ),
    "the second half begins": Purge(
        record(rows(upto(12), first=-12.5, every=0.5), count=24),
        record(rows(range(13, 25), first=-0.1), count=24),
        upto(24),
    ),
    "the second half becomes an entry of its own": Purge(
        record(rows(upto(24), first=-10), count=24), record(rows(upto(12), first=-10), count=12), upto(12)
    ),
    "a total that grows": Purge(record(TWELVE), record(rows(range(11, 25), first=1), count=24), upto(24)),
    "a total that becomes known": Purge(record(TWELVE, count=None), record(TWELVE[10:]), upto(12)),
    # taken off the schedule
    "a hiatus": Purge(record(TWELVE), record([], status=HIATUS), upto(10)),
    "a hiatus that a month passed over": Purge(
        record(rows(upto(12), first=-12), ago=4), record([], status=HIATUS), upto(9)
    ),
    "a hiatus whose list keeps the past": Purge(
        record(rows(upto(12), first=-12), ago=4), record(rows(upto(9), first=-12)), upto(9)
    ),
    "cancelled": Purge(
        record(rows(upto(12), first=-12), ago=4), record([], status=AnimeStatus.CANCELLED), upto(9)
    ),
    "a premiere put off": Purge(
        record(rows(upto(12), first=-1), status=AnimeStatus.UPCOMING, ago=2),
        record([], status=AnimeStatus.UPCOMING),
        [],
    ),
    "put off by a week": Purge(
        record(TWELVE, ago=2), record([*TWELVE[:8], *rows(range(9, 13), first=0)]), upto(12)
    ),
    "put off by a week, the past purged": Purge(
        record(TWELVE, ago=2), record(rows([10, 11, 12], first=1)), upto(12)
    ),
    "it begins anew": Purge(record(TWELVE), record(rows(upto(12), first=1)), upto(12)),
    # numbers and licences
    "another count": Purge(
        record(rows(range(13, 25), first=-9), count=None), record(rows(range(7, 13), first=-3), count=None),
        list(range(7, 13)), drifts=True,
    ),
    "a prologue that is counted now": Purge(
        record(rows(range(12), first=-9), count=None), record(rows(range(9, 13), first=-1), count=None),
        list(range(9, 13)), drifts=True,
    ),
    "licences that have ended": Purge(
        record(rows(upto(24), first=-23), count=24), record(rows([24], first=0), count=24),
        list(range(12, 25)),
    ),
    "nothing is said any more": Purge(
        record(TWELVE), record([], by=(JIKAN,)), [], drifts=True,
    ),
    "no day is known": Purge(
        record([*rows(upto(6), first=0, aired=None)]), record([]), [], drifts=True
    ),
    "the first version": Purge(record([]), record(TWELVE), upto(12)),
}  # fmt: skip


@pytest.mark.parametrize("purge", PURGES.values(), ids=PURGES)
def test_what_is_broadcast_stays_and_what_is_not_goes(purge: Purge) -> None:
    found = with_past_episodes(purge.fresh, purge.live)
    assert [one.number for one in found.episodes] == purge.numbers
    drifted = [one.message for one in drift_findings(found, purge.live) if one.message.startswith("episodes")]
    assert bool(drifted) == purge.drifts, drifted


@pytest.mark.parametrize("purge", PURGES.values(), ids=PURGES)
def test_another_run_over_the_same_answers_changes_nothing(purge: Purge) -> None:
    once = with_past_episodes(purge.fresh, purge.live)
    assert with_past_episodes(purge.fresh, once).episodes == once.episodes


def test_a_place_is_no_episode_that_hides_one() -> None:
    place = an_episode(10, title=None, synopsis=None, aired=NOW + timedelta(days=3), providers=[])
    fresh = record([*rows(upto(9), JIKAN, first=-9), place])
    found = with_past_episodes(fresh, record(TWELVE[:10]))
    assert [(one.number, is_placeholder(one)) for one in found.episodes[-2:]] == [(10, False), (11, True)]


def test_an_update_drops_what_was_taken_off_the_schedule_and_does_not_end_the_anime() -> None:
    live = record(rows(upto(12), first=-12), ago=4)
    fresh = rows(upto(9), first=-12)
    found = with_status(refresh(live, fresh, {}, NOW, live.attributions), NOW)
    assert [one.number for one in found.episodes] == upto(9)
    assert found.entry.status is ONGOING
    assert vanished(live, fresh) == []


def test_an_update_keeps_what_a_silent_provider_had_scheduled() -> None:
    live = record(rows(upto(12), first=-12), ago=4)
    fresh = rows(upto(9), JIKAN, first=-12)
    found = refresh(live, fresh, {}, NOW, [one for one in live.attributions if one.provider is JIKAN])
    assert [one.number for one in found.episodes] == upto(12)
