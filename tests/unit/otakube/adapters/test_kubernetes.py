# SPDX-License-Identifier: Apache-2.0
"""Manifests without the fields that others own, and clients without a cluster."""

from pathlib import Path
from typing import Any

import pytest

from otakube.adapters.kubernetes import in_pod, without
from otakube.errors import Fatal


def a_spec() -> dict[str, Any]:
    airings = [{"episode": 5, "airTime": "a"}, {"episode": 6, "airTime": "b"}]
    return {"spec": {"delay": "1h", "broadcast": {"weekday": "Friday", "time": "25:30"}, "airings": airings}}


@pytest.mark.parametrize(
    ("field", "gone"),
    [
        (".spec.delay", lambda spec: spec.pop("delay")),
        (".spec.broadcast.time", lambda spec: spec["broadcast"].pop("time")),
        (".spec.airings[episode=6].airTime", lambda spec: spec["airings"][1].pop("airTime")),
        (".spec.airings[episode=6]", lambda spec: spec["airings"].pop(1)),
        (".spec.airings[episode=7].airTime", lambda _: None),
        (".spec.until", lambda _: None),
    ],
)
def test_a_field_that_is_anothers_is_taken_out_alone(field: str, gone: Any) -> None:
    body, expected = a_spec(), a_spec()
    without(body, field)
    gone(expected["spec"])
    assert body == expected


def test_a_note_or_label_that_is_anothers_is_taken_out_whole() -> None:
    notes = {"otakube.dev/title": "Tide", "otakube.dev/planned-hash": "a"}
    body = {"metadata": {"annotations": dict(notes), "labels": {"otakube.dev/managed-by": "planner"}}}
    without(body, ".metadata.annotations.otakube.dev/title")
    without(body, ".metadata.labels.otakube.dev/managed-by")
    assert body == {"metadata": {"annotations": {"otakube.dev/planned-hash": "a"}, "labels": {}}}


def test_outside_of_a_pod_it_says_how_to_reach_a_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(Fatal, match="--api-server"):
        in_pod(tmp_path)
