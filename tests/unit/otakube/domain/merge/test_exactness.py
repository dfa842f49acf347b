# SPDX-License-Identifier: Apache-2.0
"""Stated values are not outvoted by derived ones, exact ones not by rounded, days not by years."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from otakube.domain.merge.fields import Claimants, merge_metadata
from otakube.domain.merge.stages import metadata_stage
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import AnimeStatus, Attribution, Exactness, Quarter, Season
from otakube_api.contract import AnimeType, Provider

JIKAN, ANILIST, KITSU, ANIDB = Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.ANIDB
SPRING, WINTER = Season(year=2010, quarter=Quarter.SPRING), Season(year=2010, quarter=Quarter.WINTER)
DERIVED, ROUNDED, YEAR, MONTH = Exactness.DERIVED, Exactness.ROUNDED, Exactness.YEAR, Exactness.MONTH
Said = tuple[Any, Exactness | None]


def described(field: str, said: dict[Provider, Said]) -> dict[Provider, Metadata]:
    least = {"title": "Kasa no Eki", "type": AnimeType.TV, "status": AnimeStatus.FINISHED}
    return {
        provider: Metadata(
            **least
            | {
                "source_url": f"https://{provider.value.lower()}.example/1",
                field: value,
                "exactness": {field: exactness} if exactness else {},
            }
        )
        for provider, (value, exactness) in said.items()
    }


def claimants(providers: Any) -> Claimants:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return Claimants(
        {
            p: Attribution(provider=p, source_url="https://x.example/1", fetched_at=at, licence="theirs")
            for p in providers
        },
        {},
    )


@pytest.mark.parametrize(
    ("field", "said", "winner", "losers"),
    [
        (
            "season",
            {ANILIST: (SPRING, None), KITSU: (WINTER, DERIVED), ANIDB: (WINTER, DERIVED)},
            SPRING,
            {KITSU, ANIDB},
        ),
        ("season", {KITSU: (WINTER, DERIVED), ANIDB: (WINTER, DERIVED)}, WINTER, set()),
        ("duration_seconds", {JIKAN: (30, None), ANILIST: (60, ROUNDED), KITSU: (60, ROUNDED)}, 30, set()),
        (
            "duration_seconds",
            {JIKAN: (1500, ROUNDED), ANILIST: (1440, ROUNDED), KITSU: (1440, ROUNDED)},
            1440,
            {JIKAN},
        ),
        (
            "aired_from",
            {JIKAN: (date(2010, 1, 1), YEAR), ANILIST: (date(2010, 4, 5), None)},
            date(2010, 4, 5),
            set(),
        ),
        (
            "aired_from",
            {
                JIKAN: (date(2010, 1, 1), YEAR),
                KITSU: (date(2010, 1, 1), YEAR),
                ANILIST: (date(2011, 4, 5), None),
            },
            date(2011, 4, 5),
            {JIKAN, KITSU},
        ),
        (
            "aired_from",
            {JIKAN: (date(2010, 1, 1), YEAR), ANILIST: (date(2010, 4, 1), MONTH)},
            date(2010, 4, 1),
            set(),
        ),
        (
            "status",
            {JIKAN: (AnimeStatus.UNKNOWN, None), KITSU: (AnimeStatus.HIATUS, None)},
            AnimeStatus.HIATUS,
            set(),
        ),
        (
            "status",
            {KITSU: (AnimeStatus.ONGOING, None), ANIDB: (AnimeStatus.FINISHED, DERIVED)},
            AnimeStatus.ONGOING,
            {ANIDB},
        ),
        (
            "type",
            {
                JIKAN: (AnimeType.UNKNOWN, None),
                ANILIST: (AnimeType.UNKNOWN, None),
                KITSU: (AnimeType.OVA, None),
            },
            AnimeType.OVA,
            set(),
        ),
        ("type", {JIKAN: (AnimeType.UNKNOWN, None)}, AnimeType.UNKNOWN, set()),
    ],
)
def test_whoever_knows_it_best_is_believed(
    field: str, said: dict[Provider, Said], winner: Any, losers: set[Provider]
) -> None:
    found = merge_metadata(described(field, said), claimants(said))[field]
    assert found.value == winner
    assert {one.provider for one in found.provenance.losing} == losers


def test_how_exactly_a_date_is_known_reaches_the_record() -> None:
    said = described("aired_from", {JIKAN: (date(2010, 1, 1), YEAR)})
    stage = metadata_stage(said, claimants(said))
    assert stage.merged.exactness == {"aired_from": YEAR}
    assert stage.provenance["aired_from"].exactness == {JIKAN: YEAR}


def test_a_backer_keeps_how_exactly_it_knew() -> None:
    said = described("aired_from", {JIKAN: (date(2010, 1, 1), YEAR), ANILIST: (date(2010, 4, 5), None)})
    stage = metadata_stage(said, claimants(said))
    assert stage.merged.exactness == {}
    assert stage.provenance["aired_from"].providers == [ANILIST, JIKAN]
    assert stage.provenance["aired_from"].exactness == {JIKAN: YEAR}
