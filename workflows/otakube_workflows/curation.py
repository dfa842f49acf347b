# SPDX-License-Identifier: Apache-2.0
"""Workflows that a person submits: one command in the cluster, which answers with one JSON document."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hera.workflows import Parameter, WorkflowTemplate
from hera.workflows.models import Mutex, Synchronization

from otakube_api.contract import MERGE_LOCKS_TEMPLATE, PAYLOAD, Output
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import Step, Store, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """One command; `arguments` maps each of its parameters to what it means.

    `alone`: no two of them run at once, since one must see what the other wrote.
    """

    name: str
    arguments: Mapping[str, str]
    step: Step
    alone: bool = False


MERGE_LOCKS = Submitted(
    name=MERGE_LOCKS_TEMPLATE,
    arguments={PAYLOAD: "The change, as `otakube locks` packs it: base64 of gzip of JSON."},
    step=Step(
        name="locks",
        command=["curate", "locks"],
        outputs={Output.REPORT: None},
        stores=[Store.DOCUMENTS],
        deadline=300,
    ),
    alone=True,
)


def submitted(wanted: Submitted) -> WorkflowTemplate:
    """The template: its entrypoint is the command, whose inputs are the workflow's arguments."""
    return WorkflowTemplate(
        name=wanted.name,
        entrypoint=wanted.step.name,
        arguments=[Parameter(name=name, description=told) for name, told in wanted.arguments.items()],
        active_deadline_seconds=2 * wanted.step.deadline,
        synchronization=Synchronization(mutexes=[Mutex(name=wanted.name)]) if wanted.alone else None,
        templates=[step(replace(wanted.step, inputs=list(wanted.arguments)))],
        **EXECUTION,
    )
