# SPDX-License-Identifier: Apache-2.0
"""Objects that the API server accepts, stores and gives back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from control_plane import ControlPlane
from integration.otakube_api.server import an_object, create, patch, path
from otakube_api.contract import ReviewState, SourceState
from otakube_api.reasons import CommonCondition, ConditionType, Reason
from otakube_api.v1alpha1.anime_enrichment import (
    KIND,
    AnimeEnrichment,
    AnimeEnrichmentStatus,
    GateStatus,
    ImageStatus,
    ReviewStatus,
    SourceStatus,
    StepStatus,
    WorkflowStatus,
)
from otakube_api.v1alpha1.catalog_restore import (
    CatalogRestore,
    CatalogRestoreStatus,
    EntryNote,
    RestoreCounts,
    RestoredSnapshot,
    RestorePhase,
    RestoreRunOutcome,
    RestoreRunStatus,
    RestoreVerification,
)
from otakube_api.v1alpha1.dataset_sync import (
    DatasetSync,
    DatasetSyncStatus,
    SyncCounts,
    SyncedDataset,
    SyncEnrichmentCounts,
    SyncOutcome,
    SyncPhase,
    SyncRunStatus,
)
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_api.v1alpha1.episode_schedule import (
    ActiveReference,
    AgreementStatus,
    EpisodeSchedule,
    EpisodeScheduleStatus,
    NextEpisode,
    ScheduleCondition,
    ScheduleReason,
    TickOutcome,
    TickStatus,
)
from otakube_api.v1alpha1.job import JobProgress, JobWorkflow
from otakube_api.v1alpha1.meta import Condition
from otakube_api.v1alpha1.restore_reasons import RestoreReason
from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_api.v1alpha1.waiting import QueueStatus, RetryStatus

ROOT = Path(__file__).parents[3]
SAMPLES = sorted((ROOT / "crds/samples").glob("*.yaml"))
MODELS = {
    "AnimeEnrichment": AnimeEnrichment,
    "CatalogRestore": CatalogRestore,
    "DatasetSync": DatasetSync,
    "EpisodeSchedule": EpisodeSchedule,
}
NOW = datetime(2026, 11, 20, 21, 40, 5, tzinfo=UTC)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_is_accepted_and_read_back_by_our_types(
    api: httpx2.Client, namespace: str, sample: Path
) -> None:
    body = yaml.safe_load(sample.read_text())

    stored = create(api, namespace, body).raise_for_status().json()

    assert MODELS[body["kind"]].model_validate(stored).spec.to_body() == stored["spec"]


@pytest.mark.parametrize(
    "url",
    [
        "https://myanimelist.net/anime/1/Cowboy_Bebop",
        "https://www.anilist.co/anime/1/Cowboy-Bebop/",
        "https://kitsu.io/anime/1",
        "https://kitsu.app/anime/cowboy-bebop",
        "https://anidb.net/anime/23",
        "https://www.anime-planet.com/anime/cowboy-bebop",
        "https://animeschedule.net/anime/cowboy-bebop",
        "https://myanimelist.net/anime/1/カウボーイビバップ",
    ],
)
def test_a_page_of_a_known_provider_is_accepted(api: httpx2.Client, namespace: str, url: str) -> None:
    assert create(api, namespace, an_object({"anime": {"sourceUrls": [url]}})).status_code == 201


@pytest.mark.parametrize("timeout", ["1m", "60s", "1h30m", "72h", "720h", "719h59m60s"])
def test_a_bounded_review_timeout_is_accepted(api: httpx2.Client, namespace: str, timeout: str) -> None:
    body = an_object({"anime": {"title": "A"}, "review": {"timeout": timeout}})

    assert create(api, namespace, body).status_code == 201


@pytest.mark.parametrize(
    "cron", ["0 1 * * *", "*/15 0-6,12 1 jan-mar MON-FRI", "59 23 31 12 7", "0 0,12 * * sun"]
)
def test_a_cron_expression_is_accepted(api: httpx2.Client, namespace: str, cron: str) -> None:
    spec = {
        "anime": {"sourceUrls": ["https://kitsu.app/anime/1"]},
        "schedule": cron,
        "timeZone": "Asia/Tokyo",
    }

    assert create(api, namespace, an_object(spec, "EpisodeSchedule")).status_code == 201


@pytest.mark.parametrize("kind", MODELS)
def test_the_server_fills_in_the_defaults_of_our_types(api: httpx2.Client, namespace: str, kind: str) -> None:
    anime = {"anime": {"sourceUrls": ["https://kitsu.app/anime/1"]}}
    spec = {
        "AnimeEnrichment": anime,
        "CatalogRestore": {},
        "DatasetSync": {},
        "EpisodeSchedule": {**anime, "broadcast": {"weekday": "Friday", "time": "25:30"}},
    }[kind]

    stored = create(api, namespace, an_object(spec, kind)).json()["spec"]

    assert stored == MODELS[kind].model_validate(an_object(spec, kind)).spec.to_body()


def test_the_order_of_source_urls_does_not_matter(api: httpx2.Client, namespace: str) -> None:
    urls = ["https://kitsu.app/anime/1", "https://anilist.co/anime/1"]
    create(api, namespace, an_object({"anime": {"sourceUrls": urls}})).raise_for_status()

    change = {"spec": {"anime": {"sourceUrls": urls[::-1]}}}

    assert patch(api, path(namespace, "AnimeEnrichment", "test"), change).status_code == 200


def test_everything_but_the_anime_can_change(api: httpx2.Client, namespace: str) -> None:
    create(api, namespace, an_object({"anime": {"title": "A"}})).raise_for_status()
    change = {
        "providers": ["Kitsu"],
        "review": {"policy": "Required", "timeout": "2h"},
        "accelerator": "CPU",
        "priority": 7,
        "suspend": True,
        "successfulWorkflowsHistoryLimit": 0,
        "failedWorkflowsHistoryLimit": 100,
    }

    stored = (
        patch(api, path(namespace, "AnimeEnrichment", "test"), {"spec": change}).raise_for_status().json()
    )

    assert stored["metadata"]["generation"] == 2
    assert stored["spec"] == {"anime": {"title": "A"}, "mode": "FullEnrichment", **change}


def test_the_largest_legal_spec_is_accepted_and_small_enough_for_an_annotation(
    api: httpx2.Client, namespace: str
) -> None:
    urls = [f"https://anilist.co/anime/{n}/".ljust(512, "あ") for n in range(1, 21)]

    stored = create(api, namespace, an_object({"anime": {"sourceUrls": urls}})).raise_for_status().json()

    assert len(json.dumps(stored["spec"], ensure_ascii=False).encode()) < 64 * 1024


def a_condition(kind: ConditionType, reason: Reason, message: str = "") -> Condition:
    return Condition(
        type=kind,
        status="True",
        observed_generation=1,
        last_transition_time=NOW,
        reason=reason,
        message=message,
    )


def a_full_enrichment_status() -> AnimeEnrichmentStatus:
    """Every field set, every text at its bound and not ASCII."""
    return AnimeEnrichmentStatus(
        conditions=[a_condition(kind, EnrichmentReason.PUBLISHED, "語" * 9999) for kind in KIND.conditions],
        observed_generation=1,
        entry_id="ani_01JD3Z5K8Q0000000000000001",
        title="あ" * 9999,
        live_version=2**40,
        digest="a" * 64,
        confidence="0.93",
        workflow=WorkflowStatus(name="w" * 253, generation=1, attempt=2, phase="Running", start_time=NOW),
        step=StepStatus(
            name="fetch",
            attempt=2,
            attempt_limit=7,
            reason="StoreUnavailable",
            message="語" * 9999,
            since_time=NOW,
            next="次" * 9999,
        ),
        review=ReviewStatus(state=ReviewState.WAITING, deadline=NOW, findings=["語" * 9999] * 50),
        sources=[
            SourceStatus(provider="Jikan", state=SourceState.ANSWERED),
            SourceStatus(
                provider="Kitsu", state=SourceState.FAILED, reason="Unavailable", message="5" * 9999
            ),
        ],
        gates=[GateStatus(gate="Drift", message="差" * 9999)] * 50,
        images=ImageStatus(stored=12, failed=1),
        recent_starts=[NOW] * 10,
        queue=QueueStatus(since_time=NOW, place=20, expected_start_time=NOW),
        retry=RetryStatus(workflow="w" * 253, step="fetch", count=3, failure_time=NOW, next_time=NOW),
        publication_time=NOW,
        last_handled_request="x" * 9999,
    )


def a_full_schedule_status() -> EpisodeScheduleStatus:
    tick = TickStatus(
        due_time=NOW,
        air_time=NOW,
        episode=99_999,
        outcome=TickOutcome.SKIPPED,
        reason=ScheduleReason.DEADLINE_MISSED,
        enrichment="a" * 253,
        count=2**31 - 1,
        last_due_time=NOW,
    )
    return EpisodeScheduleStatus(
        conditions=[
            a_condition(CommonCondition.READY, ScheduleReason.SCHEDULED, "語" * 9999),
            a_condition(ScheduleCondition.SOURCES_DISAGREE, ScheduleReason.SOURCES_DISAGREE),
        ],
        observed_generation=1,
        times="Friday 25:30 Asia/Tokyo",
        since_time=NOW,
        active=[ActiveReference(name="a", uid="1"), ActiveReference(name="b", uid="2")],
        next_schedule_time=NOW,
        next_episode=NextEpisode(number=13, air_time=NOW),
        last_schedule_time=NOW,
        last_successful_time=NOW,
        recent_ticks=[tick] * 10,
        agreement=AgreementStatus(score="0.92", reason="SameTime", episodes=12),
        last_handled_request="now",
    )


def a_full_sync_status() -> DatasetSyncStatus:
    most = 2**31 - 1
    counts = SyncCounts(**dict.fromkeys(SyncCounts.model_fields, most))
    enrichment = SyncEnrichmentCounts(**dict.fromkeys(SyncEnrichmentCounts.model_fields, most))
    run = SyncRunStatus(
        workflow="w" * 253,
        due_time=NOW,
        start_time=NOW,
        end_time=NOW,
        outcome=SyncOutcome.STOPPED,
        reason=SyncReason.SHRUNK,
        revision="r" * 64,
        last_update="2026-11-21",
        counts=counts,
        enrichment=enrichment,
    )
    return DatasetSyncStatus(
        conditions=[
            a_condition(CommonCondition.READY, SyncReason.SHRUNK, "語" * 9999),
            a_condition(CommonCondition.STALLED, SyncReason.SHRUNK),
        ],
        observed_generation=1,
        phase=SyncPhase.STOPPED,
        workflow=JobWorkflow(name="w" * 253, uid="u" * 64, phase="Failed", start_time=NOW),
        progress=JobProgress(
            done=most, total=most, percent=100, per_second=most, time_left="99h59m", update_time=NOW
        ),
        revision="r" * 64,
        dataset=SyncedDataset(
            source="s" * 512,
            release_tag="2026-48",
            digest="d" * 80,
            etag='"e"',
            last_update="2026-11-21",
            rows=most,
        ),
        counts=counts,
        enrichment=enrichment,
        times="0 1 * * SAT UTC",
        since_time=NOW,
        next_schedule_time=NOW,
        last_schedule_time=NOW,
        last_successful_time=NOW,
        last_handled_request="now",
        recent_runs=[run] * 10,
    )


def a_full_restore_status() -> CatalogRestoreStatus:
    most = 2**31 - 1
    run = RestoreRunStatus(
        workflow="w" * 253,
        purpose="Restore",
        start_time=NOW,
        end_time=NOW,
        outcome=RestoreRunOutcome.INCOMPLETE,
        reason=RestoreReason.INCOMPLETE,
    )
    return CatalogRestoreStatus(
        conditions=[
            a_condition(CommonCondition.READY, RestoreReason.INCOMPLETE, "語" * 9999),
            a_condition(CommonCondition.STALLED, RestoreReason.INCOMPLETE),
        ],
        observed_generation=1,
        phase=RestorePhase.INCOMPLETE,
        workflow=JobWorkflow(name="w" * 253, uid="u" * 64, phase="Succeeded", start_time=NOW),
        progress=JobProgress(
            done=most, total=most, percent=100, per_second=most, time_left="99h59m", update_time=NOW
        ),
        snapshot=RestoredSnapshot(
            name="20261129T100000Z",
            digest="d" * 80,
            entries=most,
            left_out=most,
            release="1.2.3",
            record_schema=4,
            written_time=NOW,
        ),
        counts=RestoreCounts(**dict.fromkeys(RestoreCounts.model_fields, most)),
        added_rows=most,
        verification=RestoreVerification(matching=most, newer=most, differing=most),
        entries=[EntryNote(entry="ani_1", outcome="Failed", detail="語" * 9999)] * 20,
        notes=["語" * 9999] * 20,
        restored_time=NOW,
        last_handled_request="now",
        recent_runs=[run] * 10,
    )


STATUSES = {
    "CatalogRestore": ({}, a_full_restore_status()),
    "DatasetSync": ({}, a_full_sync_status()),
    "AnimeEnrichment": ({"anime": {"title": "A"}}, a_full_enrichment_status()),
    "EpisodeSchedule": (
        {"anime": {"sourceUrls": ["https://kitsu.app/anime/1"]}, "schedule": "0 1 * * *"},
        a_full_schedule_status(),
    ),
}


@pytest.mark.parametrize("kind", STATUSES)
def test_a_full_status_reads_back_as_written(api: httpx2.Client, namespace: str, kind: str) -> None:
    spec, status = STATUSES[kind]
    create(api, namespace, an_object(spec, kind)).raise_for_status()
    assert status.model_fields_set == set(type(status).model_fields), "the test must set every field"

    written = patch(api, path(namespace, kind, "test", "status"), {"status": status.to_body()})

    assert written.status_code == 200, written.text
    read = api.get(path(namespace, kind, "test")).json()
    assert read["status"] == status.to_body()
    assert MODELS[kind].model_validate(read).status == status


def test_an_empty_status_reads_back_without_defaults(api: httpx2.Client, namespace: str) -> None:
    create(api, namespace, an_object({"anime": {"title": "A"}})).raise_for_status()

    written = patch(
        api, path(namespace, "AnimeEnrichment", "test", "status"), {"status": {"observedGeneration": 1}}
    )

    assert written.json()["status"] == {"observedGeneration": 1}


def test_a_status_write_leaves_spec_and_generation_alone(api: httpx2.Client, namespace: str) -> None:
    before = create(api, namespace, an_object({"anime": {"title": "A"}})).json()
    change = {"status": {"observedGeneration": 1}, "spec": {"suspend": True}}

    after = patch(api, path(namespace, "AnimeEnrichment", "test", "status"), change).json()

    assert (after["spec"], after["metadata"]["generation"]) == (before["spec"], 1)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ({"foo": 1}, 'unknown field "status.foo"'),
        ({"workflow": {"phase": "Running"}}, "status.workflow.name: Required value"),
        (
            {"conditions": [{"type": "Ready", "status": "Maybe"}]},
            "status.conditions[0].status: Unsupported value",
        ),
        ({"sources": [{"provider": "Kitsu", "state": "Failed"}] * 2}, "status.sources[1]: Duplicate value"),
    ],
    ids=["an unknown field", "a workflow without a name", "a third truth value", "a provider twice"],
)
def test_a_wrong_status_is_refused(
    api: httpx2.Client, namespace: str, status: dict[str, Any], says: str
) -> None:
    create(api, namespace, an_object({"anime": {"title": "A"}})).raise_for_status()

    answer = patch(api, path(namespace, "AnimeEnrichment", "test", "status"), {"status": status})

    assert answer.status_code in (400, 422)
    assert says in answer.json()["message"]


def test_kubectl_shows_our_columns_short_names_and_category(
    api: httpx2.Client, otakube_api: ControlPlane, namespace: str
) -> None:
    create(api, namespace, an_object({"anime": {"title": "A"}}, name="shown")).raise_for_status()
    status = AnimeEnrichmentStatus(
        title="The Shown One",
        conditions=[a_condition(CommonCondition.READY, EnrichmentReason.PUBLISHED)],
        publication_time=datetime.now(UTC),
    )
    patch(api, path(namespace, "AnimeEnrichment", "shown", "status"), {"status": status.to_body()})

    by_short_name = otakube_api.kubectl("get", "aenrich", "--namespace", namespace).stdout
    by_category = otakube_api.kubectl("get", "anime", "--namespace", namespace).stdout

    assert by_short_name.split("\n")[0].split() == [
        "NAME",
        "ANIME",
        "READY",
        "REASON",
        "STEP",
        "PUBLISHED",
        "AGE",
    ]
    assert "The Shown One" in by_short_name
    assert "Published" in by_short_name
    assert "shown" in by_category


def test_objects_are_found_by_their_fields(
    api: httpx2.Client, otakube_api: ControlPlane, namespace: str
) -> None:
    for name, suspend in (("held", True), ("free", False)):
        body = an_object({"anime": {"title": "A"}, "suspend": suspend}, name=name)
        create(api, namespace, body).raise_for_status()
    status = AnimeEnrichmentStatus(entry_id="ani_01JD3Z5K8Q0000000000000001")
    patch(api, path(namespace, "AnimeEnrichment", "free", "status"), {"status": status.to_body()})

    def names(selector: str) -> str:
        command = (
            "get",
            "aenrich",
            "--namespace",
            namespace,
            "--output",
            "name",
            "--field-selector",
            selector,
        )
        return otakube_api.kubectl(*command).stdout.strip()

    assert names("spec.suspend=true") == "animeenrichment.otakube.dev/held"
    assert names("status.entryId=ani_01JD3Z5K8Q0000000000000001") == "animeenrichment.otakube.dev/free"
    assert names("spec.mode=EpisodeUpdate") == ""


def test_kubectl_waits_on_ready(api: httpx2.Client, otakube_api: ControlPlane, namespace: str) -> None:
    create(api, namespace, an_object({"anime": {"title": "A"}})).raise_for_status()
    ready = {"conditions": [a_condition(CommonCondition.READY, EnrichmentReason.PUBLISHED).to_body()]}
    patch(api, path(namespace, "AnimeEnrichment", "test", "status"), {"status": ready}).raise_for_status()

    done = otakube_api.kubectl(
        "wait", "-n", namespace, "aenrich/test", "--for=condition=Ready", "--timeout=30s"
    )

    assert "condition met" in done.stdout


@pytest.mark.parametrize("field", ["spec.anime.sourceUrls", "spec.review.timeout", "status.conditions"])
def test_kubectl_explains_a_field(otakube_api: ControlPlane, field: str) -> None:
    done = otakube_api.kubectl("explain", f"animeenrichment.{field}")

    assert f"{field.rpartition('.')[2]} " in done.stdout
