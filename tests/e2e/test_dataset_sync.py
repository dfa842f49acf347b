# SPDX-License-Identifier: Apache-2.0
"""A DatasetSync on the real cluster: a week is planned, taken in, cut off, and stopped by a limit."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from kubernetes import client

from e2e import kube, observer, standins
from e2e.observer import Body

SYNCS = ("otakube.dev", "v1alpha1", kube.NAMESPACE, "datasetsyncs")
HOST = "e2e.example"
ANY = {
    "shrinkPercent": 100,
    "growthPercent": 100_000,
    "changedPercent": 100_000,
    "sitePercent": 100,
    "ageDays": 36_500,
}
FEW = 60
MANY = 6_000
BATCH = 100
FOREIGN = 500
"""Entries of others that a test may orphan; with more a real dataset is in this catalogue."""
WAIT_SECONDS = 600
SOON_SECONDS = 30


def rows(count: int, mark: str) -> list[Body]:
    """Rows of one test alone."""
    return [
        {
            "sources": [f"https://{HOST}/anime/{mark}-{number}"],
            "title": f"Week {mark} {number}",
            "type": "TV",
            "episodes": 12,
            "status": "FINISHED",
        }
        for number in range(count)
    ]


def week(some: list[Body]) -> bytes:
    """A file of today in JSON Lines form."""
    about = {"lastUpdate": datetime.now(UTC).date().isoformat()}
    return "\n".join(json.dumps(one) for one in [about, *some]).encode()


@dataclass(frozen=True, slots=True)
class Sync:
    """A DatasetSync that runs when it is asked, and its file in the bucket."""

    name: str

    @property
    def key(self) -> str:
        return f"datasets/{self.name}.jsonl"

    def put(self, some: list[Body]) -> None:
        with standins.bucket() as bucket:
            bucket.put_object(Key=self.key, Body=week(some))

    def apply(self, **spec: Any) -> None:
        body = {
            "apiVersion": "otakube.dev/v1alpha1",
            "kind": "DatasetSync",
            "metadata": {"name": self.name},
            "spec": {"source": f"bucket:{self.key}", "schedule": "0 0 29 2 *", **spec},
        }
        kube.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(body))

    def ask(self) -> str:
        token = uuid.uuid4().hex
        kube.kubectl("annotate", "datasetsync", self.name, f"otakube.dev/requested-at={token}", "--overwrite")
        return token

    def body(self) -> Body:
        return dict(client.CustomObjectsApi(observer.api()).get_namespaced_custom_object(*SYNCS, self.name))

    def wait(self, holds: Callable[[Body], object], seconds: float = WAIT_SECONDS) -> Body:
        """The status once it is as wanted."""
        deadline = time.monotonic() + seconds
        while True:
            body = self.body()
            status: Body = body.get("status", {})
            if holds(status):
                return status
            assert time.monotonic() < deadline, json.dumps(body, indent=1)
            time.sleep(observer.POLL_SECONDS)

    def run(self) -> Body:
        """The status once a run that is asked for has an end."""
        token = self.ask()
        return self.wait(
            lambda status: (
                status.get("lastHandledRequest") == token
                and status.get("recentRuns")
                and status["recentRuns"][-1]["outcome"] != "Running"
            )
        )


def ready(status: Body) -> tuple[str, str]:
    """Status and reason of the condition Ready."""
    found = observer.condition_in({"status": status}, "Ready")
    return found.get("status", ""), found.get("reason", "")


@pytest.fixture
def sync() -> Iterator[Sync]:
    """A sync whose object, file and listings are gone after the test."""
    made = Sync(f"e2e-{uuid.uuid4().hex[:8]}")
    yield made
    kube.kubectl("delete", "datasetsync", made.name, "--ignore-not-found", "--timeout=120s")
    with standins.bucket() as bucket:
        bucket.Object(made.key).delete()
    with standins.documents() as documents:
        marks = (("listings", HOST), ("identities", HOST), ("syncs", made.name), ("flags", made.name))
        for collection, mark in marks:
            erase(documents[collection], mark)


def erase(collection: Any, mark: str) -> None:
    """Delete the documents with a mark by their ids, few at a time: the stand-in does one thing at once."""
    marked = [one["_id"] for one in collection.find({}) if mark in str(one)]
    for start in range(0, len(marked), BATCH):
        collection.delete_many({"_id": {"$in": marked[start : start + BATCH]}})


def listings(mark: str) -> list[Body]:
    """The listings of one test."""
    with standins.documents() as documents:
        return [one for one in documents.listings.find({}) if f"{HOST}/anime/{mark}-" in str(one)]


def planned_or_skipped(sync: Sync) -> Body:
    """The status of a dry run; where it would orphan a real dataset, the test is skipped."""
    sync.apply(dryRun=True, limits=ANY)
    status = sync.run()
    assert ready(status) == ("True", "Planned"), status
    if status["counts"].get("removed", 0) > FOREIGN:
        pytest.skip("a dataset of others is in this catalogue: this test's week would orphan it")
    return status


def test_a_week_is_planned_then_taken_in_and_a_broken_one_is_stopped_within_seconds(sync: Sync) -> None:
    mark = sync.name
    sync.put(rows(FEW, mark))
    planned = planned_or_skipped(sync)
    assert planned["counts"]["new"] == FEW
    assert listings(mark) == []
    sync.apply(dryRun=False, limits=ANY)
    status = sync.run()
    assert ready(status) == ("True", "Synced"), status
    assert (status["phase"], status["counts"]["new"]) == ("Succeeded", FEW)
    assert status["revision"] == planned["revision"]
    assert status["dataset"]["digest"].startswith("sha256:")
    assert len(listings(mark)) == FEW
    shown = kube.kubectl("get", "datasetsync", sync.name)
    assert "Succeeded" in shown
    assert "Synced" in shown
    again = sync.run()
    assert (again["counts"]["unchanged"], again["progress"]["total"]) == (FEW, 0)
    sync.put(rows(FEW // 3, mark))
    sync.apply(dryRun=False)
    token = sync.ask()
    stopped = sync.wait(
        lambda status: status.get("lastHandledRequest") == token and ready(status)[1] == "Shrunk"
    )
    assert ready(stopped)[0] == "False"
    assert seconds_from_the_pods_end(stopped["workflow"]["name"], stopped) <= SOON_SECONDS
    assert "Shrunk" in observer.event_reasons(sync.name) or wait_for_event(sync.name, "Shrunk")
    assert len([one for one in listings(mark) if not one.get("orphaned")]) == FEW


KASA = {
    "title": "Kasa no Eki",
    "type": "TV",
    "episodes": 12,
    "status": "FINISHED",
    "animeSeason": {"season": "SUMMER", "year": 2024},
}
KASA_PAGES = ["https://myanimelist.net/anime/70588", "https://anilist.co/anime/210902"]


def test_listed_entries_are_enriched_by_one_pod_and_a_bad_one_is_flagged(sync: Sync) -> None:
    mark = sync.name
    bad, good = rows(2, mark)
    bad["sources"].append("https://myanimelist.net/anime/999997")
    good |= KASA | {"sources": [*good["sources"], *KASA_PAGES]}
    sync.put([bad, good, *rows(FEW, mark)[2:]])
    planned_or_skipped(sync)
    sync.apply(dryRun=False, limits=ANY, enrichment={"policy": "NewOnly", "maxPerRun": 10})
    status = sync.run()
    assert ready(status) == ("True", "Synced"), status
    counts = status["enrichment"]
    live_before = 2 - counts["due"]  # by another test, or a run of this one
    assert (counts["enriched"], counts["failed"]) == (1 - live_before, 1), counts
    with standins.documents() as documents:
        [flag] = [one["flag"] for one in documents.flags.find({}) if mark in str(one)]
        owner = documents.identities.find_one({"source_url": KASA_PAGES[1]}) or {}
        entry = documents.animes.find_one({"_id": owner.get("entry_id")}) or {}
    assert (flag["field"], flag["ours"].partition(":")[0]) == ("enrichment", "AnimeUnknown")
    assert entry.get("live_version"), (owner, entry)
    again = sync.run()
    assert again["enrichment"]["due"] == 0, "what is enriched or flagged is not tried again"


def wait_for_event(name: str, reason: str) -> bool:
    deadline = time.monotonic() + SOON_SECONDS
    while reason not in observer.event_reasons(name):
        assert time.monotonic() < deadline, observer.event_reasons(name)
        time.sleep(observer.POLL_SECONDS)
    return True


def seconds_from_the_pods_end(workflow: str, status: Body) -> float:
    """Seconds from the end of the pod that found it to the condition that says so."""
    found = client.CustomObjectsApi(observer.api()).get_namespaced_custom_object(
        *observer.WORKFLOWS, workflow
    )
    ends = [
        datetime.fromisoformat(node["finishedAt"])
        for node in found["status"]["nodes"].values()
        if node["type"] == "Pod" and node["templateName"] == "plan-week" and node.get("finishedAt")
    ]
    told = observer.condition_in({"status": status}, "Ready")["lastTransitionTime"]
    return (datetime.fromisoformat(told) - max(ends)).total_seconds()


def test_a_pod_that_is_deleted_while_it_writes_is_followed_by_one_that_goes_on(sync: Sync) -> None:
    mark = sync.name
    sync.put(rows(MANY, mark))
    planned_or_skipped(sync)
    sync.apply(dryRun=False, limits=ANY)
    token = sync.ask()
    sync.wait(lambda status: status.get("lastHandledRequest") == token and status.get("phase") == "Applying")
    pod = running_pod(sync.body()["status"]["workflow"]["name"])
    while not listings(mark):  # it has begun to write
        time.sleep(observer.POLL_SECONDS)
    kube.kubectl("delete", "pod", pod, "--grace-period=0", "--force")
    status = sync.wait(lambda status: ready(status)[1] not in {"Applying", "PodLost", "Planning"})
    assert ready(status) == ("True", "Synced"), status
    assert len(listings(mark)) == MANY
    assert (status["progress"]["done"], status["progress"]["percent"]) == (MANY, 100)


def running_pod(workflow: str) -> str:
    """The pod that writes, once it runs."""
    selector = f"workflows.argoproj.io/workflow={workflow},otakube.dev/step=apply-week"
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        pods = client.CoreV1Api(observer.api()).list_namespaced_pod(kube.NAMESPACE, label_selector=selector)
        running = [pod.metadata.name for pod in pods.items if pod.status.phase == "Running"]
        if running:
            return str(running[0])
        assert time.monotonic() < deadline, selector
        time.sleep(observer.POLL_SECONDS)
