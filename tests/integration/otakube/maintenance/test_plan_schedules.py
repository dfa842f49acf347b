# SPDX-License-Identifier: Apache-2.0
"""The planner against a real API server: creates, leaves to people, closes, and writes nothing twice."""

import asyncio
import json
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from control_plane import ControlPlane
from golden import a_record, an_entry, an_episode, an_id
from otakube.adapters.kubernetes import ClusterSchedules
from otakube.domain.merge.broadcast import broadcast_slot
from otakube.domain.record.golden import AnimeStatus, GoldenRecord
from otakube.errors import Fatal, Retriable
from otakube.maintenance.plan_schedules import Planner, PlannerReport
from otakube.maintenance.planned_schedule import PlannerTerms, schedule_name
from otakube.ports.catalogue import LiveEntry
from otakube_api.contract import Provider
from ports import free_ports
from upstream_process import Workbench

START = datetime(2026, 10, 9, 16, 30, tzinfo=UTC)
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
NOW = START + 6 * WEEK + DAY
TERMS = PlannerTerms(now=NOW, delay="1h", horizon=14 * DAY)


def a_series(number: int = 1, *, aired: int = 7, **fields: Any) -> GoldenRecord:
    usual: dict[str, Any] = {"status": AnimeStatus.ONGOING, "broadcast": broadcast_slot(5, "25:30")}
    entry = an_entry(number, **(usual | fields))
    episodes = [
        an_episode(one, aired=START + (one - 1) * WEEK, providers=[Provider.KITSU])
        for one in range(1, aired + 1)
    ]
    return a_record(entry=entry, episodes=episodes)


@dataclass
class Shelf:
    """Live entries in memory: the ports by which the planner reads a catalogue."""

    records: dict[str, GoldenRecord] = field(default_factory=dict)

    def put(self, *records: GoldenRecord) -> None:
        self.records |= {record.entry.id: record for record in records}

    async def with_status(self, statuses: Collection[AnimeStatus]) -> AsyncIterator[GoldenRecord]:
        for record in self.records.values():
            if record.entry.status in statuses:
                yield record

    async def entry(self, entry_id: str) -> LiveEntry | None:
        record = self.records.get(entry_id)
        if record is None:
            return None
        return LiveEntry(
            entry_id=entry_id, version=1, commit_key="k", digest="d", model="m", record=record,
            committed_at=record.assembled_at,
        )  # fmt: skip

    async def by_source(self, source_url: str) -> LiveEntry | None:
        return None


@dataclass
class World:
    """One namespace, and the entries that the planner plans for."""

    plane: ControlPlane
    api: httpx2.Client
    namespace: str
    shelf: Shelf = field(default_factory=Shelf)

    @property
    def path(self) -> str:
        return f"/apis/otakube.dev/v1alpha1/namespaces/{self.namespace}/episodeschedules"

    def client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self.plane.url,
            headers={"Authorization": f"Bearer {self.plane.token}"},
            verify=ssl.create_default_context(cafile=str(self.plane.authority)),
            timeout=60,
            trust_env=False,
        )

    async def plan(self, terms: PlannerTerms = TERMS, *, within: float | None = None) -> PlannerReport:
        async with self.client() as client:
            planner = Planner(
                entries=self.shelf,
                catalogue=self.shelf,
                schedules=ClusterSchedules(client, self.namespace),
                terms=terms,
            )
            return await asyncio.wait_for(planner.run(), within)

    def all(self) -> dict[str, Any]:
        items = self.api.get(self.path).raise_for_status().json()["items"]
        return {item["metadata"]["name"]: item for item in items}

    def versions(self) -> dict[str, str]:
        return {name: item["metadata"]["resourceVersion"] for name, item in self.all().items()}

    def edit(self, name: str, **spec: Any) -> None:
        """A person's change, as `kubectl edit` makes it."""
        done = self.api.patch(
            f"{self.path}/{name}",
            params={"fieldManager": "kubectl-edit"},
            headers={"Content-Type": "application/merge-patch+json"},
            json={"spec": spec},
        )
        done.raise_for_status()

    def note(self, name: str, key: str, text: str) -> None:
        """A person's annotation, as `kubectl annotate --overwrite` makes it."""
        done = self.api.patch(
            f"{self.path}/{name}",
            params={"fieldManager": "kubectl-annotate"},
            headers={"Content-Type": "application/merge-patch+json"},
            json={"metadata": {"annotations": {key: text}}},
        )
        done.raise_for_status()

    def create(self, name: str, **spec: Any) -> None:
        """A schedule that a person makes."""
        body = {
            "apiVersion": "otakube.dev/v1alpha1",
            "kind": "EpisodeSchedule",
            "metadata": {"name": name},
            "spec": spec,
        }
        self.api.post(self.path, json=body).raise_for_status()


