# SPDX-License-Identifier: Apache-2.0
"""The golden record put together, its findings, and the decision about the review."""

from datetime import date, timedelta

import pytest

from golden import NOW, a_character, a_record, an_entry, an_episode
from otakube.domain.assembly import assemble, refresh
from otakube.domain.entry import AnimeStatus, AnimeType, GoldenRecord, Image, ImageKind, Provider
from otakube.domain.gates import CHECKS, judged, review_needed
from otakube.domain.ids import derived_id
from otakube.domain.stages import (
    CharactersStage,
    EpisodesStage,
    RelationshipsStage,
    StatisticsStage,
    metadata_stage,
)
from unit.otakube.domain.claimed import by, said

ALL = (Provider.JIKAN, Provider.ANILIST, Provider.KITSU)


def assembled(*providers: Provider, **fields: object) -> GoldenRecord:
    claims = {provider: said(provider, **fields) for provider in providers or ALL}
    metadata = metadata_stage(claims, {p: by(p) for p in claims}, dict.fromkeys(claims, 1.0))
    record = assemble(
        derived_id("ani", "one"),
        stages=(metadata, EpisodesStage(), RelationshipsStage(), StatisticsStage(), CharactersStage()),
        mirror={},
        assembled_at=NOW,
    )
    return judged(record, ["from fetch"])


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


def findings(record: GoldenRecord) -> str:
    return "\n".join(finding for check in CHECKS for finding in check(record))


@pytest.mark.parametrize(
    ("changes", "said_"),
    [
        ({"status": AnimeStatus.FINISHED, "episode_count": 12}, "1 of 12 episodes are listed"),
        ({"aired_from": date(2024, 2, 1), "aired_to": date(2024, 1, 1)}, "it ends on 2024-01-01, before"),
        ({"synopsis": None}, "no provider has a synopsis"),
        ({"images": []}, "no poster could be mirrored"),
    ],
)
def test_what_a_reviewer_must_know_is_said(changes: dict[str, object], said_: str) -> None:
    assert said_ in findings(a_record(entry=an_entry(**changes)))


def test_more_episodes_than_there_are_is_a_finding() -> None:
    record = a_record(
        entry=an_entry(episode_count=3), episodes=[an_episode(number) for number in range(1, 6)]
    )
    assert "episode 5 is listed, but the anime has 3" in findings(record)


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
    assert record.findings[0] == "1 stored episodes are no longer listed by any provider"
    assert record.assembled_at == later
