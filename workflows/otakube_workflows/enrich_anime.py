# SPDX-License-Identifier: Apache-2.0
"""The enrichment of one title: fetch, stage, assemble, review gate, embed, commit, and the exit handler."""

import json
from collections.abc import Iterable
from typing import Any

from hera.workflows import DAG, Container, Parameter, Suspend, Task, WorkflowTemplate
from hera.workflows.models import SuppliedValueFrom, ValueFrom, WorkflowMetadata

from otakube_api import labels
from otakube_api.contract import (
    FETCH_DEADLINE,
    TEMPLATE,
    Accelerator,
    Decision,
    Mode,
    Node,
    Output,
    ReviewNeed,
    ReviewOutput,
    ReviewPolicy,
)
from otakube_api.contract import Parameter as Argument
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import EMBED_IMAGE, RUN, STORES, Size, Step, Store, step

ENTRYPOINT = "enrich"

DESCRIPTION = "workflows.argoproj.io/description"
ABOUT = (
    "Fetches an anime from its providers, merges what they say, waits for a review where its policy asks for "
    "one, and publishes the record. To answer: the step review, RESUME. Without a choice, that is a reject."
)
"""Text of Argo's page about a run and its template, which it reads as Markdown."""

REVIEW_LIMIT_SECONDS = 720 * 3600
"""Longest review.timeout that the API admits; the workflow's deadline lies a day of work beyond it."""

ARGUMENTS = {
    Argument.ENRICHMENT: Parameter(
        name=Argument.ENRICHMENT, description="namespace/name of the AnimeEnrichment."
    ),
    Argument.UID: Parameter(name=Argument.UID, description="Its uid."),
    Argument.GENERATION: Parameter(name=Argument.GENERATION, description="Its generation."),
    Argument.ATTEMPT: Parameter(name=Argument.ATTEMPT, value="1", description="Attempt at that generation."),
    Argument.ANIME_ID: Parameter(name=Argument.ANIME_ID, value="", description="Our id of the anime."),
    Argument.SOURCE_URLS: Parameter(
        name=Argument.SOURCE_URLS, value="[]", description="Its pages at the providers, as JSON list."
    ),
    Argument.TITLE: Parameter(name=Argument.TITLE, value="", description="Its title, to be resolved."),
    Argument.YEAR: Parameter(
        name=Argument.YEAR, value="", description="Its first year, to tell namesakes apart."
    ),
    Argument.TYPE: Parameter(name=Argument.TYPE, value="", description="Its type, to tell namesakes apart."),
    Argument.MODE: Parameter(
        name=Argument.MODE,
        value=Mode.FULL_ENRICHMENT,
        enum=list(Mode),
        description="What to refresh.",
    ),
    Argument.EPISODE: Parameter(
        name=Argument.EPISODE,
        value="",
        description="Number of the episode that must be out; empty: take what there is.",
    ),
    Argument.ROLLBACK_TO: Parameter(
        name=Argument.ROLLBACK_TO,
        value="",
        description="Version of the entry to bring back; empty: ask the providers.",
    ),
    Argument.PROVIDERS: Parameter(
        name=Argument.PROVIDERS,
        value="[]",
        description="Providers to ask, as JSON list; empty: all that are switched on.",
    ),
    Argument.REVIEW_POLICY: Parameter(
        name=Argument.REVIEW_POLICY,
        value=ReviewPolicy.ON_LOW_CONFIDENCE,
        enum=list(ReviewPolicy),
        description="When a person must approve.",
    ),
    Argument.REVIEW_TIMEOUT: Parameter(
        name=Argument.REVIEW_TIMEOUT, value="72h", description="Silence for so long is a reject."
    ),
    Argument.ACCELERATOR: Parameter(
        name=Argument.ACCELERATOR,
        value=Accelerator.CPU,
        enum=[Accelerator.CPU, Accelerator.GPU],
        description="Processor that embeds.",
    ),
}

GPU_POD = {
    "nodeSelector": {"nvidia.com/gpu.present": "true"},
    "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    "containers": [{"name": "main", "resources": {"limits": {"nvidia.com/gpu": "1"}}}],
}
"""Demands of the GPU pool on the embed pod, by the labels and taint of NVIDIA's own device plugin."""


def _spaced(patch: dict[str, Any]) -> str:
    """JSON without two closing braces in a row, which would end Argo's expression."""
    return json.dumps(patch).replace("}", "} ")


_GPU_WANTED = f"inputs.parameters.{Argument.ACCELERATOR} == '{Accelerator.GPU}'"
POD_OF_ACCELERATOR = f"{{{{={_GPU_WANTED} ? '{_spaced(GPU_POD)}' : '{{}}'}}}}"


def _answered(output: ReviewOutput, unsaid: str) -> str:
    """An answer of the gate inside an expression: a resume by selector leaves outputs without any value."""
    return f"(tasks.{Node.REVIEW}?.outputs?.parameters?.{output} ?? '{unsaid}')"