@pytest.fixture
def world(otakube_api: ControlPlane, api: httpx2.Client, namespace: str) -> World:
    return World(otakube_api, api, namespace)


NAME = schedule_name(an_id("ani", 1))
BY_HAND = {"weekday": "Monday", "time": "20:00"}


async def test_what_is_on_air_gets_a_schedule_and_a_second_run_writes_nothing(world: World) -> None:
    soon = an_entry(3, status=AnimeStatus.UPCOMING, aired_from=(NOW + 7 * DAY).date())
    world.shelf.put(
        a_series(1),
        a_series(2, status=AnimeStatus.FINISHED),
        a_record(entry=soon.model_copy(update={"broadcast": broadcast_slot(6, "12:00")}), episodes=[]),
        a_series(4, broadcast=None),
    )
    report = await world.plan()
    assert sorted(report.created) == sorted([NAME, schedule_name(an_id("ani", 3))])
    assert report.without_schedule == {an_id("ani", 4): "no time of a coming episode is known"}
    made = world.all()[NAME]
    assert made["metadata"]["labels"]["otakube.dev/managed-by"] == "planner"
    assert made["metadata"]["annotations"]["otakube.dev/title"] == "Frozen Tide"
    assert made["spec"]["airings"] == [{"episode": 7, "airTime": "2026-11-20T16:30:00Z"}]
    before = world.versions()
    again = await world.plan()
    assert (again.created, again.changed, again.unchanged) == ([], [], 2)
    assert world.versions() == before


async def test_a_new_episode_changes_the_schedule_and_nothing_else(world: World) -> None:
    world.shelf.put(a_series(1), a_series(2))
    await world.plan()
    before = world.versions()
    world.shelf.put(a_series(1, aired=8))
    report = await world.plan(replace(TERMS, now=NOW + WEEK))
    assert (report.changed, report.unchanged) == ([NAME], 1)
    assert world.all()[NAME]["spec"]["airings"] == [{"episode": 8, "airTime": "2026-11-27T16:30:00Z"}]
    other = schedule_name(an_id("ani", 2))
    assert world.versions()[other] == before[other]


async def test_a_field_that_a_person_set_stays_theirs_and_the_rest_goes_on(world: World) -> None:
    record = a_series(1)
    planned = record.model_copy(
        update={"episodes": [*record.episodes, an_episode(8, aired=START + 7 * WEEK)]}
    )
    world.shelf.put(planned)
    await world.plan()
    moved = [
        {"episode": 7, "airTime": "2026-11-20T16:30:00Z"},
        {"episode": 8, "airTime": "2026-11-28T10:00:00Z"},
    ]
    world.edit(NAME, delay="3h", suspend=True, airings=moved)
    later = [*planned.episodes, an_episode(9, aired=START + 8 * WEEK)]
    world.shelf.put(planned.model_copy(update={"episodes": later}))
    report = await world.plan(replace(TERMS, delay="2h"))
    assert report.changed == [NAME]
    assert sorted(report.left_to_others[NAME]) == [".spec.airings[episode=8].airTime", ".spec.delay"]
    spec = world.all()[NAME]["spec"]
    assert (spec["delay"], spec["suspend"]) == ("3h", True)
    assert [(one["episode"], one["airTime"]) for one in spec["airings"]] == [
        (7, "2026-11-20T16:30:00Z"),
        (8, "2026-11-28T10:00:00Z"),
        (9, "2026-12-04T16:30:00Z"),
    ]
    before = world.versions()
    again = await world.plan(replace(TERMS, delay="2h"))
    assert (again.unchanged, again.failed) == (1, {})
    assert world.versions() == before


