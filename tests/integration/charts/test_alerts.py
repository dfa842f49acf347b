# SPDX-License-Identifier: Apache-2.0
"""Each alert of the chart fires when it should and not before, evaluated by Prometheus' own promtool."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from prometheus_process import program

RULES = Path(__file__).parents[3] / "charts/otakube/files/monitoring/rules.yaml"
GROUPS = yaml.safe_load(RULES.read_text())["groups"]
ALERTS = {rule["alert"]: rule for group in GROUPS for rule in group["rules"]}

Series = Mapping[str, str]
"""Values of each interval, in promtool's notation: 0+2x20 begins with 0 and grows by 2, twenty times."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Series of one alert: at `at` it fires with these labels and this summary; at `quiet_at` it does not.

    `near` are series that are almost as bad, at which it stays quiet all the time.
    """

    alert: str
    series: Series
    at: str
    quiet_at: str
    says: str
    near: Series
    labels: Mapping[str, str] = field(default_factory=dict)
    interval: str = "1m"


def condition(type_: str, reason: str, status: str = "True", kind: str = "AnimeEnrichment") -> str:
    labels = {"kind": kind, "type": type_, "status": status, "reason": reason}
    return series("otakube_operator_object_conditions", **labels)


def series(name: str, **labels: str) -> str:
    given = ", ".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{given}}}"


def requests(provider: str, outcome: str, replica: str = "a") -> str:
    return series("otakube_provider_requests_total", provider=provider, outcome=outcome, instance=replica)


def openings(provider: str, replica: str = "a") -> str:
    return series("otakube_provider_breaker_openings_total", provider=provider, instance=replica)


def failures(reason: str) -> str:
    return series("otakube_operator_step_failures_total", step="fetch", reason=reason)


def ticks(reason: str) -> str:
    return series("otakube_operator_schedule_ticks_total", reason=reason)


def sync_ticks(reason: str) -> str:
    return series("otakube_operator_dataset_sync_ticks_total", reason=reason)


def passes(result: str) -> str:
    return series("otakube_operator_reconciles_total", kind="AnimeEnrichment", result=result)


def answers(status: str) -> str:
    return series("otakube_catalogue_request_seconds_count", route="/search", status=status)


def durations(*, slow: int, of: int = 100) -> Series:
    """Requests of /search a minute, of which some take more than two and a half seconds."""
    name = "otakube_catalogue_request_seconds_bucket"
    counts = {"1": of - slow, "2.5": of - slow, "10": of, "+Inf": of}
    return {
        series(name, route="/search", status="200", le=le): f"0+{count}x60" for le, count in counts.items()
    }


CASES = [
    Case(
        alert="OtakubeEnrichmentsStalled",
        series={
            condition("Stalled", "AnimeUnknown"): "0 2x30",
            condition("Stalled", "Queued", "False"): "9x30",
        },
        quiet_at="15m", at="17m", labels={"reason": "AnimeUnknown"},
        says="2 AnimeEnrichments are stalled: AnimeUnknown",
        near={
            condition("Stalled", "NotSupported", kind="EpisodeSchedule"): "5x30",
            condition("Stalled", "EpisodeNotOut"): "5x30",
        },
    ),
    Case(
        alert="OtakubeSchedulesStalled",
        series={condition("Stalled", "EnrichmentRefused", kind="EpisodeSchedule"): "0 2x30"},
        quiet_at="15m", at="17m", labels={"reason": "EnrichmentRefused"},
        says="2 EpisodeSchedules are stalled: EnrichmentRefused",
        near={condition("Stalled", "AnimeUnknown"): "5x30"},
    ),
    Case(
        alert="OtakubeTicksMissed",
        series={ticks("DeadlineMissed"): "0x5 3x60"},
        quiet_at="5m", at="7m", labels={"reason": "DeadlineMissed"},
        says="3 due times passed without an enrichment in an hour: DeadlineMissed",
        near={ticks("DeadlineMissed"): "0x5 2x60", ticks("EpisodeNotOut"): "0x5 50x60"},
    ),
    Case(
        alert="OtakubeSyncsStalled",
        series={condition("Stalled", "Shrunk", kind="DatasetSync"): "0 1x30"},
        quiet_at="15m", at="17m", labels={"reason": "Shrunk"},
        says="1 DatasetSyncs are stalled: Shrunk",
        near={condition("Stalled", "Incomplete", kind="CatalogRestore"): "5x30"},
    ),
    Case(
        alert="OtakubeSyncMissed",
        series={sync_ticks("DeadlineMissed"): "0x5 1x60"},
        quiet_at="5m", at="7m", labels={"reason": "DeadlineMissed"},
        says="A due sync of the dataset was skipped: DeadlineMissed",
        near={sync_ticks("DeadlineMissed"): "3x60", sync_ticks("SyncStarted"): "0x5 9x60"},
    ),
    Case(
        alert="OtakubeRestoresStalled",
        series={condition("Stalled", "Incomplete", kind="CatalogRestore"): "0 1x30"},
        quiet_at="15m", at="17m", labels={"reason": "Incomplete"},
        says="1 CatalogRestores are stalled: Incomplete",
        near={condition("Stalled", "Shrunk", kind="DatasetSync"): "5x30"},
    ),
    Case(
        alert="OtakubeStepKeepsFailing",
        series={failures("StoreUnavailable"): "0x5 5x20"},
        quiet_at="5m", at="7m", labels={"step": "fetch", "reason": "StoreUnavailable"},
        says="Step fetch failed 5 times in 15 minutes: StoreUnavailable",
        near={failures("PodLost"): "0x5 4x30", failures("EpisodeNotOut"): "0x5 50x30"},
    ),
    Case(
        alert="OtakubeStepDoesNotGetOn",
        series={series("otakube_operator_troubled_runs", step="embed", reason="Unschedulable"): "0 3x30"},
        quiet_at="15m", at="17m", labels={"step": "embed", "reason": "Unschedulable"},
        says="3 runs stand at step embed: Unschedulable",
        near={series("otakube_operator_troubled_runs", step="fetch", reason="PodLost"): "1x10 0 1x10"},
    ),
    Case(
        alert="OtakubeReviewsWait",
        series={condition("AwaitingReview", "AwaitingDecision"): "21x800"},
        quiet_at="11h", at="12h1m", says="21 records wait for a review",
        near={condition("AwaitingReview", "AwaitingDecision"): "20x800"},
    ),
    Case(
        alert="OtakubeProviderRefuses",
        series={
            requests("Kitsu", "Answered"): "0+6x60",
            requests("Kitsu", "RateLimited"): "0+1x60",
            requests("Kitsu", "Refused"): "0+1x60",
            requests("Kitsu", "Answered", "b"): "0+6x60",
            requests("Kitsu", "RateLimited", "b"): "0+1x60",
            requests("Kitsu", "Refused", "b"): "0+1x60",
            requests("Jikan", "Answered"): "0+6x60",
        },
        quiet_at="8m", at="15m", labels={"provider": "Kitsu"},
        says="Kitsu refuses 25% of the requests",
        near={requests("Kitsu", "Answered"): "0+9x60", requests("Kitsu", "RateLimited"): "0+1x60"},
    ),
    Case(
        alert="OtakubeProviderAway",
        series={openings("Jikan", replica): "7x5 8x5 9x5 10x30" for replica in ("a", "b")},
        quiet_at="12m", at="20m", labels={"provider": "Jikan"},
        says="The breaker of Jikan opened 3 times in 30 minutes",
        near={openings("Jikan"): "7x5 8x5 9x40"},
    ),
    Case(
        alert="OtakubeProviderBudgetSpent",
        series={series("otakube_provider_remaining_requests_today", provider="AniDB"): "1 0x30"},
        quiet_at="15m", at="17m", labels={"provider": "AniDB"},
        says="The budget of the day of AniDB is spent",
        near={series("otakube_provider_remaining_requests_today", provider="AniDB"): "1x30"},
    ),
    Case(
        alert="OtakubeOperatorAbsent",
        series={series("otakube_operator_known_objects", kind="AnimeEnrichment"): "3x5 stale"},
        quiet_at="10m", at="12m", says="No operator is scraped",
        near={series("otakube_operator_known_objects", kind="AnimeEnrichment"): "0x30"},
    ),
    Case(
        alert="OtakubeOperatorBehind",
        series={series("otakube_operator_queue_depth", kind="AnimeEnrichment"): "0 101x20"},
        quiet_at="10m", at="12m", labels={"kind": "AnimeEnrichment"},
        says="101 objects of kind AnimeEnrichment wait for the operator",
        near={series("otakube_operator_queue_depth", kind="AnimeEnrichment"): "100x30"},
    ),
    Case(
        alert="OtakubeWatchSilent",
        series={series("otakube_operator_watch_age_seconds", resource="workflows"): "0+60x20"},
        quiet_at="7m", at="9m", labels={"resource": "workflows"},
        says="The operator has heard nothing of workflows for 9m 0s",
        near={series("otakube_operator_watch_age_seconds", resource="workflows"): "120x30"},
    ),
    Case(
        alert="OtakubeReconcilesFail",
        series={passes("WriteConflict"): "0+6x60", passes("ok"): "0+600x60"},
        quiet_at="15m", at="20m", labels={"kind": "AnimeEnrichment"},
        says="Passes over objects of kind AnimeEnrichment end in an error",
        near={passes("WriteConflict"): "0+2x60", passes("ok"): "0+600x60"},
    ),
    Case(
        alert="OtakubeStoreAway",
        series={
            series("otakube_catalogue_dependency_up", dependency="budgets", instance="a"): "1 0x20",
            series("otakube_catalogue_dependency_up", dependency="budgets", instance="b"): "1x20",
        },
        quiet_at="2m", at="4m", labels={"dependency": "budgets"},
        says="The catalogue cannot reach its budgets",
        near={
            series("otakube_catalogue_dependency_up", dependency="budgets"): "1 0 1x20",
            series("otakube_catalogue_dependency_up", dependency="snapshots"): "1 0x20",
        },
    ),
    Case(
        alert="OtakubeSnapshotsAway",
        series={series("otakube_catalogue_dependency_up", dependency="snapshots"): "1 0x90"},
        quiet_at="59m", at="65m", labels={"dependency": "snapshots"},
        says="The place of the snapshots cannot be read",
        near={
            series("otakube_catalogue_dependency_up", dependency="snapshots"): "1 0x30 1x90",
            series("otakube_catalogue_dependency_up", dependency="documents"): "1 0x90",
        },
    ),
    Case(
        alert="OtakubeCatalogueErrors",
        series={answers("200"): "0+90x60", answers("503"): "0+10x60"},
        quiet_at="4m", at="10m", says="10% of the catalogue's answers are errors",
        near={answers("200"): "0+96x60", answers("404"): "0+9x60", answers("500"): "0+4x60"},
    ),
    Case(
        alert="OtakubeCatalogueSlow",
        series=durations(slow=10),
        quiet_at="14m", at="20m", labels={"route": "/search"},
        says="One of twenty requests to /search takes more than 6.25s",
        near=durations(slow=4),
    ),
    Case(
        alert="OtakubeSnapshotStale", interval="1h",
        series={series("otakube_snapshot_last_good_timestamp_seconds"): "0x200"},
        quiet_at="193h", at="194h", says="The last good snapshot is 8d 2h 0m 0s old",
        near={series("otakube_snapshot_last_good_timestamp_seconds"): "0x99 90000x100"},
    ),
    Case(
        alert="OtakubeSnapshotMissing", interval="1h",
        series={series("otakube_catalogue_dependency_up", dependency="snapshots"): "1x200"},
        quiet_at="191h", at="193h", says="There is no snapshot of the catalogue",
        near={
            series("otakube_catalogue_dependency_up", dependency="snapshots"): "1x200",
            series("otakube_snapshot_last_good_timestamp_seconds"): "_x99 9x100",
        },
    ),
    Case(
        alert="OtakubeSyncStale", interval="1h",
        series={series("otakube_dataset_sync_last_success_timestamp_seconds"): "0x400"},
        quiet_at="361h", at="362h", says="The last sync of the dataset succeeded 15d 2h 0m 0s ago",
        near={series("otakube_dataset_sync_last_success_timestamp_seconds"): "0x99 90000x300"},
    ),
]  # fmt: skip


def firing(case: Case) -> list[dict[str, Any]]:
    labels = {**ALERTS[case.alert]["labels"], **case.labels}
    return [{"exp_labels": labels, "exp_annotations": {"summary": case.says}}]


def unit(case: Case, given: Series, expected: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """One of promtool's unit tests: what fires at which time."""
    return {
        "interval": case.interval,
        "input_series": [{"series": name, "values": values} for name, values in given.items()],
        "alert_rule_test": [
            {"eval_time": at, "alertname": case.alert, "exp_alerts": alerts}
            for at, alerts in expected.items()
        ],
    }