ASSEMBLED = f"tasks.{Node.ASSEMBLE}.outputs.parameters"

REVIEW_WANTED = f"{{{{{ASSEMBLED}.{Output.REVIEW}}}}} == {ReviewNeed.REQUIRED}"

IN_TIME = (
    f"date(tasks.{Node.REVIEW}.finishedAt) < date(tasks.{Node.REVIEW}.startedAt)"
    f" + duration(workflow.parameters['{Argument.REVIEW_TIMEOUT}'])"
)
"""Argo's own clock stands still while a run is suspended, and lets through what was never resumed."""

APPROVED = (
    f"{{{{={ASSEMBLED}.{Output.REVIEW} == '{ReviewNeed.SKIP}'"
    f" || ({_answered(ReviewOutput.DECISION, Decision.REJECT)} == '{Decision.APPROVE}' && {IN_TIME})}}}}"
)
"""A skipped gate answers with its default, reject: what opens the way is the word of `assemble`."""

ANSWERED_DIGEST = _answered(ReviewOutput.DIGEST, "")

REVIEWED = {
    Output.DIGEST: f"{{{{={ANSWERED_DIGEST} != '' ? {ANSWERED_DIGEST} : {ASSEMBLED}.{Output.DIGEST}}}}}",
    Output.SUGGESTIONS_DIGEST: f"{{{{{ASSEMBLED}.{Output.SUGGESTIONS_DIGEST}}}}}",
    ReviewOutput.ACCEPTED: f"{{{{={_answered(ReviewOutput.ACCEPTED, '[]')}}}}}",
    ReviewOutput.REVIEWER: f"{{{{={_answered(ReviewOutput.REVIEWER, '')}}}}}",
}
"""Inputs of embed and commit: the record that was reviewed, and the suggestions that its reviewer accepted.

The digest is the answer's, where the reviewer's tool gave one, else that of the record that was assembled.
"""

DECIDED = {
    ReviewOutput.DECISION: f"{{{{=tasks.{Node.REVIEW}.status == 'Skipped'"
    f" ? '{Decision.AUTOMATIC}' : {_answered(ReviewOutput.DECISION, Decision.REJECT)}}}}}",
    ReviewOutput.NOTE: f"{{{{={_answered(ReviewOutput.NOTE, '')}}}}}",
}
"""The decision for the commit: what a person answered, or `automatic` where nobody had to."""

WAITED = f"{{{{=fromJSON(workflow.annotations.json)['{labels.WAITING_CAUSE}'] ?? ''}}}}"
"""What a pod waits for, as the operator notes it: at a deadline Argo forgets it."""

STEPS = (
    Step(
        name=Node.FETCH,
        inputs=[
            *RUN,
            Argument.ANIME_ID,
            Argument.SOURCE_URLS,
            Argument.TITLE,
            Argument.YEAR,
            Argument.TYPE,
            Argument.MODE,
            Argument.EPISODE,
            Argument.ROLLBACK_TO,
            Argument.PROVIDERS,
            Argument.REVIEW_POLICY,
        ],
        outputs={
            Output.ENTRY_ID: "",
            Output.TITLE: "",
            Output.ANSWERED_SOURCES: "[]",
            Output.FAILED_SOURCES: "[]",
        },
        stores=[Store.BUCKET, Store.DOCUMENTS, Store.PROVIDERS],
        deadline=round(FETCH_DEADLINE.total_seconds()),
    ),
    Step(name=Node.STAGE, inputs=[*RUN, Argument.MODE], deadline=900),
    Step(
        name=Node.ASSEMBLE,
        inputs=[*RUN, Argument.MODE, Argument.REVIEW_POLICY],
        outputs={
            Output.REVIEW: None,  # without its word nothing may pass the gate
            Output.CONFIDENCE: "",
            Output.FINDINGS: "[]",
            Output.GATES: "[]",
            Output.SUGGESTIONS: "[]",
            Output.DIGEST: None,  # without it nothing may be published
            Output.SUGGESTIONS_DIGEST: "",
            Output.IMAGES_STORED: "0",
            Output.IMAGES_FAILED: "0",
        },
        stores=[Store.BUCKET, Store.DOCUMENTS, Store.SUGGESTIONS],
        deadline=3600,
        size=Size(memory="256Mi", memory_limit="768Mi"),
    ),
    Step(
        name=Node.EMBED,
        inputs=[*RUN, Argument.ACCELERATOR, *REVIEWED],
        deadline=1800,
        image=EMBED_IMAGE,
        size=Size(memory="384Mi", memory_limit="1536Mi"),
        pod_spec_patch=POD_OF_ACCELERATOR,
    ),
    Step(
        name=Node.COMMIT,
        inputs=[*RUN, *REVIEWED, *DECIDED],
        outputs={Output.ENTRY_ID: "", Output.DIGEST: "", Output.VERSION: ""},
        stores=list(STORES),
        deadline=900,
    ),
)

