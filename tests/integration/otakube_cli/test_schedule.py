# SPDX-License-Identifier: Apache-2.0
"""`otakube schedule` against a real API server; the test is the operator."""

import json

import httpx2

from console import otakube, path_of
from control_plane import ControlPlane

KIND = "episodeschedules"
SPEC = {
    "anime": {"id": "ani_01JD3Z5K8Q0000000000000001"},
    "broadcast": {"weekday": "Friday", "time": "25:30"},
}


def create(api: httpx2.Client, namespace: str, name: str) -> None:
    """Store a schedule with a status, as the operator would leave it."""
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "EpisodeSchedule",
        "metadata": {"name": name},
        "spec": SPEC,
    }
    api.post(path_of(namespace, kind=KIND), json=body).raise_for_status()
    tick = {
        "dueTime": "2026-11-20T17:30:00Z",
        "episode": 7,
        "outcome": "Succeeded",
        "reason": "EnrichmentCreated",
        "enrichment": f"{name}-ep7",
    }
    status = {
        "times": "Friday 25:30 Asia/Tokyo",
        "nextScheduleTime": "2026-11-27T17:30:00Z",
        "recentTicks": [tick],
    }
    api.patch(
        f"{path_of(namespace, name, kind=KIND)}/status",
        json={"status": status},
        headers={"Content-Type": "application/merge-patch+json"},
    ).raise_for_status()


def test_schedules_are_listed_and_shown(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    empty = otakube(otakube_api, "schedule", "list", "-n", namespace)
    assert (empty.returncode, empty.stdout) == (0, "")
    assert f"No resources found in {namespace} namespace." in empty.stderr
    create(api, namespace, "tide")
    listed = otakube(otakube_api, "schedule", "list", "-n", namespace, TZ="Asia/Tokyo")
    [heading, line] = listed.stdout.splitlines()
    assert heading.split() == ["NAME", "TIMES", "EPISODE", "DUE", "LAST", "AGREEMENT", "REASON"]
    assert "2026-11-28 02:30 JST" in line
    assert "Succeeded" in line
    named = otakube(otakube_api, "schedule", "list", "-n", namespace, "-o", "name")
    assert named.stdout == "episodeschedule.otakube.dev/tide\n"
    shown = otakube(otakube_api, "schedule", "show", "tide", "-n", namespace)
    assert "tide-ep7" in shown.stdout
    missing = otakube(otakube_api, "schedule", "show", "tode", "-n", namespace)
    assert missing.returncode == 1
    assert "(NotFound)" in missing.stderr


def test_an_enrichment_is_asked_for_and_a_dry_run_asks_for_none(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    create(api, namespace, "tide")

    def request() -> str | None:
        body = api.get(path_of(namespace, "tide", kind=KIND)).raise_for_status().json()
        annotations = body["metadata"].get("annotations") or {}
        return annotations.get("otakube.dev/requested-at")

    dry = otakube(otakube_api, "schedule", "run-now", "tide", "-n", namespace, "--dry-run")
    assert dry.stdout == "episodeschedule.otakube.dev/tide asked for an enrichment (dry run)\n"
    assert request() is None
    done = otakube(otakube_api, "schedule", "run-now", "tide", "nobody", "-n", namespace)
    assert done.returncode == 1, "one of the two is not there"
    assert done.stdout == "episodeschedule.otakube.dev/tide asked for an enrichment\n"
    assert request()


def test_the_next_due_times_are_previewed_and_exported(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    create(api, namespace, "tide")
    done = otakube(otakube_api, "schedule", "preview", "tide", "--days", "21", "-n", namespace, "-o", "json")
    found = json.loads(done.stdout)
    assert len(found) == 3
    assert {each["airTime"][10:] for each in found} == {"T16:30:00Z"}
    calendar = otakube(otakube_api, "schedule", "ics", "-n", namespace, "--season", "2027-spring")
    assert calendar.stdout.count("BEGIN:VEVENT") == 13
