# SPDX-License-Identifier: Apache-2.0
"""Merge locks: what may be said, in which form, and under which id."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from lock_builders import DECISION, WHEN, any_lock, different, fixed, means, page, same
from otakube.domain.locks.lock import (
    LOCK,
    LOCKABLE,
    Lock,
    Same,
    answer,
    as_json,
    describe_lock,
    format_lock,
    lock_id,
)
from otakube.domain.merge.policies import POLICIES
from otakube.domain.record.golden import Broadcast, Quarter, Season, SourceMaterial
from otakube_api.contract import AnimeType

MAL, ANILIST = "https://myanimelist.net/anime/457", "https://anilist.co/anime/457"


def parsed(**fields: Any) -> Lock:
    return LOCK.validate_json(
        json.dumps({"decided_by": "ilse", "decided_at": "2026-11-20T12:00:00Z"} | fields)
    )


def refusal(**fields: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        parsed(**fields)
    return str(refused.value)


def test_every_spelling_of_a_page_is_one_lock() -> None:
    one = Same(pages=[MAL + "/Mushishi?q=1", "http://www.anilist.co/anime/457/", MAL], **DECISION)
    other = Same(pages=[ANILIST, MAL], **DECISION)
    assert one.pages == [ANILIST, MAL]
    assert lock_id(one) == lock_id(other)


def test_an_id_follows_from_kind_and_subject_alone() -> None:
    assert lock_id(same(1, 2)) == lock_id(same(2, 1, decided_by="oskar", note="seen"))
    assert lock_id(fixed("type", "TV", 1)) == lock_id(fixed("type", "Movie", 1))
    ids = [
        lock_id(one)
        for one in (
            same(1, 2), same(1, 3), different(1, 2), fixed("type", "TV", 1), fixed("status", "Ongoing", 1),
            fixed("type", "TV", 1, 2), means("a", 1), means("b", 1), means("a", 1, year=2001),
            means("a", 1, type=AnimeType.TV),
        )
    ]  # fmt: skip
    assert len(set(ids)) == len(ids)
    assert all(len(one) == 25 and one.startswith("lock_") for one in ids)


def test_a_title_is_one_question_however_it_is_spelt() -> None:
    assert lock_id(means("Fate/stay night", 1)) == lock_id(means("FATE STAY NIGHT", 2))
    assert lock_id(means("!!", 1)) != lock_id(means("??", 1))


def test_a_page_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    words = refusal(kind="Same", pages=[MAL, "https://example.org/anime/1"])
    assert "'https://example.org/anime/1' is not the page of an anime; supported are https://myanime" in words


def test_one_page_twice_is_no_decision() -> None:
    assert "all addresses are the one page" in refusal(kind="Different", pages=[MAL, MAL + "/x"])


def test_the_fields_that_can_be_decided_are_those_that_are_merged() -> None:
    assert set(LOCKABLE) == set(POLICIES)


@pytest.mark.parametrize(
    ("field", "said", "value"),
    [
        ("title", "Mushishi", "Mushishi"),
        ("title_english", None, None),
        ("synonyms", ["Mushi", "蟲師"], ["Mushi", "蟲師"]),
        ("type", "TV", AnimeType.TV),
        ("season", {"year": 2005, "quarter": "Fall"}, Season(year=2005, quarter=Quarter.FALL)),
        ("episode_count", 26, 26),
        ("aired_from", "2005-10-23", date(2005, 10, 23)),
        (
            "broadcast",
            {"weekday": 7, "time": "03:40", "timezone": "Asia/Tokyo"},
            Broadcast(weekday=7, time="03:40", timezone="Asia/Tokyo"),
        ),
        ("genres", [], []),
        ("source_material", "Manga", SourceMaterial.MANGA),
    ],
)
def test_a_value_has_the_record_s_own_type(field: str, said: Any, value: Any) -> None:
    lock = parsed(kind="Field", pages=[MAL], field=field, value=said)
    assert lock.value == value  # type: ignore[union-attr]  # a Field lock
    assert type(lock.value) is type(value)  # type: ignore[union-attr]  # a Field lock
    assert answer(lock) == said


@pytest.mark.parametrize(
    ("field", "said", "words"),
    [
        ("type", "Tv", "type cannot be \"Tv\": Input should be 'TV', 'Movie'"),
        ("episode_count", "26", 'episode_count cannot be "26": Input should be a valid integer'),
        ("episode_count", -1, "episode_count cannot be -1: Input should be greater than"),
        ("title", None, "title cannot be null"),
        ("status", None, "status cannot be null"),
        ("season", {"year": 2005}, 'season cannot be {"year":2005}: Field required'),
        ("aired_from", "2005", 'aired_from cannot be "2005"'),
        ("genres", ["Action", 1], 'genres cannot be ["Action",1]'),
        ("synopsis", "<b>bold</b>", "has markup, entities, control characters or outer blanks; write 'bold'"),
        ("studios", ["Tom &amp; Co"], "write 'Tom & Co'"),
        ("score", 7.5, "Input should be 'title', 'title_english'"),
    ],
)
def test_a_wrong_value_is_named_with_its_field(field: str, said: Any, words: str) -> None:
    assert words in refusal(kind="Field", pages=[MAL], field=field, value=said)


@pytest.mark.parametrize("name", ["note", "decided_by"])
def test_what_could_steer_a_terminal_is_refused(name: str) -> None:
    assert "control characters" in refusal(kind="Same", pages=[MAL, ANILIST], **{name: "a\x1b[2J"})


def test_a_decision_has_a_person_and_a_moment() -> None:
    assert "decided_by" in refusal(kind="Same", pages=[MAL, ANILIST], decided_by="")
    assert "timezone" in refusal(kind="Same", pages=[MAL, ANILIST], decided_at="2026-11-20T12:00:00")


def test_a_moment_is_kept_in_utc_and_whole_seconds() -> None:
    tokyo = timezone(timedelta(hours=9))
    lock = same(1, 2, decided_at=datetime(2026, 11, 20, 21, 0, 0, 987_654, tzinfo=tokyo))
    assert lock.decided_at == WHEN
    assert lock.decided_at.tzinfo is UTC


def test_what_a_lock_does_not_know_is_refused() -> None:
    assert "Extra inputs" in refusal(kind="Same", pages=[MAL, ANILIST], forced=True)
    assert "Different" in refusal(kind="Merge", pages=[MAL, ANILIST])


@given(any_lock())
def test_a_lock_survives_its_json(lock: Lock) -> None:
    again = LOCK.validate_json(json.dumps(as_json(lock)))
    assert again == lock
    assert as_json(again) == as_json(lock)


def test_a_lock_reads_as_a_sentence_with_id_and_person() -> None:
    lock = means("Fruits Basket", 0, year=2001)
    assert describe_lock(lock) == f"'Fruits Basket' 2001 means {page(0)}"
    assert format_lock(lock) == f"{lock_id(lock)} ({describe_lock(lock)}; ilse, 2026-11-20)"
    assert describe_lock(fixed("season", {"year": 2005, "quarter": "Fall"}, 0)).endswith(
        'is {"year": 2005, "quarter": "Fall"}'
    )
    assert describe_lock(same(0, 1)).endswith("are one anime")
    assert describe_lock(different(0, 1)).endswith("are different anime")
