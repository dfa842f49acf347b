# SPDX-License-Identifier: Apache-2.0
"""Aired episodes stay when lists that only look forward drop them; others are missed."""

from datetime import date, timedelta
from typing import Any

import pytest

from golden import NOW, a_record, an_episode
from otakube.domain.checks.drift import drift_findings
from otakube.domain.merge.assembly import vanished
from otakube.domain.merge.past_episodes import with_past_episodes
from otakube.domain.record.golden import Attribution, EpisodeDetailEntry, GoldenRecord
from otakube_api.contract import Provider

ANILIST, SCHEDULE, JIKAN = Provider.ANILIST, Provider.ANIMESCHEDULE, Provider.JIKAN
QUARTER = timedelta(days=90)


def row(number: int, *providers: Provider, **more: Any) -> EpisodeDetailEntry:
    """An episode that aired so many weeks before the twelfth, which airs now."""
    said: dict[str, Any] = {"providers": list(providers), "aired": NOW - timedelta(weeks=12 - number)}
    return an_episode(number, **(said | more))


def record(*episodes: EpisodeDetailEntry, **more: Any) -> GoldenRecord:
    by = [
        Attribution(
            provider=provider,
            source_url=f"https://{provider.value}.example/1",
            fetched_at=NOW,
            licence="terms",
            expires_at=None if provider is JIKAN else NOW + QUARTER,
        )
        for provider in (ANILIST, SCHEDULE, JIKAN)
    ]
    return a_record(episodes=list(episodes), attributions=by, assembled_at=NOW, **more)


def numbers(found: GoldenRecord) -> list[int]:
    return [one.number for one in found.episodes]


@pytest.mark.parametrize("providers", [[ANILIST], [SCHEDULE], [ANILIST, SCHEDULE]])
@pytest.mark.parametrize("left", [range(7, 13), range(12, 13), range(0)])
def test_what_lists_that_look_forward_drop_stays(providers: list[Provider], left: range) -> None:
    live = record(*(row(number, *providers) for number in range(1, 13)))
    fresh = record(*(row(number, *providers) for number in left))
    found = with_past_episodes(fresh, live)
    assert numbers(found) == list(range(1, 13))
    assert drift_findings(found, live) == []
    assert vanished(live, fresh.episodes) == []


@pytest.mark.parametrize("providers", [[JIKAN], [JIKAN, ANILIST]])
def test_what_a_whole_list_drops_is_missed(providers: list[Provider]) -> None:
    live = record(*(row(number, *providers) for number in range(1, 13)))
    fresh = record(*(row(number, *providers) for number in range(7, 13)))
    found = with_past_episodes(fresh, live)
    assert numbers(found) == list(range(7, 13))
    assert "episodes: 12 -> 6" in [one.message for one in drift_findings(found, live)]
    assert vanished(live, fresh.episodes) == ["6 stored episodes are no longer listed by any provider"]


@pytest.mark.parametrize(
    "dropped",
    [
        row(1, ANILIST, aired=None),
        row(1, ANILIST, aired=NOW + timedelta(days=1)),
        row(1, ANILIST, aired=NOW - QUARTER),  # its licence has ended
        row(1, ANILIST, aired=date(2026, 1, 1)),
        row(1),
        row(13, ANILIST, aired=NOW - timedelta(days=1)),  # beyond the season
        row(1, Provider.KITSU),
    ],
)
def test_what_has_not_aired_or_may_not_be_kept_goes(dropped: EpisodeDetailEntry) -> None:
    fresh = record(row(12, ANILIST))
    fresh = fresh.model_copy(update={"entry": fresh.entry.model_copy(update={"episode_count": 12})})
    assert numbers(with_past_episodes(fresh, record(dropped))) == [12]


def test_what_is_listed_is_as_it_is_listed_now() -> None:
    live = record(row(11, ANILIST, title="Old"), row(10, ANILIST))
    found = with_past_episodes(record(row(11, ANILIST, title="New")), live)
    assert [(one.number, one.title) for one in found.episodes] == [(10, live.episodes[1].title), (11, "New")]
    assert with_past_episodes(found, None) is found


def test_nothing_stays_of_a_provider_that_says_nothing_any_more() -> None:
    live = record(row(1, ANILIST))
    silent = record().model_copy(update={"attributions": []})
    assert numbers(with_past_episodes(silent, live)) == []
