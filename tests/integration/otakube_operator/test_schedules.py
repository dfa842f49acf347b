# SPDX-License-Identifier: Apache-2.0
"""EpisodeSchedules against a real API server: an AnimeEnrichment for each due time, and its outcome."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from control_plane import ControlPlane
from integration.otakube_operator.conftest import Body, World, eventually
from integration.otakube_operator.proxy import Proxy
from operator_process import OperatorProcess, running_operator

SAMPLE = Path(__file__).parents[3] / "crds/samples/episode-schedule.yaml"
MERGE = {"Content-Type": "application/merge-patch+json"}
ANIME = {"sourceUrls": ["https://myanimelist.net/anime/73815"]}
MINUTE = 60.0
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Schedules:
    """One namespace with EpisodeSchedules; `operator` starts one whose clock is so many seconds ahead."""

    world: World
    operator: Callable[..., AbstractContextManager[OperatorProcess]]

    def apply(self, name: str = "show", **spec: Any) -> None:
        meta = {"name": name}
        body = {"apiVersion": "otakube.dev/v1alpha1", "kind": "EpisodeSchedule", "metadata": meta}
        answer = self.world.api.post(path(self.world), json=body | {"spec": {"anime": ANIME, **spec}})
        assert answer.status_code == 201, answer.text

    def patch(self, body: Body, name: str = "show") -> None:
        where = f"{path(self.world)}/{name}"
        self.world.api.patch(where, json=body, headers=MERGE).raise_for_status()

    def status(self, name: str = "show") -> Body:
        body: Body = self.world.api.get(f"{path(self.world)}/{name}").json()
        return body.get("status", {})

    def ticks(self, name: str = "show") -> list[tuple[int | None, str, str]]:
        found = self.status(name).get("recentTicks", [])
        return [(each.get("episode"), each["outcome"], each["reason"]) for each in found]

    def children(self) -> list[Body]:
        found = [each for each in self.world.enrichments() if "ownerReferences" in each["metadata"]]
        return sorted(found, key=lambda each: int(each["metadata"]["resourceVersion"]))

    def end(self, name: str, reason: str = "Published") -> None:
        """Write an enrichment's status as its controller does at its end."""
        ready = "True" if reason == "Published" else "False"
        now = text(0)
        common = {"observedGeneration": 1, "lastTransitionTime": now, "reason": reason, "message": ""}
        conditions = [{"type": "Ready", "status": ready, **common}]
        conditions += [{"type": "Stalled", "status": "True", **common}] if ready == "False" else []
        where = f"{path(self.world, 'animeenrichments')}/{name}/status"
        body = {"status": {"conditions": conditions, "publicationTime": now}}
        self.world.api.patch(where, json=body, headers=MERGE).raise_for_status()

    def eventually(self, check: Callable[[], object]) -> None:
        eventually(check, lambda: f"{self.status()} {self.children()}")


def path(world: World, plural: str = "episodeschedules") -> str:
    return f"/apis/otakube.dev/v1alpha1/namespaces/{world.namespace}/{plural}"