async def test_a_conflict_is_noted_the_next_day_and_gone_once_the_person_gives_way(world: World) -> None:
    world.shelf.put(a_series(1))
    await world.plan()
    world.edit(NAME, delay="3h")

    def note() -> str | None:
        found: str | None = world.all()[NAME]["metadata"]["annotations"].get("otakube.dev/left-to-others")
        return found

    report = await world.plan()
    assert (report.changed, report.left_to_others) == ([NAME], {NAME: [".spec.delay"]})
    assert note() == ".spec.delay"
    before = world.versions()
    again = await world.plan()
    assert (again.unchanged, again.left_to_others) == (1, {NAME: [".spec.delay"]})
    assert world.versions() == before
    world.edit(NAME, delay=None)
    assert (await world.plan()).left_to_others == {}
    assert (note(), world.all()[NAME]["spec"]["delay"]) == (None, "1h")
    before = world.versions()
    assert (await world.plan()).unchanged == 1
    assert world.versions() == before


async def test_an_episode_that_a_person_adds_and_a_title_that_one_notes_stay_and_are_no_conflict(
    world: World,
) -> None:
    world.shelf.put(a_series(1))
    await world.plan()
    known = world.all()[NAME]["spec"]["airings"]
    world.edit(NAME, airings=[*known, {"episode": 20, "airTime": "2027-03-12T16:30:00Z"}])
    world.note(NAME, "otakube.dev/title", "Our show")
    before = world.versions()
    assert (await world.plan()).unchanged == 1
    assert world.versions() == before
    world.shelf.put(a_series(1, aired=8))
    report = await world.plan()
    assert (report.changed, report.failed) == ([NAME], {})
    made = world.all()[NAME]
    assert made["metadata"]["annotations"]["otakube.dev/title"] == "Our show"
    assert {one["episode"] for one in made["spec"]["airings"]} >= {8, 20}


@pytest.mark.parametrize(
    "anime", [{"id": an_id("ani", 1)}, {"sourceUrls": [an_entry(1).sources[0]]}], ids=["by id", "by page"]
)
async def test_what_a_person_made_for_an_anime_takes_the_planners_place(
    world: World, anime: dict[str, Any]
) -> None:
    world.shelf.put(a_series(1))
    await world.plan()
    world.create("mine", anime=anime, broadcast=BY_HAND)
    before = world.versions()["mine"]
    report = await world.plan()
    assert (report.by_hand, report.removed) == ({an_id("ani", 1): ["mine"]}, [NAME])
    assert list(world.all()) == ["mine"]
    assert world.versions()["mine"] == before


async def test_an_anime_that_ends_has_its_schedule_closed_and_after_a_month_removed(world: World) -> None:
    world.shelf.put(a_series(1, aired=12))
    at_end = replace(TERMS, now=START + 11 * WEEK + DAY)
    await world.plan(replace(TERMS, now=START + 10 * WEEK))
    world.shelf.put(a_series(1, aired=12, status=AnimeStatus.FINISHED))
    report = await world.plan(at_end)
    assert report.closed == [NAME]
    spec = world.all()[NAME]["spec"]
    assert "broadcast" not in spec
    assert spec["until"] == "2026-12-25T16:30:00Z"
    before = world.versions()
    assert (await world.plan(at_end)).unchanged == 1
    assert world.versions() == before
    assert (await world.plan(replace(TERMS, now=START + 20 * WEEK))).removed == [NAME]
    assert world.all() == {}


