# SPDX-License-Identifier: Apache-2.0
"""A list that only looks forward shrinks as episodes are broadcast: no sign of a dying provider."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from otakube.domain.checks.plausibility import judge
from otakube.domain.record.claims import Character, ConvertedRecord, Episode, Metadata
from otakube.domain.record.golden import AnimeStatus
from otakube.steps.fetch.plausibility import reading_of
from otakube_api.contract import AnimeType, Provider

AT = datetime(2026, 11, 26, tzinfo=UTC)


def record(provider: Provider, episodes: range, characters: int = 9) -> ConvertedRecord:
    about = Metadata(
        source_url="https://x.example/1", title="A", type=AnimeType.TV, status=AnimeStatus.ONGOING
    )
    nothing: dict[str, Any] = {
        "relationships": None,
        "statistics": None,
        "staff": None,
        "missing": {},
        "unreadable": {},
    }
    return ConvertedRecord(
        provider=provider, source_url="https://x.example/1", fetched_at=AT, stale=False, metadata=about,
        episodes=[Episode(number=number, aired=date(2026, 11, 1)) for number in episodes],
        characters=[Character(name=f"C{number}", role="Main") for number in range(characters)], **nothing,
    )  # fmt: skip


def judged(provider: Provider, before: range, now: range, characters: int = 9) -> str | None:
    readings = [
        reading_of(record(provider, episodes, count), episodes_only=False, at=AT)
        for episodes, count in ((before, 9), (now, characters))
    ]
    return judge(readings[:1], readings[1])


@pytest.mark.parametrize("provider", [Provider.ANILIST, Provider.ANIMESCHEDULE])
@pytest.mark.parametrize("now", [range(14, 25), range(24, 25), range(0)])
def test_an_airing_list_that_loses_the_past_is_plausible(provider: Provider, now: range) -> None:
    assert judged(provider, range(1, 25), now) is None


def test_a_list_that_promises_all_episodes_may_not_lose_half() -> None:
    assert judged(Provider.JIKAN, range(1, 25), range(1, 12)) == "its answer shrank: episodes 24 -> 11"


def test_other_lists_of_such_a_provider_are_still_judged() -> None:
    lost = judged(Provider.ANILIST, range(1, 25), range(14, 25), characters=2)
    assert lost == "its answer shrank: characters 9 -> 2"
