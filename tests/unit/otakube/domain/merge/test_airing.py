# SPDX-License-Identifier: Apache-2.0
"""The status and the next episode that follow from what has aired."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from golden import a_provenance, a_record, an_entry, an_episode
from otakube.domain.merge.airing import is_placeholder, with_next_episode, with_status
from otakube.domain.merge.broadcast import broadcast_slot
from otakube.domain.record.golden import AnimeStatus, Exactness, GoldenRecord
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import by

START = datetime(2026, 10, 9, 16, 30, tzinfo=UTC)  # Friday 25:30 in Japan
WEEK = timedelta(weeks=1)
SLOT = broadcast_slot(5, "25:30")


def aired(number: int, **changes: Any) -> Any:
    usual = {"aired": START + (number - 1) * WEEK, "providers": [Provider.KITSU], "absolute_number": number}
    return an_episode(number, **(usual | changes))


def a_series(listed: int, status: AnimeStatus = AnimeStatus.ONGOING, **fields: Any) -> GoldenRecord:
    """A series of thirteen episodes, of which these are listed."""
    entry = an_entry(**({"status": status, "episode_count": 13, "broadcast": SLOT} | fields))
    episodes = [aired(number) for number in range(1, listed + 1)]
    return a_record(entry=entry, episodes=episodes, attributions=[by(Provider.KITSU)])


def after(number: int) -> datetime:
    """An hour after an episode."""
    return START + (number - 1) * WEEK + timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "listed", "at", "expected"),
    [
        (AnimeStatus.UPCOMING, 1, after(1), AnimeStatus.ONGOING),
        (AnimeStatus.UPCOMING, 1, after(0), AnimeStatus.UPCOMING),
        (AnimeStatus.ONGOING, 12, after(12), AnimeStatus.ONGOING),
        (AnimeStatus.ONGOING, 13, after(13), AnimeStatus.FINISHED),
        (AnimeStatus.ONGOING, 13, after(12), AnimeStatus.ONGOING),
        (AnimeStatus.HIATUS, 13, after(13), AnimeStatus.HIATUS),
        (AnimeStatus.FINISHED, 5, after(5), AnimeStatus.FINISHED),
    ],
)
def test_an_aired_episode_begins_an_anime_and_the_last_one_ends_it(
    before: AnimeStatus, listed: int, at: datetime, expected: AnimeStatus
) -> None:
    assert with_status(a_series(listed, before), at).entry.status is expected


def test_an_anime_of_unknown_length_does_not_end() -> None:
    record = a_series(40, episode_count=None)
    assert with_status(record, after(40)).entry.status is AnimeStatus.ONGOING


def test_a_status_that_follows_says_from_whose_episode_and_what_was_said_before() -> None:
    record = a_series(13)
    record = record.model_copy(
        update={"entry": record.entry.model_copy(update={"provenance": {"status": a_provenance()}})}
    )
    made = with_status(record, after(13)).entry
    source = made.provenance["status"]
    assert (source.provider, source.exactness) == (Provider.KITSU, {Provider.KITSU: Exactness.DERIVED})
    assert [(one.provider, one.value) for one in source.losing] == [(Provider.ANILIST, '"Ongoing"')]
    assert made.aired_to == date(2027, 1, 2)
    assert made.provenance["aired_to"].provider is Provider.KITSU


def test_a_status_that_a_person_decided_stays() -> None:
    record = a_series(13, provenance={"status": a_provenance(decided_by="anna")})
    assert with_status(record, after(13)) is record


def test_an_ongoing_anime_has_a_place_for_the_next_episode_with_its_planned_time() -> None:
    *_, last = with_next_episode(a_series(7), after(7)).episodes
    assert (last.number, last.absolute_number, last.aired, last.title) == (8, 8, START + 7 * WEEK, None)
    assert is_placeholder(last)


def test_an_episode_that_did_not_come_is_planned_for_the_slot_after() -> None:
    *_, last = with_next_episode(a_series(7), after(7) + 9 * timedelta(days=1)).episodes
    assert (last.number, last.aired) == (8, START + 8 * WEEK)


def test_the_place_becomes_the_episode_and_keeps_its_id() -> None:
    record = with_next_episode(a_series(7), after(7))
    place = record.episodes[-1]
    listed = record.model_copy(update={"episodes": [*record.episodes[:-1], aired(8, id=place.id)]})
    made = with_next_episode(listed, after(8))
    assert [(one.number, is_placeholder(one)) for one in made.episodes[-2:]] == [(8, False), (9, True)]
    assert made.episodes[-2].id == place.id


@pytest.mark.parametrize(
    ("record", "at"),
    [
        (a_series(13), after(13)),
        (a_series(5, AnimeStatus.FINISHED), after(5)),
        (a_series(9), after(7)),
        (a_series(0), after(7)),
        (a_series(3, broadcast=None, type=AnimeType.OVA), after(3)),
    ],
    ids=["the last", "finished", "a provider plans the next", "none has aired", "no weekly series"],
)
def test_there_is_no_place_after_the_last_or_where_the_next_is_known_or_cannot_be(
    record: GoldenRecord, at: datetime
) -> None:
    assert with_next_episode(record, at) == record


def test_a_finished_anime_loses_its_place() -> None:
    record = with_next_episode(a_series(7), after(7))
    ended = record.model_copy(
        update={"entry": record.entry.model_copy(update={"status": AnimeStatus.FINISHED})}
    )
    assert [one.number for one in with_next_episode(ended, after(8)).episodes] == list(range(1, 8))


def test_a_series_without_a_slot_goes_on_by_weeks() -> None:
    record = a_series(7, broadcast=None)
    assert with_next_episode(record, after(7)).episodes[-1].aired == START + 7 * WEEK
    dated = record.model_copy(update={"episodes": [aired(1, aired=date(2026, 10, 10))]})
    assert with_next_episode(dated, after(1)).episodes[-1].aired == date(2026, 10, 17)