CONCLUDE = Step(  # also runs for a failed or stopped workflow, whose tasks it cannot see
    name=Node.CONCLUDE,
    inputs=[*RUN, Argument.TITLE, "status", "failures", "waited"],
    outputs={Output.ENTRY_ID: "", Output.DIGEST: "", Output.VERSION: ""},
    stores=[Store.BUCKET, Store.DOCUMENTS],
    deadline=300,
)


def enrich_anime() -> WorkflowTemplate:
    """The WorkflowTemplate that the operator starts, one run for a generation and attempt."""
    return WorkflowTemplate(
        name=TEMPLATE,
        annotations={"workflows.argoproj.io/title": "Enrich an anime", DESCRIPTION: ABOUT},
        workflow_metadata=WorkflowMetadata(annotations={DESCRIPTION: ABOUT}),
        entrypoint=ENTRYPOINT,
        on_exit=Node.CONCLUDE.value,
        arguments=list(ARGUMENTS.values()),
        active_deadline_seconds=REVIEW_LIMIT_SECONDS + 24 * 3600,
        templates=[_graph(), *map(step, STEPS), _review(), _conclude()],
        **EXECUTION,
    )


def _review() -> Suspend:
    """The gate. Each output's default is what a timeout or a bare resume answers: reject.

    Argo's page shows a field for each input, and sends each as an output: no input may be anything else.
    """
    supplied = {
        ReviewOutput.DECISION: Decision.REJECT,
        ReviewOutput.NOTE: "",
        ReviewOutput.REVIEWER: "",
        ReviewOutput.DIGEST: "",
        ReviewOutput.ACCEPTED: "[]",
    }
    return Suspend(
        name=Node.REVIEW,
        duration=f"{{{{workflow.parameters.{Argument.REVIEW_TIMEOUT}}}}}",
        inputs=_review_fields(),
        outputs=[
            Parameter(name=name, value_from=ValueFrom(supplied=SuppliedValueFrom(), default=unsaid))
            for name, unsaid in supplied.items()
        ],
    )


def _review_fields() -> list[Parameter]:
    """The fields in which a person answers; the page explains the one that offers a choice, and no other."""
    return [
        Parameter(
            name=ReviewOutput.DECISION,
            default=Decision.REJECT,
            enum=[Decision.APPROVE, Decision.REJECT],
            description=(
                "approve publishes the record, reject publishes nothing; RESUME without a choice is a "
                "reject. note: why, kept with the decision. reviewer: your name. "
                "accepted: ids of suggestions to take over, with commas between."
            ),
        ),
        Parameter(name=ReviewOutput.NOTE, default="", description="Why; kept with the decision."),
        Parameter(name=ReviewOutput.REVIEWER, default="", description="Who decides."),
        Parameter(
            name=ReviewOutput.ACCEPTED,
            default="",
            description="Ids of suggestions that are taken over, with commas between.",
        ),
    ]


def _conclude() -> Container:
    """The exit handler: Argo calls it without arguments, so its inputs' values are what it is to be told."""
    container = step(CONCLUDE)
    told: dict[str, str] = {name: f"{{{{workflow.parameters.{name}}}}}" for name in [*RUN, Argument.TITLE]}
    told |= {name: f"{{{{workflow.{name}}}}}" for name in ("status", "failures")} | {"waited": WAITED}
    container.args = [f"--{name}={value}" for name, value in told.items()]
    container.inputs = None
    return container


def _graph() -> DAG:
    """One task after the other; a reject skips embed, and commit with it, and the run succeeds."""
    graph = DAG(name=ENTRYPOINT)
    graph.tasks = [Task(name=node, template=node, **wiring) for node, wiring in _wiring().items()]
    return graph


def _wiring() -> dict[Node, dict[str, Any]]:
    given = {Node(wanted.name): _workflow_arguments(wanted.inputs) for wanted in STEPS}
    return {
        Node.FETCH: {"arguments": given[Node.FETCH]},
        Node.STAGE: {"depends": Node.FETCH, "arguments": given[Node.STAGE]},
        Node.ASSEMBLE: {"depends": Node.STAGE, "arguments": given[Node.ASSEMBLE]},
        Node.REVIEW: {"depends": Node.ASSEMBLE, "when": REVIEW_WANTED},
        Node.EMBED: {
            "depends": f"{Node.REVIEW}.Succeeded || {Node.REVIEW}.Skipped",
            "when": APPROVED,
            "arguments": given[Node.EMBED] | REVIEWED,
        },
        Node.COMMIT: {
            "depends": f"{Node.EMBED}.Succeeded",
            "arguments": given[Node.COMMIT] | REVIEWED | DECIDED,
        },
    }


def _workflow_arguments(names: Iterable[str]) -> dict[str, str]:
    return {name: f"{{{{workflow.parameters.{name}}}}}" for name in names}
