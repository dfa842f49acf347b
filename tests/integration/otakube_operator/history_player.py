# SPDX-License-Identifier: Apache-2.0
"""The stage of random histories: many objects at once, one operator that dies now and then, and a judge."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from random import Random

from integration.otakube_operator.conftest import Body, World
from integration.otakube_operator.history import LAST, LOOKS, Act, History, move
from integration.otakube_operator.simulated_argo import (
    Published,
    SimulatedArgo,
    arguments_of,
    is_garbage,
    is_live,
)
from operator_process import OperatorProcess
from otakube_api import labels
from otakube_api.contract import Parameter

BOUND = 60.0  # seconds in which a run may be unseen, or a second one live, while an operator serves
PATIENCE = 240.0  # seconds for the end of all histories
PAUSE = 0.15  # seconds between looks
PACE = 0.25  # share of the looks at which the simulated controller takes up a Workflow


class Operators:
    """One operator after the other, each started beside the play."""

    def __init__(self, start: Callable[[], AbstractContextManager[OperatorProcess]]) -> None:
        self._start, self._context, self._process, self.kills = start, None, None, 0
        self._thread = self._revive()

    @property
    def serves(self) -> bool:
        """True while an operator is there and ready."""
        return self._process is not None

    def kill(self) -> None:
        """As if the machine took it; the next one starts."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            self.kills += 1
            self._thread = self._revive()

    def stop(self) -> None:
        """End the last one."""
        self._thread.join()
        if self._context is not None:
            self._context.__exit__(None, None, None)

    def _revive(self) -> threading.Thread:
        def run() -> None:
            self._context = self._start()
            self._process = self._context.__enter__()

        thread = threading.Thread(target=run)
        thread.start()
        return thread


@dataclass
class Judge:
    """What the invariants say of each look, and the longest times that were seen."""

    argo: SimulatedArgo
    by_hand: set[str]
    """Names of the Workflows that others resubmitted or retried."""
    foreign: set[str] = field(default_factory=set)
    """Objects whose live version is of such a Workflow, since it was published before it could be ended."""
    violations: list[str] = field(default_factory=list)
    longest: dict[str, float] = field(default_factory=lambda: {"unseen": 0.0, "beside another": 0.0})
    _since: dict[tuple[str, str], float] = field(default_factory=dict)

    def look(self, living: dict[str, Body], runs: dict[str, list[Body]], clock: float) -> None:
        """Judge one moment; `runs` are the Workflows that were made in the name of an object, by its uid."""
        for uid, workflows in runs.items():
            live = [each for each in workflows if is_live(each)]
            own = [each for each in live if each["metadata"]["name"] not in self.by_hand]
            if len(own) > 1:
                self.violations.append(f"two runs at once: {[each['metadata']['name'] for each in own]}")
            self._measure("beside another", uid, len(live) > 1, clock)
            status = living.get(uid, {}).get("status") or {}
            known = (status.get("workflow") or {}).get("name")
            for each in live:
                name = each["metadata"]["name"]
                unseen = uid in living and name != known and not each["spec"].get("shutdown")
                self._measure("unseen", name, unseen, clock)

    def end(self, body: Body | None, workflows: list[Body]) -> str:
        """What is not true of an object at the end; empty if all is."""
        if any(is_live(each) for each in workflows):
            return "a run is live"
        if body is None:
            return ""
        if "status" not in body:
            return "nobody has looked at it"
        status, meta = body["status"], body["metadata"]
        ready = next(each for each in status["conditions"] if each["type"] == "Ready")
        asked = (meta.get("annotations") or {}).get(labels.REQUESTED_AT)
        if status["observedGeneration"] != meta["generation"]:
            return "the status is of an earlier generation"
        if ready["reason"] == "WorkflowRateLimited":
            return "" if len(status["recentStarts"]) == 10 else "limited before its time"
        if asked not in {None, status.get("lastHandledRequest")}:
            return "a request was not answered"
        return self._is_true(body, ready)

    def _is_true(self, body: Body, ready: Body) -> str:
        mine = [found for found in self.argo.published if found.uid == body["metadata"]["uid"]]
        if mine and mine[-1].workflow in self.by_hand:
            self.foreign.add(body["metadata"]["name"])
            return ""
        if ready["status"] == "True":
            return self._is_live_version(body, mine)
        return "" if ready["status"] == "False" else f"nothing goes on, and it says {ready['reason']}"

    def _is_live_version(self, body: Body, mine: "list[Published]") -> str:
        if not mine:
            return "Ready without a publication"
        _, _, version, arguments = mine[-1]
        if version != body["status"]["liveVersion"]:
            return f"version {version} is live, and the status says {body['status']['liveVersion']}"
        wanted = (body["spec"]["anime"]["title"], body["spec"]["review"]["policy"])
        if (arguments.get(Parameter.TITLE), arguments.get(Parameter.REVIEW_POLICY)) != wanted:
            return f"what is live is of other arguments: {arguments}"
        return ""

    def _measure(self, what: str, who: str, holds: bool, clock: float) -> None:
        if not holds:
            self._since.pop((what, who), None)
            return
        lasted = clock - self._since.setdefault((what, who), clock)
        self.longest[what] = max(self.longest[what], lasted)
        if lasted > BOUND:
            self._since[what, who] = clock
            self.violations.append(f"{who}: {what} for {lasted:.0f} s")


