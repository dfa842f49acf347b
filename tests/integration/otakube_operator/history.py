# SPDX-License-Identifier: Apache-2.0
"""Random histories of what others do to an object and its Workflows: drawn from a seed, then played."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from integration.otakube_operator.conftest import Body
from integration.otakube_operator.simulated_argo import is_live, resubmitted, retried
from otakube_api import labels

LOOKS = 100  # of the simulated controller, over which the hands of one history are spread


class Act(NamedTuple):
    """One hand, and the look of the simulated controller at which it moves."""

    look: int
    hand: str
    choice: float  # of the Workflow


class History(NamedTuple):
    """All that happens to one object."""

    number: int
    policy: str
    failing: bool  # its first run fails
    approve_at: int
    acts: tuple[Act, ...]


def _metadata(**changes: Any) -> Callable[[Body], Body]:
    return lambda _: {"metadata": changes}


def _title(workflow: Body) -> Body:
    given = (workflow["spec"].get("arguments") or {}).get("parameters") or []
    other = [each | ({"value": "Other"} if each["name"] == "title" else {}) for each in given]
    return {"spec": {"arguments": {"parameters": other}}}


STRANGER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "stranger", "uid": "stranger"}
PATCHES: Mapping[str, Callable[[Body], Body]] = {
    "relabels the generation": _metadata(labels={labels.GENERATION: "99"}),
    "relabels the attempt": _metadata(labels={labels.ATTEMPT: "999999999"}),
    "relabels the uid": _metadata(labels={labels.ENRICHMENT_UID: "another"}),
    "takes the uid off": _metadata(labels={labels.ENRICHMENT_UID: None}),
    "takes the label of the watch off": _metadata(labels={labels.MANAGED_BY: None}),
    "takes all labels off": _metadata(labels=None),
    "takes the owner off": _metadata(ownerReferences=None),
    "takes labels and owner off": _metadata(labels=None, ownerReferences=None),
    "takes labels, annotations and owner off": _metadata(labels=None, ownerReferences=None, annotations=None),
    "gives it to somebody else": _metadata(ownerReferences=[STRANGER]),
    "changes an argument": _title,
    "takes the arguments away": lambda _: {"spec": {"arguments": None}},
    "stops it": lambda _: {"spec": {"shutdown": "Stop", "suspend": None}},
    "terminates it": lambda _: {"spec": {"shutdown": "Terminate", "suspend": None}},
    "suspends it": lambda _: {"spec": {"suspend": True}},
}  # fmt: skip
HANDS = (*PATCHES, "deletes it", "retries it", "resubmits it", "edits the spec", "asks for a run")
LAST = "deletes the object"


def drawn(seed: str, number: int) -> History:
    """The history of that number."""
    dice = Random(f"{seed}/{number}")
    acts = [
        Act(dice.randrange(1, LOOKS), dice.choice(HANDS), dice.random()) for _ in range(dice.randint(2, 6))
    ]
    if dice.random() < 0.2:
        acts.append(Act(dice.randrange(1, LOOKS), LAST, 0))
    return History(
        number,
        policy=dice.choice(["Never", "Required"]),
        failing=dice.random() < 0.3,
        approve_at=dice.randrange(20, LOOKS),
        acts=tuple(sorted(acts)),
    )


def move(act: Act, workflows: Sequence[Body]) -> tuple[str, Body, Body | None] | None:
    """Verb, Workflow and body of a hand on one of these; None if it finds nothing to lay itself on."""
    able = [each for each in workflows if act.hand != "retries it" or not is_live(each)]
    if not able:
        return None
    target = able[min(int(act.choice * len(able)), len(able) - 1)]
    if act.hand == "deletes it":
        return "DELETE", target, None
    if act.hand == "resubmits it":
        return "POST", target, resubmitted(target, f"{act.look:05d}")
    body = retried(target) if act.hand == "retries it" else PATCHES[act.hand](target)
    return "PATCH", target, body
