# SPDX-License-Identifier: Apache-2.0
"""Enrichments that wait for their turn at the providers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

import pytest

from operator_builders import KEY, NOW, Planned, after, condition, enrichment, kstatus, planned, run_of
from otakube_api.argo import StepProgress
from otakube_api.contract import Node
from otakube_operator.enrichment.observed import Enrichment, Results, WorkflowRun
from otakube_operator.enrichment.plan import peer_of
from otakube_operator.enrichment.run_queue import Peer, Peers, QueueLimits
from otakube_operator.runtime.objects import ObjectKey

ONE = QueueLimits(runs=1, seconds=10)
BUSY: Peers = {ObjectKey("anime", "busy"): Peer(asking=True, asking_since=NOW)}
SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(hours=1)


def at(seen: Enrichment, step: Node | None, **changes: object) -> WorkflowRun:
    """A run that is at this step; those before it are passed."""
    passed = tuple(
        (name, NOW) for name in Node if step is not None and list(Node).index(name) < list(Node).index(step)
    )
    progress = StepProgress(step=step, attempt=1, attempts=7, running=True) if step is not None else None
    return run_of(seen, results=Results(step=progress), passed=passed, **changes)


def queued(seen: Enrichment, *runs: WorkflowRun) -> tuple[Planned, Enrichment]:
    """The pass that finds no turn free, and the object after it."""
    made = planned(seen, *runs, peers=BUSY, limits=ONE)
    return made, after(seen, made)


def test_without_a_free_turn_nothing_is_created_and_the_status_says_why() -> None:
    made, seen = queued(enrichment())
    assert made.create is None
    assert condition(made, "Ready") == ("Unknown", "Queued")
    assert condition(made, "Reconciling") == ("True", "Queued")
    assert kstatus(made, 1) == {"InProgress"}
    assert seen.status.queue is not None
    assert seen.status.queue.place == 1
    assert made.plan.revisit_at is not None
    assert made.plan.revisit_at > NOW


def test_a_free_turn_starts_the_run_and_takes_the_place_away() -> None:
    _, seen = queued(enrichment())
    made = planned(seen, limits=ONE)
    assert made.create is not None
    assert made.status.queue is None
    assert condition(made, "Ready") == ("Unknown", "WorkflowStarting")


def test_a_rerun_and_an_edit_wait_too_and_the_version_stays_told() -> None:
    published = replace(
        enrichment(), status=enrichment().status.model_copy(update={"live_version": 3}), requested_at="again"
    )
    made, _ = queued(published, run_of(enrichment(), phase="Succeeded"))
    assert made.create is None
    assert condition(made, "Ready") == ("Unknown", "Queued")
    assert made.status.live_version == 3
    assert made.status.last_handled_request is None


@pytest.mark.parametrize(
    ("step", "suspended", "asks"),
    [
        (None, False, True),
        (Node.FETCH, False, True),
        (Node.FETCH, True, True),
        (None, True, False),
        (Node.STAGE, False, False),
        (Node.REVIEW, False, False),
        (Node.COMMIT, False, False),
    ],
)
def test_a_run_holds_its_turn_until_its_fetch_has_ended(
    step: Node | None, suspended: bool, asks: bool
) -> None:
    run = at(enrichment(), step, suspended=suspended)
    assert peer_of(enrichment(), (run,), NOW).asking is asks


def test_a_suspended_run_whose_fetch_pod_has_ended_holds_no_turn() -> None:
    progress = StepProgress(step=Node.FETCH, attempt=1, attempts=7, running=False)
    run = run_of(enrichment(), suspended=True, results=Results(step=progress))
    assert not peer_of(enrichment(), (run,), NOW).asking


@pytest.mark.parametrize("change", ["deleting", "suspend"])
def test_whoever_is_deleted_or_suspended_leaves_the_queue(change: str) -> None:
    seen = enrichment(suspend=change == "suspend")
    seen = replace(seen, deleting=change == "deleting")
    assert peer_of(enrichment(), (), NOW).ticket is not None
    assert peer_of(seen, (), NOW).ticket is None


def test_a_run_that_has_made_way_wakes_the_next() -> None:
    waiting = enrichment()
    other = replace(waiting, key=KEY._replace(name="next"), uid="other")
    runs = (at(waiting, Node.STAGE),)
    peers = {KEY: peer_of(waiting, runs, NOW), other.key: peer_of(other, (), NOW)}
    assert planned(waiting, *runs, peers=peers, limits=ONE).plan.wake == (other.key,)
    asking = (at(waiting, Node.FETCH),)
    assert planned(waiting, *asking, peers=peers, limits=ONE).plan.wake == ()


def test_of_two_that_are_looked_at_at_once_only_one_starts() -> None:
    first = replace(enrichment(), created_at=NOW - 2 * SECOND)
    second = replace(enrichment(), key=KEY._replace(name="a"), uid="other", created_at=NOW - SECOND)
    peers = {each.key: peer_of(each, (), NOW) for each in (first, second)}
    made = [planned(each, peers=peers, limits=ONE) for each in (second, first)]
    assert [each.create is not None for each in made] == [False, True]


def test_the_place_in_the_queue_outlives_a_restart() -> None:
    """What came later by its age stands behind by its recorded time, whatever order the restart looks in."""
    _, edited = queued(replace(enrichment(), created_at=NOW - timedelta(days=9)))
    assert edited.status.queue is not None
    old = replace(edited, status=edited.status.model_copy(
        update={"queue": edited.status.queue.model_copy(update={"since_time": NOW + 5 * SECOND})}
    ))  # fmt: skip
    fresh = replace(enrichment(), key=KEY._replace(name="z"), uid="other", created_at=NOW)
    peers = {each.key: peer_of(each, (), LATER) for each in (old, fresh)}
    assert planned(fresh, peers=peers, limits=ONE, now=LATER).create is not None
    assert planned(old, peers=peers, limits=ONE, now=LATER).create is None


@dataclass
class Town:
    """Enrichments and their runs as the API server would hold them; passes in any order."""

    objects: dict[ObjectKey, Enrichment] = field(default_factory=dict)
    runs: dict[ObjectKey, tuple[WorkflowRun, ...]] = field(default_factory=dict)
    started: list[ObjectKey] = field(default_factory=list)

    def peers(self) -> Peers:
        return {key: peer_of(seen, self.runs.get(key, ()), LATER) for key, seen in self.objects.items()}

    def look(self, key: ObjectKey, limits: QueueLimits) -> None:
        """One pass over one object."""
        seen = self.objects[key]
        made = planned(seen, *self.runs.get(key, ()), now=LATER, peers=self.peers(), limits=limits)
        if made.create is not None:
            self.started.append(key)
            self.runs[key] = (at(seen, None),)
        self.objects[key] = after(seen, made)

    def asking(self) -> list[ObjectKey]:
        return [key for key, runs in self.runs.items() if any(run.asks_providers for run in runs)]


def order(names: Sequence[str], seed: int, limits: QueueLimits) -> list[ObjectKey]:
    """Start everything, with passes in random order, as restarts and events may bring them."""
    random, town = Random(seed), Town()
    for number, name in enumerate(names):
        key = ObjectKey("anime", name)
        age = NOW + number * SECOND
        town.objects[key] = replace(enrichment(), key=key, uid=f"uid-{name}", created_at=age)
    while len(town.started) < len(names):
        for key in random.sample(list(town.objects), len(names)):
            town.look(key, limits)
            assert len(town.asking()) <= limits.runs
        done = random.choice(town.asking())
        town.runs[done] = (at(town.objects[done], Node.STAGE),)
    return town.started


def test_runs_start_in_the_order_of_the_queue_however_the_passes_come() -> None:
    names = [f"n{number}" for number in (5, 3, 9, 1, 7, 2, 8)]
    for seed in range(10):
        assert [key.name for key in order(names, seed, ONE)] == names
        started = [key.name for key in order(names, seed, QueueLimits(runs=3, seconds=10))]
        assert all(abs(started.index(name) - names.index(name)) < 3 for name in names)
