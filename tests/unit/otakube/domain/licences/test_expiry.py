# SPDX-License-Identifier: Apache-2.0
"""Expired values go, values that others claim too stay, and a second pass finds nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from golden import NOW, a_character, a_record, an_entry, an_episode
from otakube.domain.licences.expiry import without_expired
from otakube.domain.record.golden import (
    Attribution,
    GoldenRecord,
    LosingValue,
    Provenance,
    Recommendation,
    RowProvenance,
    Statistics,
)
from otakube_api.contract import Provider

JIKAN, ANILIST = Provider.JIKAN, Provider.ANILIST
END = NOW + timedelta(days=90)
BEFORE, AFTER = END - timedelta(seconds=1), END + timedelta(seconds=1)


def source(*providers: Provider, **changes: Any) -> Provenance:
    fields: dict[str, Any] = {
        "provider": providers[0], "providers": list(providers), "licence": f"{providers[0]}'s",
        "fetched_at": NOW, "confidence": 0.9, "expires_at": END if set(providers) == {ANILIST} else None,
    }  # fmt: skip
    return Provenance(**(fields | changes))


def row(*providers: Provider, **changes: Any) -> RowProvenance:
    said = dict.fromkeys(("name", "role", "description"), providers[0])
    backed = {field: list(providers[1:]) for field in said if providers[1:]}
    return RowProvenance(**({"said": said, "backed": backed, "confidence": 0.9} | changes))


def voice(provider: Provider, **changes: Any) -> Attribution:
    fields: dict[str, Any] = {
        "provider": provider, "source_url": "https://example/1", "fetched_at": NOW - timedelta(hours=1),
        "licence": f"{provider}'s", "expires_at": END if provider is ANILIST else None,
    }  # fmt: skip
    return Attribution(**(fields | changes))


def stored(characters: Any = (), **entry: Any) -> GoldenRecord:
    fields: dict[str, Any] = {
        "genres": [],
        "provenance": {"title": source(JIKAN), "synopsis": source(ANILIST)},
        "statistics": [Statistics(provider=JIKAN, score=8.0), Statistics(provider=ANILIST, score=7.0)],
        "score": 7.5,
    }
    return a_record(
        entry=an_entry(**(fields | entry)),
        episodes=[an_episode(1)],
        characters=list(characters),
        attributions=[voice(JIKAN), voice(ANILIST)],
    )


def left_of(record: GoldenRecord, now: datetime = AFTER, *banned: Provider) -> GoldenRecord:
    left = without_expired(record, now, banned).record
    assert left is not None
    assert GoldenRecord.model_validate_json(left.model_dump_json()) == left
    assert without_expired(left, now, banned).record is left, "a second look finds nothing"
    return left


def test_before_its_time_the_record_is_the_same_object() -> None:
    record = stored()
    assert without_expired(record, BEFORE).record is record


def test_a_value_goes_with_all_that_is_said_about_it() -> None:
    left = left_of(stored())
    assert left.entry.synopsis is None
    assert set(left.entry.provenance) == {"title"}
    assert left.entry.statistics == [Statistics(provider=JIKAN, score=8.0)]
    assert left.entry.score == 8.0
    assert [one.provider for one in left.attributions] == [JIKAN]
    assert "AniList" not in left.model_dump_json()


def test_what_goes_is_told_by_field() -> None:
    removed = without_expired(stored(), AFTER).removed
    assert [(one.field, one.count) for one in removed] == [("synopsis", 1), ("statistics", 1)]
    assert "until 2026-06-30" in removed[0].reason


def test_a_value_that_somebody_else_says_too_is_theirs_from_then_on() -> None:
    both = {"title": source(JIKAN), "synopsis": source(ANILIST, JIKAN)}
    left = left_of(stored(provenance=both))
    assert left.entry.synopsis
    said = left.entry.provenance["synopsis"]
    assert (said.provider, said.providers, said.licence) == (JIKAN, [JIKAN], "Jikan's")
    assert said.fetched_at == NOW - timedelta(hours=1)


def test_of_a_list_only_their_items_go() -> None:
    shares = [[JIKAN], [ANILIST], [ANILIST, JIKAN]]
    said = {"title": source(JIKAN), "genres": source(JIKAN, ANILIST, shares=shares)}
    left = left_of(stored(genres=["Action", "Ships", "Drama"], provenance=said))
    assert left.entry.genres == ["Action", "Drama"]
    assert left.entry.provenance["genres"].shares == [[JIKAN], [JIKAN]]


def test_losing_values_go_too() -> None:
    lost = source(JIKAN, losing=[LosingValue(provider=ANILIST, value='"Other"')])
    assert left_of(stored(provenance={"title": lost})).entry.provenance["title"].losing == []


def test_rows_go_whole_or_in_part() -> None:
    people = [
        a_character(1, provenance=row(ANILIST), providers=[ANILIST]),
        a_character(2, provenance=row(ANILIST, JIKAN), providers=[ANILIST, JIKAN]),
        a_character(
            3,
            providers=[JIKAN, ANILIST],
            provenance=row(JIKAN, said={"name": JIKAN, "role": JIKAN, "description": ANILIST}),
        ),
    ]
    shared, cut = left_of(stored(characters=people)).characters
    assert shared.id == people[1].id
    assert shared.provenance is not None
    assert set(shared.provenance.said.values()) == {JIKAN}
    assert shared.provenance.backed == {}
    assert (cut.name, cut.description, cut.providers) == (people[2].name, None, [JIKAN])


def test_rows_that_only_list_their_providers_lose_these() -> None:
    rows = [
        Recommendation(title="A", providers=[ANILIST]),
        Recommendation(title="B", providers=[ANILIST, JIKAN]),
    ]
    left = left_of(stored(recommendations=rows))
    assert [(one.title, one.providers) for one in left.entry.recommendations] == [("B", [JIKAN])]


@pytest.mark.parametrize("field", ["title", "type", "status"])
def test_without_its_name_type_or_status_there_is_no_entry(field: str) -> None:
    said = {"title": source(JIKAN)} | {field: source(ANILIST)}
    assert without_expired(stored(provenance=said), AFTER).record is None


def test_what_a_person_decided_stays() -> None:
    decided = source(ANILIST, decided_by="ilse")
    assert left_of(stored(provenance={"title": source(JIKAN), "synopsis": decided})).entry.synopsis


def test_a_provider_that_may_not_be_stored_any_more_is_out_of_time_at_once() -> None:
    left = left_of(stored(), BEFORE, ANILIST)
    assert left.entry.synopsis is None
    assert [one.provider for one in left.attributions] == [JIKAN]


def test_what_somebody_else_says_too_outlives_a_provider_that_may_not_be_stored() -> None:
    both = {"title": source(ANILIST, JIKAN), "synopsis": source(ANILIST, JIKAN)}
    left = left_of(stored(provenance=both), BEFORE, ANILIST)
    assert left.entry.synopsis
    assert {one.provider for one in left.entry.provenance.values()} == {JIKAN}


def test_what_readers_may_not_see_may_still_be_kept() -> None:
    hidden = stored(provenance={"title": source(JIKAN), "synopsis": source(JIKAN, publishable=False)})
    hidden = hidden.model_copy(update={"attributions": [voice(JIKAN, publishable=False)]})
    assert without_expired(hidden, AFTER).record is hidden
    mixed = stored(provenance={"title": source(JIKAN, publishable=False), "synopsis": source(ANILIST)})
    assert left_of(mixed).entry.provenance["title"].publishable is False
