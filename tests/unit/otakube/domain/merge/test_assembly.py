# SPDX-License-Identifier: Apache-2.0
"""The golden record put together, its findings, and the decision about the review."""

from datetime import timedelta

import pytest

from golden import NOW, a_character, a_record, an_episode
from otakube.domain.checks.review import review_needed, with_findings
from otakube.domain.merge.assembly import Stages, assemble, refresh, vanished
from otakube.domain.merge.stages import (
    CharactersStage,
    EpisodesStage,
    RelationshipsStage,
    StatisticsStage,
    metadata_stage,
)
from otakube.domain.record.golden import GoldenRecord, Image, ImageKind
from otakube.domain.record.ids import derived_id
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import claimants, said

ALL = (Provider.JIKAN, Provider.ANILIST, Provider.KITSU)


def assembled(*providers: Provider, **fields: object) -> GoldenRecord:
    claims = {provider: said(provider, **fields) for provider in providers or ALL}
    metadata = metadata_stage(claims, claimants())
    record = assemble(
        derived_id("ani", "one"),
        stages=Stages(metadata, EpisodesStage(), RelationshipsStage(), StatisticsStage(), CharactersStage()),
        mirror={},
        assembled_at=NOW,
    )
    return with_findings(record, ["from fetch"])


def test_what_three_agree_about_is_sure() -> None:
    record = assembled(type=AnimeType.MOVIE)
    assert record.entry.confidence == 1
    assert record.entry.sources == [said(provider).source_url for provider in ALL]
    assert record.findings[0] == "from fetch"


def test_a_series_whose_season_nobody_knows_is_less_sure() -> None:
    assert assembled().entry.confidence < 1


def test_fewer_voices_are_less_sure() -> None:
    assert assembled(Provider.KITSU).entry.confidence < assembled().entry.confidence


@pytest.mark.parametrize(
    ("policy", "confidence", "expected"),
    [
        ("Required", 1.0, True),
        ("OnLowConfidence", 0.8, False),
        ("OnLowConfidence", 0.79, True),
        ("Never", 0.0, False),
    ],
)
def test_the_policy_decides_about_the_review(policy: str, confidence: float, expected: bool) -> None:
    assert review_needed(policy, confidence, 0.8) is expected


def test_an_episode_update_changes_episodes_and_nothing_else() -> None:
    live = a_record(episodes=[an_episode(1), an_episode(2)], characters=[a_character()])
    later = NOW + timedelta(days=7)
    still = Image(kind=ImageKind.EPISODE, provider=Provider.KITSU, source_url="https://cdn.example/3.png")
    fresh = [an_episode(2, title="Renamed"), an_episode(3, image=still)]
    stored = still.model_copy(update={"sha256": "0" * 64, "key": "images/0.png"})
    record = refresh(live, fresh, {still.source_url: stored}, later)
    assert (record.entry, record.characters) == (live.entry, live.characters)
    assert [(one.number, one.title) for one in record.episodes] == [
        (1, live.episodes[0].title),
        (2, "Renamed"),
        (3, live.episodes[0].title),
    ]
    assert record.episodes[2].image == stored
    assert vanished(live, fresh) == ["1 stored episodes are no longer listed by any provider"]
    assert record.assembled_at == later
