# SPDX-License-Identifier: Apache-2.0
"""The choice of listed entries that are due, their order, and their counts."""

from datetime import UTC, datetime, timedelta

import pytest

from otakube.domain.dataset.enrichment import (
    DueTitle,
    EnrichmentCounts,
    EnrichmentOutcome,
    due_title,
    first_of,
    is_due,
)
from otakube.domain.record.golden import AnimeStatus, Quarter
from otakube.domain.record.listing import ListedSeason, Listing, ListingSource
from otakube_api.contract import AnimeType, EnrichmentOrder, EnrichmentPolicy

WEEK = datetime(2026, 11, 28, 1, tzinfo=UTC)
BEFORE = WEEK - timedelta(days=7)
TITLES = [
    DueTitle(entry_id="a", sites=2, year=2020, quarter=1),
    DueTitle(entry_id="b", sites=5, year=1999, quarter=4),
    DueTitle(entry_id="c", sites=2, year=2020, quarter=3),
    DueTitle(entry_id="d", sites=5),
    DueTitle(entry_id="e", sites=2, year=2020, quarter=3),
]


@pytest.mark.parametrize(
    ("policy", "listed_at", "due"),
    [
        (EnrichmentPolicy.OFF, WEEK, False),
        (EnrichmentPolicy.NEW_ONLY, WEEK, True),
        (EnrichmentPolicy.NEW_ONLY, BEFORE, False),
        (EnrichmentPolicy.NEW_ONLY, None, False),
        (EnrichmentPolicy.ALL, BEFORE, True),
        (EnrichmentPolicy.ALL, None, True),
    ],
)
def test_a_policy_means_what_its_week_listed_first_or_all(
    policy: EnrichmentPolicy, listed_at: datetime | None, due: bool
) -> None:
    assert is_due(policy, listed_at, WEEK) is due


@pytest.mark.parametrize(
    ("order", "ids"), [(EnrichmentOrder.BY_POPULARITY, "bdcea"), (EnrichmentOrder.BY_SEASON, "ceabd")]
)
@pytest.mark.parametrize("most", range(7))
def test_the_first_of_an_order_are_the_same_however_many_are_asked_for(
    order: EnrichmentOrder, ids: str, most: int
) -> None:
    assert [one.entry_id for one in first_of(TITLES, order, most)] == list(ids[:most])
    assert [one.entry_id for one in first_of(reversed(TITLES), order, most)] == list(ids[:most])


def test_a_run_that_may_do_less_than_nothing_does_nothing() -> None:
    assert first_of(TITLES, EnrichmentOrder.BY_SEASON, -3) == []


def test_a_row_has_its_place_by_its_sites_and_its_season() -> None:
    listing = Listing(
        title="Tide",
        type=AnimeType.TV,
        status=AnimeStatus.FINISHED,
        season=ListedSeason(year=2021, quarter=Quarter.FALL),
        sources=["https://anidb.net/anime/1", "https://anilist.co/anime/1"],
        listed_by=ListingSource(repository="r", licence="l", licence_url="u"),
    )
    assert due_title("t", listing) == DueTitle(entry_id="t", sites=2, year=2021, quarter=4)
    unknown = listing.model_copy(update={"season": ListedSeason(year=2021)})
    assert due_title("t", unknown) == DueTitle(entry_id="t", sites=2, year=2021)


def test_every_end_is_counted_once_and_a_report_is_read_as_it_was_written() -> None:
    counts = EnrichmentCounts(due=10)
    for outcome in EnrichmentOutcome:
        counts = counts.plus(outcome)
    assert (counts.tried, counts.left) == (4, 6)
    assert counts.body() == {
        "due": 10,
        "enriched": 1,
        "refused": 1,
        "failed": 1,
        "passedOver": 1,
        "left": 6,
    }
    assert EnrichmentCounts.read(counts.body()) == counts
    assert EnrichmentCounts.read({}) == EnrichmentCounts()
