# SPDX-License-Identifier: Apache-2.0
"""`otakube restore` against a real API server; the test is the operator."""

import json
from typing import Any

import httpx2

from console import otakube, path_of
from control_plane import ControlPlane

KIND = "catalogrestores"
MERGE = {"Content-Type": "application/merge-patch+json"}
MOMENT = "2026-11-29T10:02:03Z"
STATUS = {
    "phase": "Incomplete",
    "progress": {
        "done": 1_200, "total": 40_500, "percent": 2, "perSecond": 19, "timeLeft": "34m29s",
        "updateTime": MOMENT,
    },
    "snapshot": {"name": "20261129T100000Z", "digest": "sha256:5f", "writtenTime": MOMENT},
    "counts": {"restored": 40_499, "failed": 1},
    "verification": {"matching": 40_499, "newer": 0, "differing": 1},
    "entries": [{"entry": "ani_1", "outcome": "Failed", "detail": "its page is another's"}],
    "notes": ["merge locks: they contradict later ones"],
    "conditions": [
        {
            "type": kind,
            "status": status,
            "reason": "Incomplete",
            "message": "1 differ from it",
            "lastTransitionTime": MOMENT,
        }
        for kind, status in (("Ready", "False"), ("Stalled", "True"))
    ],
}  # fmt: skip


def read(api: httpx2.Client, namespace: str, name: str = "back") -> dict[str, Any]:
    body: dict[str, Any] = api.get(path_of(namespace, name, kind=KIND)).raise_for_status().json()
    return body


def tell(api: httpx2.Client, namespace: str, **status: Any) -> None:
    """Write a status, as the operator would."""
    where = f"{path_of(namespace, 'back', kind=KIND)}/status"
    api.patch(where, json={"status": status}, headers=MERGE).raise_for_status()


def test_a_restore_is_planned_listed_shown_and_started(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    def call(*words: str) -> str:
        done = otakube(otakube_api, "restore", *words, "-n", namespace)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert (
        f"No resources found in {namespace} namespace."
        in otakube(otakube_api, "restore", "list", "-n", namespace).stderr
    )
    page = "https://anilist.co/anime/1"
    assert "created (dry run)" in call("plan", "back", "--dry-run")
    assert call("plan", "back", "--entry", page, "--replace", "--locks").startswith(
        "catalogrestore.otakube.dev/back"
    )
    assert read(api, namespace)["spec"] == {
        "snapshot": "latest",
        "entries": [page],
        "newerContent": "Replace",
        "mergeLocks": "AddMissing",
        "dryRun": True,
    }
    tell(api, namespace, **STATUS)
    listed = call("list")
    for word in ("back", "20261129T100000Z", "Incomplete", "1,200 of 40,500", "19/s", "34m29s", "40499"):
        assert word in listed
    assert call("list", "-o", "name") == "catalogrestore.otakube.dev/back\n"
    shown = call("status", "back")
    for word in ("34m29s", "40,499", "by digest", "its page is another's", "they contradict", "1 differ"):
        assert word in shown
    assert json.loads(call("status", "back", "-o", "json"))["status"]["counts"]["failed"] == 1
    assert "(dry run)" in call("start", "back", "--dry-run")
    assert read(api, namespace)["spec"]["dryRun"] is True
    assert call("start", "back") == "catalogrestore.otakube.dev/back started\n"
    assert read(api, namespace)["spec"]["dryRun"] is False
    assert "annotations" not in read(api, namespace)["metadata"]
    assert "started again" in call("start", "back")
    assert "otakube.dev/requested-at" in read(api, namespace)["metadata"]["annotations"]
    tell(api, namespace, phase="Restoring")
    early = otakube(otakube_api, "restore", "start", "back", "-n", namespace)
    assert (early.returncode, "is under way" in early.stderr) == (1, True)
    said = otakube(otakube_api, "status", "-n", namespace).stderr
    assert "Restores: 1 stalled: back. See `otakube restore list`" in said


def test_what_the_api_server_refuses_is_said_in_its_words(otakube_api: ControlPlane, namespace: str) -> None:
    wrong = otakube(otakube_api, "restore", "plan", "back", "--snapshot", "today", "-n", namespace)
    assert (wrong.returncode, "spec.snapshot must be the name of a snapshot" in wrong.stderr) == (1, True)
    missing = otakube(otakube_api, "restore", "status", "back", "-n", namespace)
    assert (missing.returncode, "(NotFound)" in missing.stderr) == (1, True)
