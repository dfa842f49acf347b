# SPDX-License-Identifier: Apache-2.0
"""Earlier answers of providers, in every document store: the same memory."""

from datetime import UTC, datetime, timedelta

import pytest_asyncio

from otakube.domain.checks.plausibility import (
    OUTCOMES_KEPT,
    READINGS_KEPT,
    Health,
    ProviderCondition,
    Reading,
    TitleOutcome,
)
from otakube.ports.history import History
from otakube_api.contract import Provider
from shop import Shop

NOW = datetime(2026, 5, 17, 6, 0, 0, 123456, tzinfo=UTC)
KITSU, JIKAN = Provider.KITSU, Provider.JIKAN


@pytest_asyncio.fixture
async def history(shop: Shop) -> History:
    return await shop.ports.history()


def reading(number: int, **changes: object) -> Reading:
    return Reading(
        at=NOW + timedelta(days=number), counts={"episodes": number, "characters": None}, **changes
    )


async def test_readings_come_back_as_they_were_the_latest_only(history: History) -> None:
    assert await history.readings(KITSU, "1") == []
    kept = [reading(n, digest="a" * 64, accepted=n % 2 == 0) for n in range(READINGS_KEPT + 3)]
    for one in kept:
        await history.add(KITSU, "1", one)
    await history.add(KITSU, "2", reading(1))
    await history.add(JIKAN, "1", reading(2))
    assert await history.readings(KITSU, "1") == kept[3:]
    assert await history.readings(JIKAN, "1") == [reading(2)]


class OtherReading(Reading):
    believed: bool


class OtherOutcome(TitleOutcome):
    weight: int


class OtherHealth(Health):
    since: str


async def test_evidence_of_another_release_is_left_out_and_ends_no_run(history: History) -> None:
    other = OtherReading(at=NOW, counts={"episodes": 1}, believed=True)
    await history.add(KITSU, "1", other)
    await history.add(KITSU, "1", reading(1))
    assert await history.readings(KITSU, "1") == [reading(1)]
    sound = TitleOutcome(title="2", at=NOW, lost=False)
    await history.outcomes(KITSU, [OtherOutcome(title="1", at=NOW, lost=True, weight=2), sound])
    assert await history.outcomes(KITSU) == [sound]
    await history.set_health(KITSU, OtherHealth(state=ProviderCondition.SOUND, since="May"))
    assert await history.health(KITSU) == Health()


async def test_outcomes_are_the_providers_and_bounded(history: History) -> None:
    assert await history.outcomes(KITSU) == []
    first = [
        TitleOutcome(title="1", at=NOW, lost=True),
        TitleOutcome(title="2", at=NOW, lost=False, frozen=True),
    ]
    assert await history.outcomes(KITSU, first) == first
    more = [TitleOutcome(title=str(n), at=NOW, lost=False) for n in range(OUTCOMES_KEPT - 1)]
    assert await history.outcomes(KITSU, more) == [first[1], *more]
    assert await history.outcomes(KITSU) == [first[1], *more]
    assert await history.outcomes(JIKAN) == []


async def test_the_health_that_was_set_stands_until_the_next(history: History) -> None:
    assert await history.health(KITSU) == Health()
    found = Health(state=ProviderCondition.FROZEN, evidence="nothing moves")
    await history.set_health(KITSU, found)
    assert await history.health(KITSU) == found
    assert await history.health(JIKAN) == Health()
    await history.outcomes(KITSU, [TitleOutcome(title="1", at=NOW, lost=False)])
    await history.set_health(KITSU, Health())
    assert await history.health(KITSU) == Health()