def promtool(*arguments: str) -> str:
    """Its words, if it found nothing wrong."""
    done = subprocess.run([program("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules with their summaries alone: promtool compares whole annotations."""
    folder = tmp_path_factory.mktemp("rules")
    groups = [
        {**group, "rules": [{**rule, "annotations": _summary(rule)} for rule in group["rules"]]}
        for group in GROUPS
    ]
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": groups}))
    return path


def _summary(rule: Mapping[str, Any]) -> dict[str, str]:
    return {"summary": rule["annotations"]["summary"]}


def test_prometheus_takes_the_rules_as_they_are() -> None:
    assert f"{len(ALERTS)} rules found" in promtool("check", "rules", str(RULES))


def test_every_alert_has_its_case() -> None:
    assert [case.alert for case in CASES] == list(ALERTS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_an_alert_fires_when_it_should_and_not_before_nor_for_less(case: Case, summaries: Path) -> None:
    times = [f"{minute}m" for minute in range(0, 60, 5)] + ([case.at] if "h" in case.at else [])
    test = {
        "rule_files": [str(summaries)],
        "evaluation_interval": case.interval,
        "tests": [
            unit(case, case.series, {case.quiet_at: [], case.at: firing(case)}),
            unit(case, case.near, {at: [] for at in _while_there_is_data(case, times)}),
        ],
    }
    path = summaries.with_name(f"{case.alert}.yaml")
    path.write_text(yaml.safe_dump(test))
    promtool("test", "rules", str(path))


def _while_there_is_data(case: Case, times: list[str]) -> list[str]:
    """An alert on absence may fire behind the end of its series."""
    return times[:6] if case.alert == "OtakubeOperatorAbsent" else times