async def test_an_anime_that_pauses_keeps_its_schedule(world: World) -> None:
    world.shelf.put(a_series(1))
    await world.plan()
    before = world.versions()
    world.shelf.put(a_series(1, status=AnimeStatus.HIATUS))
    assert (await world.plan()).unchanged == 1
    assert world.versions() == before


async def test_one_that_the_api_server_refuses_does_not_stop_the_others(world: World) -> None:
    world.shelf.put(a_series(1), a_series(2))
    wrong = a_series(3)
    foreign = wrong.entry.model_copy(update={"broadcast": broadcast_slot(5, "12:00", "Mars/Olympus Mons!")})
    world.shelf.put(wrong.model_copy(update={"entry": foreign}))
    report = await world.plan()
    assert len(report.created) == 2
    assert list(report.failed) == [an_id("ani", 3)]
    assert "spec.broadcast" in report.failed[an_id("ani", 3)]


async def test_a_run_that_is_cut_off_at_any_point_ends_in_the_same_schedules(world: World) -> None:
    world.shelf.put(*(a_series(number) for number in range(1, 60)))
    for part in range(10):
        try:
            await world.plan(within=0.02 * (part + 1))
        except TimeoutError:
            continue
    whole = await world.plan()
    assert whole.failed == {}
    assert len(world.all()) == 59
    assert {item["metadata"]["generation"] for item in world.all().values()} == {1}
    before = world.versions()
    assert (await world.plan()).unchanged == 59
    assert world.versions() == before


async def test_an_api_server_that_is_away_is_worth_another_try_and_a_wrong_namespace_is_not(
    world: World,
) -> None:
    async with httpx2.AsyncClient(base_url="http://127.0.0.1:9", timeout=1) as nobody:
        with pytest.raises(Retriable, match="the API server is away"):
            await ClusterSchedules(nobody, "a").all()
    async with httpx2.AsyncClient(
        base_url=world.plane.url, verify=ssl.create_default_context(cafile=str(world.plane.authority))
    ) as stranger:
        with pytest.raises(Fatal, match="cannot be listed: 40"):
            await ClusterSchedules(stranger, "a").all()


@pytest.fixture
def proxy(world: World) -> Iterator[str]:
    """The API server without a login, as `kubectl proxy` opens it."""
    [port] = free_ports(1)
    command = [
        world.plane.binary,
        "kubectl",
        "--kubeconfig",
        world.plane.kubeconfig,
        "proxy",
        f"--port={port}",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert "Starting to serve" in process.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def test_the_command_plans_what_a_catalogue_holds_and_leaves_a_report(
    world: World, proxy: str, bench: Workbench
) -> None:
    bakery = '--source-urls=["https://myanimelist.net/anime/73815"]'
    for step, *options in (["fetch", bakery], ["stage"], ["assemble", "--review-policy=Never"]):
        made = bench.step(step, *options)
        assert made.status == 0, made.failure
    digest = f"--digest={made.outputs['digest']}"
    assert bench.step("embed", digest, "--accelerator=CPU").status == 0
    committed = bench.step("commit", digest, "--decision=automatic")
    assert committed.status == 0, committed.failure

    def plan() -> Any:
        command = [
            Path(sys.executable).with_name("otakube"), "plan-schedules", f"--namespace={world.namespace}",
            f"--api-server={proxy}", f"--objects=file:{bench.folder}/bucket",
            f"--outputs={bench.folder}/planned", "--termination-log=/dev/null",
        ]  # fmt: skip
        environment = {"PATH": os.defpath, "OTAKUBE_PLANNER_DELAY": "2h"}
        subprocess.run(command, env=environment, check=True, timeout=60)
        return json.loads((bench.folder / "planned/report").read_text())

    name = schedule_name(committed.outputs["entry-id"])
    assert plan()["created"] == [name]
    spec = world.all()[name]["spec"]
    assert spec["delay"] == "2h"
    assert spec["airings"], "AniList knows the times of the whole season"
    assert (plan()["created"], plan()["unchanged"]) == ([], 1)