@dataclass
class Stage:
    """Plays histories side by side in one namespace."""

    world: World
    operators: Operators
    histories: list[History]
    dice: Random
    argo: SimulatedArgo = field(default_factory=SimulatedArgo)
    tally: "Counter[str]" = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)
    _owner: dict[str, str] = field(default_factory=dict)  # uid of a Workflow: uid of its object
    _copies: dict[str, str] = field(default_factory=dict)  # name of a Workflow: uid of its object
    _by_hand: set[str] = field(default_factory=set)
    _uids: dict[int, str] = field(default_factory=dict)

    def play(self) -> Judge:
        """Play them to the end."""
        judge, clock = Judge(self.argo, self._by_hand), 0.0
        kills = set(self.dice.sample(range(5, LOOKS), 3))
        for history in self.histories:
            made = self.world.apply(f"anime-{history.number}", review={"policy": history.policy})
            self._uids[history.number] = made["metadata"]["uid"]
        self.world.eventually(lambda: len(self.world.workflows()) == len(self.histories), PATIENCE)
        deadline, before, look = time.monotonic() + PATIENCE, time.monotonic(), 0
        while True:
            now = time.monotonic()
            clock, before = clock + (now - before if self.operators.serves else 0.0), now
            living, runs = self._snapshot()
            judge.look(living, runs, clock)
            left = {number: judge.end(living.get(uid), runs[uid]) for number, uid in self._uids.items()}
            if look > LOOKS and self.operators.serves and not any(left.values()):
                return judge
            if now > deadline:
                judge.violations += [f"anime-{number}: {what}" for number, what in left.items() if what]
                return judge
            if look in kills:
                self.operators.kill()
            self._one_look(look, living, runs)
            look += 1
            time.sleep(PAUSE)

    def _snapshot(self) -> tuple[dict[str, Body], dict[str, list[Body]]]:
        objects = self.world.enrichments()
        runs: dict[str, list[Body]] = defaultdict(list)
        for each in self.world.workflows():
            uid = each["metadata"]["uid"]
            copied = self._copies.get(each["metadata"]["name"])
            first = copied or arguments_of(each["spec"]).get("uid", "")
            runs[self._owner.setdefault(uid, first)].append(each)
        return {each["metadata"]["uid"]: each for each in objects}, runs

    def _one_look(self, look: int, living: dict[str, Body], runs: dict[str, list[Body]]) -> None:
        for history in self.histories:
            uid = self._uids[history.number]
            for act in history.acts:
                if act.look == look:
                    self._act(history, act, runs[uid])
            for each in runs[uid]:
                self._argo(history, each, living, look)

    def _argo(self, history: History, workflow: Body, living: dict[str, Body], look: int) -> None:
        name = workflow["metadata"]["name"]
        if is_garbage(workflow, set(living)):
            self.world.send("DELETE", "workflows", name)
            return
        if history.failing and "-1-" in name and name not in self._by_hand:
            self.argo.failing.add(name)
        if self.dice.random() > PACE:
            return
        status = self.argo.next_status(workflow, approve=look >= history.approve_at)
        if status is not None:
            version = workflow["metadata"]["resourceVersion"]
            self.world.send(
                "PATCH", "workflows", name, {"metadata": {"resourceVersion": version}, "status": status}
            )

    def _act(self, history: History, act: Act, workflows: list[Body]) -> None:
        name = f"anime-{history.number}"
        if act.hand == LAST:
            code = self.world.send("DELETE", "animeenrichments", name)
        elif act.hand == "edits the spec":
            policy = "Never" if act.choice < 0.5 else "Required"
            code = self.world.send(
                "PATCH", "animeenrichments", name, {"spec": {"review": {"policy": policy}}}
            )
        elif act.hand == "asks for a run":
            asked = {"metadata": {"annotations": {labels.REQUESTED_AT: str(act.look)}}}
            code = self.world.send("PATCH", "animeenrichments", name, asked)
        else:
            code = self._lay_hand(act, self._uids[history.number], workflows)
        self.tally[act.hand if code in (200, 201) else f"{act.hand} (in vain)"] += 1
        self.trace.append(f"look {act.look}: {name}: {act.hand}: {code}")

    def _lay_hand(self, act: Act, uid: str, workflows: list[Body]) -> int:
        moved = move(act, workflows)
        if moved is None:
            return 0
        verb, target, body = moved
        name = target["metadata"]["name"]
        if verb == "POST" and body is not None:
            name = body["metadata"]["name"]
            self._copies[name] = uid
        if verb == "POST" or act.hand == "retries it":
            self._by_hand.add(name)
        return self.world.send(verb, "workflows", name, body)
