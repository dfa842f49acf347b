# SPDX-License-Identifier: Apache-2.0
"""EpisodeSchedules, which this release accepts and does not run."""

from pathlib import Path
from typing import Any

import yaml

from control_plane import ControlPlane
from integration.otakube_operator.conftest import Body, World
from integration.otakube_operator.proxy import Proxy
from operator_process import OperatorProcess, running_operator
from otakube_api.v1alpha1.episode_schedule import ScheduleReason

SAMPLE = Path(__file__).parents[3] / "crds/samples/episode-schedule.yaml"


def path(world: World, plural: str = "episodeschedules") -> str:
    return f"/apis/otakube.dev/v1alpha1/namespaces/{world.namespace}/{plural}"


def schedule(world: World) -> Body | None:
    answer = world.api.get(f"{path(world)}/episode-schedule")
    body: Body = answer.json()
    return None if answer.status_code == 404 else body


def conditions(world: World) -> dict[str, tuple[str, str]]:
    found = (schedule(world) or {}).get("status", {}).get("conditions", [])
    return {each["type"]: (each["status"], each["reason"]) for each in found}


def events(world: World) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = world.api.get(f"/api/v1/namespaces/{world.namespace}/events").json()[
        "items"
    ]
    return [item for item in items if item["involvedObject"]["kind"] == "EpisodeSchedule"]


NOT_RUN = {"Ready": ("False", "NotSupported"), "Stalled": ("True", "NotSupported")}


def apply(world: World) -> None:
    world.api.post(path(world), json=yaml.safe_load(SAMPLE.read_text())).raise_for_status()


def test_a_schedule_is_told_by_conditions_and_one_event_that_it_is_not_run(
    world: World, operator: OperatorProcess
) -> None:
    apply(world)
    world.eventually(lambda: conditions(world) == NOT_RUN)
    world.eventually(lambda: len(events(world)) == 1)
    body, [event] = schedule(world), events(world)
    assert body is not None
    assert body["status"]["observedGeneration"] == 1
    assert (event["type"], event["reason"]) == ("Warning", ScheduleReason.NOT_SUPPORTED)
    assert "AnimeEnrichment of mode EpisodeUpdate" in event["message"]
    assert event["message"] == body["status"]["conditions"][0]["message"]
    assert world.api.get(path(world, "animeenrichments")).json()["items"] == []
    assert "finalizers" not in body["metadata"]
    assert operator.metric("otakube_operator_known_objects", kind="EpisodeSchedule") == 1


def test_an_edit_is_noted_without_another_event_and_a_deletion_is_not_delayed(
    plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path
) -> None:
    apply(world)
    with running_operator(
        plane, tmp_path, namespace=world.namespace, server=proxy.url, resync_seconds=1
    ) as one:
        world.eventually(lambda: conditions(world) == NOT_RUN and len(events(world)) == 1)
        merge = {"Content-Type": "application/merge-patch+json"}
        edit = {"spec": {"suspend": True}}
        world.api.patch(f"{path(world)}/episode-schedule", json=edit, headers=merge).raise_for_status()
        world.eventually(lambda: (schedule(world) or {})["status"]["observedGeneration"] == 2)
        passes = one.metric("otakube_operator_reconcile_seconds_count", kind="EpisodeSchedule")
        world.eventually(
            lambda: (
                one.metric("otakube_operator_reconcile_seconds_count", kind="EpisodeSchedule") > passes + 2
            )
        )
        world.api.delete(f"{path(world)}/episode-schedule").raise_for_status()
        assert schedule(world) is None
    kinds = [write.rsplit("/", 1)[-1] for write in proxy.writes]
    assert kinds == ["status", "events", "status"]
