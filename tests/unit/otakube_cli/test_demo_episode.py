# SPDX-License-Identifier: Apache-2.0
"""The demo's episode, on a cluster in memory whose operator goes by the stand-in's clock."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from otakube_api import labels
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichment
from otakube_api.v1alpha1.episode_schedule import EpisodeSchedule
from otakube_cli.cluster import ENRICHMENTS, SCHEDULES, Cluster, Resource
from otakube_cli.demo import episode, story
from otakube_cli.demo.screen import Screen
from otakube_cli.errors import ConsoleError, Refused

Body = dict[str, Any]
TICK = f"{episode.SERIES}-ep6-0123"
NOT_OUT = "episode 6 is not out: 0 of 3 providers list it"


class SmallCluster(Cluster):
    """Does at once what an operator would."""

    def __init__(self) -> None:
        self.namespace = "otakube"
        self.enrichments: dict[str, Body] = {}
        self.schedule: Body = {}
        self.ahead: list[float] = []
        self.clock = True
        self.knows_episode = False

    async def put(self, path: str, body: Mapping[str, Any]) -> Body:
        if not self.clock:
            raise Refused("services otakube-upstream not found", status=404)
        assert path == episode.CLOCK
        self.ahead.append(body["ahead_seconds"])
        return {}

    async def apply(self, resource: Resource, manifest: Mapping[str, Any]) -> Body:
        if resource is ENRICHMENTS:
            AnimeEnrichment.model_validate(manifest)
            self.enrichments[episode.SERIES] = enrichment(
                episode.SERIES, AwaitingReview=("True", "Required", "")
            )
        else:
            EpisodeSchedule.model_validate(manifest)
            [airing] = manifest["spec"]["airings"]
            assert datetime.fromisoformat(airing["airTime"]) > datetime.now(UTC)
            self._fall_due()
        return {}

    async def merge(self, resource: Resource, name: str, change: Mapping[str, Any], **_: Any) -> Body:
        assert name == TICK
        assert labels.REQUESTED_AT in change["metadata"]["annotations"]
        self._look()
        return {}

    async def delete(self, resource: Resource, name: str) -> bool:
        gone = self.schedule if resource is SCHEDULES else self.enrichments.pop(name, {})
        if resource is SCHEDULES:
            self.schedule = {}
        return bool(gone)

    async def list_all(self, resource: Resource, **_: Any) -> list[Body]:
        if resource is SCHEDULES:
            return [self.schedule] if self.schedule else []
        return list(self.enrichments.values()) if resource is ENRICHMENTS else []

    async def get(self, resource: Resource, name: str) -> Body:
        return self.schedule

    def approve(self, name: str) -> None:
        self.enrichments[name] = enrichment(name, Ready=("True", "Published", ""))

    def _fall_due(self) -> None:
        tick = {"episode": 6, "outcome": "Created", "reason": "EnrichmentCreated", "enrichment": TICK}
        tick["dueTime"] = "2026-11-27T06:00:00Z"
        self.schedule = {
            "metadata": {"name": episode.SERIES},
            "spec": {},
            "status": {"recentTicks": [tick]},
        }
        self._look()

    def _look(self) -> None:
        if self.ahead[-1] == 0 or self.knows_episode:
            self.enrichments[TICK] = enrichment(TICK, Ready=("True", "Published", ""))
            self.schedule["status"]["recentTicks"][0]["outcome"] = "Succeeded"
            return
        again = ("True", "RetryScheduled", "Attempt 2 of 5 at 07:00.")
        self.enrichments[TICK] = enrichment(
            TICK, Ready=("False", "EpisodeNotOut", NOT_OUT), Reconciling=again
        )


def enrichment(name: str, **conditions: tuple[str, str, str]) -> Body:
    listed = [{"type": t, "status": s, "reason": r, "message": m} for t, (s, r, m) in conditions.items()]
    return {
        "metadata": {"name": name, "uid": f"uid-{name}", "generation": 1},
        "status": {"observedGeneration": 1, "conditions": listed},
    }


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> SmallCluster:
    made = SmallCluster()

    async def approve(_: Cluster, name: str) -> None:
        made.approve(name)

    monkeypatch.setattr(story, "approve", approve)
    return made


async def play(cluster: SmallCluster, seconds: float = 60) -> str:
    written = io.StringIO()
    screen = Screen(Console(file=written, width=200), clock=lambda: 0.0)
    await episode.play(cluster, screen, limit_seconds=seconds)
    return written.getvalue()


async def test_an_episode_is_not_out_and_then_it_is(
    cluster: SmallCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    said = await play(cluster)
    assert f"{TICK}: {NOT_OUT}" in said
    assert f"$ otakube rerun {TICK}" in said
    assert said.index("Attempt 2 of 5") < said.index(f"{TICK}: Published")
    assert cluster.ahead == [-14 * 86_400.0, 0.0, 0.0]
    assert "Succeeded" in capsys.readouterr().out


async def test_another_time_it_is_said_to_be_there(cluster: SmallCluster) -> None:
    await play(cluster)
    moves = len(cluster.ahead)
    assert "episode 6 is live already" in await play(cluster)
    assert len(cluster.ahead) == moves


async def test_a_schedule_that_an_interrupted_demo_left_is_made_anew(cluster: SmallCluster) -> None:
    cluster.ahead.append(-1.0)
    cluster._fall_due()
    assert f"$ otakube rerun {TICK}" in await play(cluster)


async def test_what_the_providers_kept_answers_know_is_published_at_once(cluster: SmallCluster) -> None:
    cluster.knows_episode = True
    assert "otakube rerun" not in await play(cluster)
    assert cluster.ahead == [-14 * 86_400.0, 0.0]


async def test_without_the_stand_in_the_demo_says_why_it_shows_none(cluster: SmallCluster) -> None:
    cluster.clock = False
    said = await play(cluster)
    assert "the stand-in's clock cannot be moved: services otakube-upstream not found" in said
    assert cluster.enrichments == {}


async def test_the_clock_is_right_again_whatever_happens(
    cluster: SmallCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmallCluster, "approve", lambda *_: None)
    with pytest.raises(ConsoleError, match="is not as the demo wants it after 0 s"):
        await play(cluster, seconds=0)
    assert cluster.ahead[-1] == 0


async def test_both_objects_are_removed(cluster: SmallCluster) -> None:
    await play(cluster)
    names = await episode.remove(cluster)
    await story.remove(cluster, names, limit_seconds=1)
    assert (cluster.schedule, episode.SERIES in cluster.enrichments) == ({}, False)
