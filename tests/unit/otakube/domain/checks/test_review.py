# SPDX-License-Identifier: Apache-2.0
"""Findings of the gates, and whether a person must look."""

from datetime import timedelta
from typing import Any

import pytest

from golden import NOW, a_character, a_record, an_entry, an_episode
from otakube.domain.checks.review import (
    new_findings,
    plausibility_findings,
    review_needed,
    with_findings,
    with_gate_findings,
)
from otakube.domain.record.golden import AnimeStatus, GateFinding, GoldenRecord, Image, ImageKind
from otakube.domain.record.handover import FetchSummary
from otakube_api.contract import AnimeType, Gate, Provider, ReviewPolicy


def a_summary(**changes: Any) -> FetchSummary:
    fields: dict[str, Any] = {
        "entry_id": "ani_1", "title": "Frozen Tide", "existing": False, "answered": [Provider.JIKAN],
        "failed": [], "agreement": {}, "fetched_at": NOW,
    }  # fmt: skip
    return FetchSummary(**(fields | changes))


def a_sound_record(**entry: Any) -> GoldenRecord:
    """One that no gate minds."""
    poster = Image(
        kind=ImageKind.POSTER,
        provider=Provider.JIKAN,
        source_url="https://cdn.example/1.png",
        sha256="0" * 64,
        key=f"images/{'0' * 64}.png",
    )
    fields = {"images": [poster], "episode_count": 2, "season": None} | entry
    return a_record(entry=an_entry(**fields), episodes=[an_episode(1), an_episode(2)])


def failed(provider: str, reason: str) -> dict[str, str]:
    return {"provider": provider, "reason": reason, "message": "its answer shrank: episodes 26 -> 1"}


def test_a_sound_record_passes_every_gate() -> None:
    record = a_sound_record()
    assert with_gate_findings(record, record, a_summary()).gates == []


def test_every_gate_that_fails_is_in_the_record_each_finding_once() -> None:
    only_kitsus = an_episode(3, providers=[Provider.KITSU])
    live = a_sound_record().model_copy(update={"episodes": [an_episode(1), an_episode(2), only_kitsus]})
    doubt = GateFinding(gate=Gate.IDENTITY, message="Kitsu's page may show another anime")
    torn = a_sound_record(type=AnimeType.MOVIE, synopsis=None, episode_count=1)
    summary = a_summary(gates=[doubt, doubt], failed=[failed("Kitsu", "Implausible")])
    found = with_gate_findings(torn, live, summary).gates
    assert {one.gate for one in found} == set(Gate)
    assert len(found) == len(set(found))


def test_the_gates_of_the_live_version_do_not_stay() -> None:
    old = GateFinding(gate=Gate.DRIFT, message="type: TV -> Movie")
    record = a_sound_record().model_copy(update={"gates": [old]})
    assert with_gate_findings(record, a_sound_record(), a_summary()).gates == []


def test_only_an_ignored_provider_is_implausible() -> None:
    failures = [failed("Kitsu", "Implausible"), failed("AniList", "Unavailable")]
    (found,) = plausibility_findings(a_summary(failed=failures))
    assert found.message == "Kitsu: its answer shrank: episodes 26 -> 1"


@pytest.mark.parametrize(
    ("failures", "drifts"),
    [([failed("Kitsu", "NotFound")], True), ([failed("Kitsu", "Unavailable")], False), ([], False)],
    ids=["lost", "outage", "not asked"],
)
def test_a_site_is_missed_only_where_it_was_asked_and_answered(
    failures: list[dict[str, str]], drifts: bool
) -> None:
    both = ["https://myanimelist.net/anime/1", "https://kitsu.app/anime/2"]
    live, record = a_sound_record(sources=both), a_sound_record(sources=both[:1])
    found = with_gate_findings(record, live, a_summary(failed=failures)).gates
    assert ([one.message for one in found] == ["sources: Jikan, Kitsu -> Jikan"]) is drifts
    assert bool(found) is drifts


def test_a_site_that_lost_the_anime_is_missed_whichever_way_it_was_asked() -> None:
    both = ["https://myanimelist.net/anime/1", "https://kitsu.app/anime/2"]
    live, record = a_sound_record(sources=both), a_sound_record(sources=both[1:])
    lost = a_summary(answered=[Provider.KITSU], failed=[failed("MyAnimeList", "NotFound")])
    assert [one.message for one in with_gate_findings(record, live, lost).gates] == [
        "sources: Jikan, Kitsu -> Kitsu"
    ]


@pytest.mark.parametrize(
    ("policy", "confidence", "gate", "expected"),
    [
        ("Required", 1.0, False, True),
        ("OnLowConfidence", 0.8, False, False),
        ("OnLowConfidence", 0.79, False, True),
        ("OnLowConfidence", 1.0, True, True),
        ("Never", 0.0, True, False),
    ],
)
def test_the_policy_decides_about_the_review(
    policy: str, confidence: float, gate: bool, expected: bool
) -> None:
    assert review_needed(policy, confidence, 0.8, failed=gate) is expected


@pytest.mark.parametrize("policy", ReviewPolicy)
def test_no_policy_lets_a_loss_pass_unseen(policy: ReviewPolicy) -> None:
    assert review_needed(policy, 1.0, 0.8, failed=True, loses=True)


def test_what_lay_before_the_person_who_let_the_live_version_through_is_no_news() -> None:
    known = GateFinding(gate=Gate.COMPLETENESS, message="no provider has a synopsis")
    fresh = GateFinding(gate=Gate.COMPLETENESS, message="no provider lists characters")
    record = a_record(gates=[known, fresh])
    assert new_findings(record, a_record(gates=[known])) == [fresh]
    assert new_findings(record, None) == [known, fresh]


@pytest.mark.parametrize("gate", [Gate.DRIFT, Gate.PLAUSIBILITY, Gate.IDENTITY, Gate.LOSS])
def test_what_happened_in_this_run_is_always_news(gate: Gate) -> None:
    record = a_record(gates=[GateFinding(gate=gate, message="again")])
    assert new_findings(record, record) == record.gates


def test_providers_that_contradict_each_other_are_a_finding_and_no_gate() -> None:
    record = a_record(characters=[a_character()])
    losing = record.entry.provenance["title"]
    entry = record.entry.model_copy(update={"provenance": {"type": losing}})
    found = with_findings(record.model_copy(update={"entry": entry}), ["from fetch"]).findings
    assert found == ["from fetch", 'type: AniList is believed, Kitsu says "Frozen Tides"']


def test_an_upcoming_anime_may_lack_everything() -> None:
    bare = a_record(
        entry=an_entry(
            status=AnimeStatus.UPCOMING,
            synopsis=None,
            images=[],
            season=None,
            aired_from=NOW.date() + timedelta(9),
        ),
        episodes=[],
        characters=[],
    )
    assert with_gate_findings(bare, None, a_summary()).gates == []


def test_what_a_person_decided_is_contested_no_more() -> None:
    record = a_record(characters=[a_character()])
    decided = record.entry.provenance["title"].model_copy(update={"decided_by": "ilse"})
    entry = record.entry.model_copy(update={"provenance": {"type": decided}})
    assert with_findings(record.model_copy(update={"entry": entry}), []).findings == []
