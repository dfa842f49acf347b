# SPDX-License-Identifier: Apache-2.0
"""Argo Workflow body -> Job: pure, and tolerant of whatever anybody wrote into it."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from otakube_api import labels
from otakube_api.argo import (
    FINAL_PHASES,
    SUCCEEDED,
    ArgoWorkflow,
    Body,
    StepProgress,
    mapping_of,
    mappings_of,
    read_progress,
    read_workflow,
    time_of,
)
from otakube_api.contract import Failure, Output
from otakube_operator.runtime.api import ApiResource
from otakube_operator.runtime.owned import OwnedResource

WORKFLOWS = ApiResource("argoproj.io", "v1alpha1", "workflows")


class Amount(NamedTuple):
    """Work of one attempt at a step, as it reports it: `done` of `total`, since it began."""

    done: int
    total: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One owned Workflow as last seen."""

    namespace: str
    name: str
    uid: str
    owner_uid: str
    resource_version: str = field(default="", compare=False)
    created_at: datetime | None = None
    scheduled_at: datetime | None = None
    requested_at: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    phase: str = ""
    message: str = ""
    shutdown: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    reports: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Output.REPORT of the tasks that have succeeded."""
    amounts: Mapping[str, Amount] = field(default_factory=dict)
    """Of the latest attempt at each step that says how far it is."""
    step: StepProgress | None = None
    failure: Failure | None = None

    @property
    def finished(self) -> bool:
        """True if Argo will not touch it again."""
        return self.phase in FINAL_PHASES

    @property
    def succeeded(self) -> bool:
        """True if it ended well."""
        return self.phase == SUCCEEDED


def in_order(jobs: Iterable[Job]) -> list[Job]:
    """The oldest first."""
    return sorted(jobs, key=lambda job: (job.created_at is None, job.created_at, job.name))


def owned_jobs(kind: str) -> OwnedResource[Job]:
    """The Workflows of one kind, as its controller owns them."""
    return OwnedResource(kind="Workflow", api=WORKFLOWS, read=reader(kind))


def reader(kind: str) -> Callable[[Body, Job | None], Job | None]:
    """A reader of Workflow bodies: None for one that no object of that kind owns."""

    def read(body: Body, known: Job | None = None) -> Job | None:
        owner_uid = known.owner_uid if known is not None else _owner_uid(body, kind)
        return read_job(body, owner_uid) if owner_uid else None

    return read


def read_job(body: Body, owner_uid: str) -> Job:
    """The Job that a Workflow body stands for."""
    meta, seen = body["metadata"], read_workflow(body)
    notes = mapping_of(meta.get("annotations"))
    requested = notes.get(labels.REQUESTED_AT)
    return Job(
        namespace=meta["namespace"],
        name=meta["name"],
        uid=meta["uid"],
        owner_uid=owner_uid,
        resource_version=meta.get("resourceVersion", ""),
        created_at=time_of(meta.get("creationTimestamp")),
        scheduled_at=time_of(notes.get(labels.SCHEDULED_AT)),
        requested_at=None if requested is None else str(requested),
        arguments=_arguments(body),
        phase=seen.phase,
        message=seen.message,
        shutdown=seen.shutdown,
        started_at=seen.started_at,
        finished_at=seen.finished_at,
        reports=_reports(seen),
        amounts=_amounts(seen),
        step=read_progress(seen),
        failure=seen.failure,
    )


def _owner_uid(body: Body, kind: str) -> str:
    owners = mappings_of(body["metadata"].get("ownerReferences"))
    ours = (owner for owner in owners if owner.get("kind") == kind and owner.get("controller"))
    return next((str(owner.get("uid", "")) for owner in ours), "")


def _arguments(body: Body) -> dict[str, str]:
    given = mapping_of(mapping_of(body.get("spec")).get("arguments"))
    return {str(each.get("name")): str(each.get("value")) for each in mappings_of(given.get("parameters"))}


def _reports(seen: ArgoWorkflow) -> dict[str, Mapping[str, Any]]:
    found = {node.task: node.outputs.get(Output.REPORT) for node in seen.nodes if node.attempt is None}
    return {task: _json(text) for task, text in found.items() if text}


def _json(text: str) -> Mapping[str, Any]:
    try:
        return mapping_of(json.loads(text))
    except ValueError:
        return {}


_AMOUNT = re.compile(r"(\d{1,9})/(\d{1,9})")


def _amounts(seen: ArgoWorkflow) -> dict[str, Amount]:
    """Argo writes 0/1 and 1/1 for a step that says nothing: those tell no amount."""
    pods = sorted((node for node in seen.nodes if node.type == "Pod"), key=lambda node: node.attempt or 0)
    found = {}
    for node in pods:
        told = _AMOUNT.fullmatch(node.progress)
        if told is not None and int(told[2]) > 1 and node.started_at is not None:
            found[node.step] = Amount(int(told[1]), int(told[2]), node.started_at)
    return found
