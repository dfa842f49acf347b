# SPDX-License-Identifier: Apache-2.0
"""New job -> Workflow manifest: a reference to the template, arguments, owner and labels, no more.

A name that follows from its inputs makes "create" idempotent: whoever tries a second time, after a crash or
beside another operator, meets AlreadyExists.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from otakube_api import labels
from otakube_api.v1alpha1.job import JobReason
from otakube_api.v1alpha1.meta import API_VERSION
from otakube_operator.jobs.job import Job
from otakube_operator.runtime.api import RequestRefused
from otakube_operator.runtime.controller import CreateFailure
from otakube_operator.runtime.objects import KubeObject
from otakube_operator.runtime.owned import MANAGER, ForeignObject, OwnedObjects

NAME_LIMIT = 63
"""Argo copies a Workflow's name into a label value, so a longer one could not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job that does not exist yet: for a due time, for a request, or for both.

    `purpose` is a word that tells it from others that its owner has, in lower case.
    """

    kind: str
    owner: KubeObject[Any, Any]
    template: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    purpose: str = ""
    scheduled_at: datetime | None = None
    requested_at: str | None = None

    @property
    def name(self) -> str:
        """The Workflow's name."""
        due = "" if self.scheduled_at is None else _text(self.scheduled_at)
        middle = (self.purpose or "now") if not due else f"{self.scheduled_at:%Y%m%dt%H%M}"
        identity = f"{self.owner.uid}/{self.purpose}{due}/{self.requested_at or ''}"
        suffix = f"-{middle}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
        begun = self.owner.key.name.replace(".", "-")[: NAME_LIMIT - len(suffix)]
        return begun.rstrip("-") + suffix


def manifest(new: NewJob) -> dict[str, Any]:
    """The Workflow to create."""
    notes = {} if new.scheduled_at is None else {labels.SCHEDULED_AT: _text(new.scheduled_at)}
    if new.requested_at is not None:
        notes[labels.REQUESTED_AT] = new.requested_at
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": new.name,
            "namespace": new.owner.key.namespace,
            "labels": {
                labels.MANAGED_BY: MANAGER,
                labels.PART_OF: "otakube",
                labels.JOB_OWNER_UID: new.owner.uid,
                labels.JOB_OWNER_NAME: new.owner.key.name[:NAME_LIMIT].rstrip("-._"),
            },
            "annotations": notes,
            "ownerReferences": [
                {
                    "apiVersion": API_VERSION,
                    "kind": new.kind,
                    "name": new.owner.key.name,
                    "uid": new.owner.uid,
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": {
            "workflowTemplateRef": {"name": new.template},
            "arguments": {
                "parameters": [{"name": name, "value": value} for name, value in new.arguments.items()]
            },
        },
    }


async def create(new: NewJob, owned: OwnedObjects[Job]) -> None:
    """Create the Workflow; it may be there from a pass that was cut off."""
    uid = new.owner.uid
    try:
        await owned.create(manifest(new), lambda found: found.owner_uid == uid)
    except RequestRefused as error:
        message = f"The API server refused Workflow {new.name}: {error.message}"
        raise CreateFailure(JobReason.WORKFLOW_REFUSED, message) from error
    except ForeignObject:
        message = f"Workflow {new.name} exists and belongs to somebody else: delete or rename it."
        raise CreateFailure(JobReason.WORKFLOW_CONFLICT, message) from None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
