# SPDX-License-Identifier: Apache-2.0
"""`otakube sync` against a real API server; the test is the operator."""

import json

import httpx2

from console import otakube, path_of
from control_plane import ControlPlane

KIND = "datasetsyncs"
MERGE = {"Content-Type": "application/merge-patch+json"}
RUN = {
    "workflow": "weekly-20261128t0100-1a2b3c4d",
    "startTime": "2026-11-28T01:00:01Z",
    "outcome": "Stopped",
    "reason": "Shrunk",
    "lastUpdate": "2026-11-27",
    "counts": {"new": 12_345},
}
STATUS = {
    "phase": "Stopped",
    "progress": {
        "done": 1_200, "total": 40_500, "percent": 2, "timeLeft": "3m20s", "updateTime": RUN["startTime"],
    },
    "dataset": {"lastUpdate": "2026-11-27"},
    "counts": {"new": 12_345, "keptApart": 2},
    "nextScheduleTime": "2126-12-05T01:00:00Z",
    "recentRuns": [RUN],
    "conditions": [
        {
            "type": kind,
            "status": status,
            "reason": "Shrunk",
            "message": "12 rows less",
            "lastTransitionTime": RUN["startTime"],
        }
        for kind, status in (("Ready", "False"), ("Stalled", "True"))
    ],
}  # fmt: skip


def create(api: httpx2.Client, namespace: str, name: str = "weekly") -> None:
    """Store a sync with a status, as the operator would leave it."""
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "DatasetSync",
        "metadata": {"name": name},
        "spec": {},
    }
    api.post(path_of(namespace, kind=KIND), json=body).raise_for_status()
    where = f"{path_of(namespace, name, kind=KIND)}/status"
    api.patch(where, json={"status": STATUS}, headers=MERGE).raise_for_status()


def test_syncs_are_listed_and_shown_with_their_progress(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    assert (
        f"No resources found in {namespace} namespace."
        in otakube(otakube_api, "sync", "list", "-n", namespace).stderr
    )
    create(api, namespace)
    listed = otakube(otakube_api, "sync", "list", "-n", namespace).stdout
    for word in ("weekly", "Stopped", "1,200 of 40,500", "3m20s", "2026-11-27", "12345", "Shrunk"):
        assert word in listed
    named = otakube(otakube_api, "sync", "list", "-n", namespace, "-o", "name")
    assert named.stdout == "datasetsync.otakube.dev/weekly\n"
    shown = otakube(otakube_api, "sync", "status", "weekly", "-n", namespace).stdout
    for word in ("1,200 of 40,500", "kept apart", "12,345", "12 rows less"):
        assert word in shown
    body = json.loads(otakube(otakube_api, "sync", "status", "weekly", "-n", namespace, "-o", "json").stdout)
    assert body["status"]["phase"] == "Stopped"
    missing = otakube(otakube_api, "sync", "status", "weakly", "-n", namespace)
    assert (missing.returncode, "(NotFound)" in missing.stderr) == (1, True)


def test_the_last_runs_are_listed(otakube_api: ControlPlane, api: httpx2.Client, namespace: str) -> None:
    create(api, namespace)
    listed = otakube(otakube_api, "sync", "history", "weekly", "-n", namespace).stdout
    assert RUN["workflow"] in listed
    found = otakube(otakube_api, "sync", "history", "weekly", "-n", namespace, "-o", "json")
    assert json.loads(found.stdout) == [RUN]


def test_a_sync_is_asked_for_and_a_dry_run_asks_for_none(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    create(api, namespace)
    where = path_of(namespace, "weekly", kind=KIND)
    dry = otakube(otakube_api, "sync", "run", "weekly", "-n", namespace, "--dry-run")
    assert "datasetsync.otakube.dev/weekly asked for a sync (dry run)" in dry.stdout
    assert "annotations" not in api.get(where).json()["metadata"]
    assert otakube(otakube_api, "sync", "run", "weekly", "-n", namespace).returncode == 0
    assert "otakube.dev/requested-at" in api.get(where).json()["metadata"]["annotations"]
    wrong = otakube(otakube_api, "sync", "run", "weekly", "-n", namespace, "--allow", "shrink=1")
    assert (wrong.returncode, "set spec.limits of DatasetSync weekly instead" in wrong.stderr) == (2, True)


def test_a_stalled_sync_is_told_of_by_status(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    create(api, namespace)
    said = otakube(otakube_api, "status", "-n", namespace).stderr
    assert "Dataset syncs: 1 stalled: weekly. See `otakube sync list`" in said
