# SPDX-License-Identifier: Apache-2.0
"""Nodes of a Workflow as values, and the reading of untrusted JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from otakube_api.contract import Node

Body = Mapping[str, Any]

SUCCEEDED = "Succeeded"
FAILED_PHASES = frozenset({"Failed", "Error"})
FINAL_PHASES = FAILED_PHASES | {SUCCEEDED}

_EXIT_HANDLER = ".onExit"
_ATTEMPT = re.compile(r"\((\d{1,6})\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgoNode:
    """One node of a Workflow: a task, an attempt at one, or the graph around them."""

    id: str = ""
    display_name: str = ""
    type: str = ""
    phase: str = ""
    message: str = ""
    template: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    progress: str = ""
    """`N/M`, as the step reports it."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Output parameters that have a value; those of a node that has not succeeded are nobody's result."""

    @property
    def task(self) -> str:
        """Name of the task that this node is, or is an attempt at: Argo writes attempts as `fetch(0)`."""
        return self.display_name.partition("(")[0]

    @property
    def step(self) -> str:
        """Name of the step: the task's, where Argo calls the exit handler after the Workflow."""
        return Node.CONCLUDE if self.is_exit_handler else self.task

    @property
    def attempt(self) -> int | None:
        """Number of the attempt, from 0; None of a node that is no attempt."""
        found = _ATTEMPT.search(self.display_name)
        return int(found[1]) if found else None

    @property
    def outputs(self) -> Mapping[str, str]:
        """Output parameters of a node that succeeded; empty before."""
        return self.parameters if self.phase == SUCCEEDED else {}

    @property
    def failed(self) -> bool:
        """True if it ended badly."""
        return self.phase in FAILED_PHASES

    def pod_of(self, workflow: str) -> str:
        """Name of its pod, as Argo forms it."""
        return f"{workflow}-{self.template}-{self.id.rpartition('-')[2]}"

    @property
    def is_exit_handler(self) -> bool:
        """True if it runs after the others, whatever became of them."""
        return self.task == Node.CONCLUDE or self.task.endswith(_EXIT_HANDLER)


def read_node(key: str, node: Body) -> ArgoNode:
    """Read one node of `status.nodes`, or of `workflow.failures`."""
    return ArgoNode(
        id=key,
        display_name=text_of(node, "displayName"),
        type=text_of(node, "type"),
        phase=text_of(node, "phase"),
        message=text_of(node, "message"),
        template=text_of(node, "templateName"),
        started_at=time_of(node.get("startedAt")),
        finished_at=time_of(node.get("finishedAt")),
        progress=text_of(node, "progress"),
        parameters=_parameters(node),
    )


def _parameters(node: Body) -> dict[str, str]:
    given = mappings_of(mapping_of(node.get("outputs")).get("parameters"))
    return {text_of(each, "name"): str(each["value"]) for each in given if each.get("value") is not None}


def mapping_of(value: object) -> Body:
    """A JSON object; empty if it is something else."""
    return value if isinstance(value, Mapping) else {}


def mappings_of(value: object) -> list[Body]:
    """The JSON objects of a list; empty if it is something else."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def text_of(body: Body, key: str) -> str:
    """A field as text; empty without one."""
    return str(body.get(key) or "")


def time_of(text: object) -> datetime | None:
    """A moment with its offset; anything else is none, since it compares with no other."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
