# SPDX-License-Identifier: Apache-2.0
"""Episodes that go out one by one while the operator and Argo's controller are killed at random moments.

TICKS says how many, up to 30, and SEED when who is killed; `make test-ticks` runs all.
"""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from e2e import kills, kube, observer, standins
from e2e.people import otakube
from e2e.seasons import Schedule, Season, record_of

pytestmark = [pytest.mark.kill, pytest.mark.timeout(14_400)]

TICKS = int(os.environ.get("TICKS") or "3")
SEED = int(os.environ.get("SEED") or "20261126")
SEASONS = (Season(77001, 66001, episodes=3), Season(77002, 66002, episodes=27))
VICTIMS = {"operator": kills.OPERATOR, "Argo": kills.ARGO}
DEPLOYMENTS = ((kube.NAMESPACE, "otakube-operator"), ("argo", "workflow-controller"))
RUN_SECONDS = 25.0
"""About as long as a run of one episode takes."""


@pytest.fixture
def upstream_clock() -> Iterator[None]:
    """The real time again after the test."""
    yield
    standins.move_clock(0)


@pytest.fixture
def schedules(names: Callable[[], str]) -> Iterator[Callable[[Season], Schedule]]:
    made: list[Schedule] = []

    def apply(season: Season) -> Schedule:
        made.append(Schedule(names(), season))
        made[-1].apply()
        return made[-1]

    yield apply
    for schedule in made:
        schedule.delete()


@pytest.mark.usefixtures("daemons", "upstream_clock")
def test_each_episode_gets_one_enrichment_and_one_version_whoever_is_killed(
    names: Callable[[], str], schedules: Callable[[Season], Schedule]
) -> None:
    assert 1 <= TICKS <= sum(season.episodes for season in SEASONS), "TICKS"
    dice, left = random.Random(SEED), TICKS
    for season in SEASONS:
        ticks, left = min(left, season.episodes), max(0, left - season.episodes)
        if ticks:
            entry_id, version = season.announce(names())
            check_record(entry_id, season, version, aired=0)
            schedule = schedules(season)
            for episode in range(1, ticks + 1):
                tick(schedule, episode, dice)
                check_record(entry_id, season, version + episode, aired=episode)
            check_enrichments(schedule, ticks)
            check_commits(entry_id, version, ticks)


def tick(schedule: Schedule, episode: int, dice: random.Random) -> None:
    """One episode goes out, somebody is killed at a random moment, and the schedule tells of its end."""
    schedule.season.show(episode)
    after = dice.uniform(0, RUN_SECONDS)
    killed = dice.choice([["operator"], ["Argo"], ["operator", "Argo"]])
    began = time.monotonic()
    schedule.air(episode)
    time.sleep(after)
    for victim in killed:
        kills.replace_pod(*VICTIMS[victim])
    end = schedule.wait(episode)
    seconds = time.monotonic() - began
    print(f"episode {episode}: {seconds:.0f} s, {' and '.join(killed)} killed after {after:.1f} s")
    assert (end["outcome"], end["reason"]) == ("Succeeded", "EnrichmentCreated"), end
    assert len(observer.workflows(end["enrichment"])) == 1
    for namespace, name in DEPLOYMENTS:
        kube.kubectl("rollout", "status", f"deployment/{name}", "--timeout=180s", namespace=namespace)


def check_record(entry_id: str, season: Season, version: int, *, aired: int) -> None:
    """Both stores have the version, with the episodes that are out and the place of the next one."""
    live, record = record_of(entry_id)
    assert live == version
    assert record["entry"]["status"] == status_after(season, aired)
    listed = [one["number"] for one in record["episodes"] if one["title"]]
    assert listed == list(range(1, aired + 1))
    places = [one for one in record["episodes"] if not one["title"]]
    on_air = 0 < aired < season.episodes
    assert [one["number"] for one in places] == ([aired + 1] if on_air else [])
    assert all(datetime.fromisoformat(one["aired"]) > datetime.now(UTC) for one in places)
    texts = [point["text"] for point in standins.points(entry_id, version) if point["kind"] == "episode"]
    assert len(texts) == aired
    assert all(any(one["title"] in text for text in texts) for one in record["episodes"] if one["title"])


def status_after(season: Season, aired: int) -> str:
    if not aired:
        return "Upcoming"
    return "Finished" if aired == season.episodes else "Ongoing"


def check_enrichments(schedule: Schedule, ticks: int) -> None:
    """One of each episode was created, and no other."""
    created = Counter(each["spec"]["episode"] for each in schedule.enrichments())
    assert created == Counter(range(1, ticks + 1))


def check_commits(entry_id: str, version: int, ticks: int) -> None:
    """Each version after the announcement is the work of a run of its own."""
    shown = otakube("entry", "history", entry_id, "--limit", str(ticks), "-o", "json").stdout
    rows = json.loads(shown)["versions"]
    assert [row["version"] for row in rows] == list(range(version + ticks, version, -1))
    assert len({row["run"] for row in rows}) == ticks