def text(seconds: float) -> str:
    """The time so many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def airing(episode: int, seconds: float) -> Body:
    return {"episode": episode, "airTime": text(seconds)}


def conditions(world: World, name: str = "episode-schedule") -> dict[str, tuple[str, str]]:
    """The conditions of a schedule: type -> status and reason."""
    body: Body = world.api.get(f"{path(world)}/{name}").json()
    found = body.get("status", {}).get("conditions", [])
    return {each["type"]: (each["status"], each["reason"]) for each in found}


def apply(world: World) -> None:
    """Apply the sample."""
    world.api.post(path(world), json=yaml.safe_load(SAMPLE.read_text())).raise_for_status()


@pytest.fixture
def schedules(plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path) -> Schedules:
    def operator(ahead: float = 0, **options: object) -> AbstractContextManager[OperatorProcess]:
        return running_operator(
            plane,
            tmp_path,
            namespace=world.namespace,
            server=proxy.url,
            controllers="integration.otakube_operator.test_schedules:schedules_alone",
            clock_offset_seconds=ahead,
            **options,
        )

    return Schedules(world, operator)


def schedules_alone(_settings: object) -> list[Any]:
    """Controllers of an operator without enrichments, which tests end themselves."""
    from otakube_operator.schedule.controller import ScheduleController

    return [ScheduleController()]


def test_an_episode_is_enriched_when_it_has_aired_and_its_end_is_told(
    schedules: Schedules, world: World
) -> None:
    with schedules.operator():
        schedules.apply(airings=[airing(7, 3), airing(8, HOUR)], delay="1s")
        schedules.eventually(lambda: schedules.ticks() == [(7, "Created", "EnrichmentCreated")])
        [child] = schedules.children()
        assert child["spec"]["anime"] == ANIME
        assert (child["spec"]["mode"], child["spec"]["episode"]) == ("EpisodeUpdate", 7)
        assert child["metadata"]["labels"]["otakube.dev/episode"] == "7"
        [owner] = child["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["name"], owner["controller"]) == ("EpisodeSchedule", "show", True)
        status = schedules.status()
        assert status["nextEpisode"]["number"] == 8
        assert [each["name"] for each in status["active"]] == [child["metadata"]["name"]]
        schedules.end(child["metadata"]["name"])
        schedules.eventually(lambda: schedules.ticks() == [(7, "Succeeded", "EnrichmentCreated")])
        assert "active" not in schedules.status() or schedules.status()["active"] == []
        assert "lastSuccessfulTime" in schedules.status()
        world.eventually(lambda: {"EnrichmentCreated", "Scheduled"} <= set(world.events()))


def test_what_was_due_while_no_operator_was_there_is_made_up_for_or_told_as_missed(
    schedules: Schedules, world: World
) -> None:
    schedules.apply(airings=[airing(1, HOUR), airing(2, 24 * HOUR)], delay="0s", concurrencyPolicy="Allow")
    with schedules.operator(ahead=26 * HOUR):
        schedules.eventually(
            lambda: (
                schedules.ticks() == [(1, "Skipped", "DeadlineMissed"), (2, "Created", "EnrichmentCreated")]
            )
        )
        world.eventually(lambda: "DeadlineMissed" in world.events())
    [told] = [each for each in world.event_bodies() if each["reason"] == "DeadlineMissed"]
    assert told["type"] == "Warning"
    assert "episode 1" in told["message"]
    with schedules.operator(ahead=24 * HOUR - 60) as one:  # a clock that was set back
        passed = "otakube_operator_reconciles_total"
        schedules.eventually(lambda: one.metric(passed, kind="EpisodeSchedule") >= 1)
        assert len(schedules.children()) == 1


def test_a_restart_writes_nothing_and_a_killed_operator_creates_nothing_twice(
    schedules: Schedules, proxy: Proxy
) -> None:
    schedules.apply(broadcast={"weekday": "Friday", "time": "25:30"})
    with schedules.operator(ahead=8 * 24 * HOUR, resync_seconds=1) as one:
        schedules.eventually(lambda: "Created" in {each[1] for each in schedules.ticks()})
        passed = "otakube_operator_reconciles_total"
        schedules.eventually(lambda: one.metric(passed, kind="EpisodeSchedule") >= 4)
        one.kill()
    before, children = len(proxy.writes), schedules.children()
    with schedules.operator(ahead=8 * 24 * HOUR, resync_seconds=1) as one:
        passed = "otakube_operator_reconciles_total"
        schedules.eventually(lambda: one.metric(passed, kind="EpisodeSchedule") >= 4)
    assert proxy.writes[before:] == []
    assert schedules.children() == children


def test_forbid_waits_for_the_enrichment_before_and_replace_deletes_it(schedules: Schedules) -> None:
    with schedules.operator(ahead=HOUR):
        schedules.apply(airings=[airing(1, MINUTE), airing(2, 2 * MINUTE)], delay="0s")
        schedules.eventually(lambda: len(schedules.ticks()) == 1)
        first = schedules.children()[0]["metadata"]["name"]
        schedules.eventually(lambda: schedules.status()["nextEpisode"]["number"] == 2)
        schedules.end(first)
        schedules.eventually(lambda: [each[1] for each in schedules.ticks()] == ["Succeeded", "Created"])
        second = schedules.children()[1]["metadata"]["name"]
        schedules.patch({"spec": {"concurrencyPolicy": "Replace", "airings": [airing(3, 3 * MINUTE)]}})
        schedules.eventually(
            lambda: [each[1] for each in schedules.ticks()] == ["Succeeded", "Replaced", "Created"]
        )
        assert second not in {each["metadata"]["name"] for each in schedules.children()}


def test_suspend_lets_a_due_time_pass_and_a_request_starts_one_all_the_same(schedules: Schedules) -> None:
    schedules.apply(broadcast={"weekday": "Monday", "time": "12:00"}, suspend=True)
    with schedules.operator(ahead=8 * 24 * HOUR):
        schedules.eventually(lambda: {each[2] for each in schedules.ticks()} == {"Suspended"})
        schedules.patch({"metadata": {"annotations": {"otakube.dev/requested-at": "now"}}})
        schedules.eventually(lambda: schedules.ticks()[-1][1:] == ("Created", "Requested"))
        assert schedules.status()["lastHandledRequest"] == "now"
        assert len(schedules.children()) == 1


def test_a_moved_episode_is_told_with_its_weeks(schedules: Schedules, world: World) -> None:
    with schedules.operator():
        at = datetime.now(UTC) + timedelta(days=2)
        moved = at + timedelta(weeks=2)
        schedules.apply(airings=[{"episode": 5, "airTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}])
        schedules.eventually(lambda: "nextEpisode" in schedules.status())
        schedules.patch({"spec": {"airings": [{"episode": 5, "airTime": f"{moved:%Y-%m-%dT%H:%M:%SZ}"}]}})
        world.eventually(lambda: "AiringShifted" in world.events())
    [told] = [each for each in world.event_bodies() if each["reason"] == "AiringShifted"]
    assert "Episode 5 was moved by +2 weeks, from" in told["message"]


def test_history_limits_prune_what_has_ended_and_sources_that_disagree_are_told(
    schedules: Schedules,
) -> None:
    with schedules.operator(ahead=HOUR):
        schedules.apply(
            airings=[airing(1, MINUTE), airing(2, 3 * 24 * HOUR)],
            delay="0s",
            broadcast={"weekday": "Monday", "time": "00:00", "timeZone": "Etc/GMT+12"},
            successfulEnrichmentsHistoryLimit=0,
        )
        schedules.eventually(lambda: len(schedules.children()) == 1)
        schedules.end(schedules.children()[0]["metadata"]["name"])
        schedules.eventually(lambda: schedules.children() == [])
        assert schedules.ticks() == [(1, "Succeeded", "EnrichmentCreated")]
        found = conditions(schedules.world, "show")
        assert found["SourcesDisagree"] == ("True", "SourcesDisagree")
        assert schedules.status()["agreement"]["episodes"] == 2


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"schedule": "0 0 30 2 *"}, "spec.schedule"),
        ({"schedule": "0 0 * * *", "timeZone": "Asia/Atlantis"}, "spec.timeZone"),
        (
            {"broadcast": {"weekday": "Friday", "time": "25:30", "timeZone": "Mars/Base"}},
            "spec.broadcast.timeZone",
        ),
    ],
    ids=["a day that never comes", "a zone of cron", "a zone of a slot"],
)
def test_times_that_cannot_be_read_stall_with_the_field(schedules: Schedules, spec: Body, says: str) -> None:
    with schedules.operator():
        schedules.apply(**spec)
        schedules.eventually(
            lambda: conditions(schedules.world, "show").get("Stalled") == ("True", "ScheduleInvalid")
        )
        ready = schedules.status()["conditions"][0]
        assert says in ready["message"]
        schedules.patch({"spec": {"schedule": "0 0 1 1 *", "broadcast": None, "timeZone": None}})
        schedules.eventually(lambda: conditions(schedules.world, "show") == {"Ready": ("True", "Scheduled")})
