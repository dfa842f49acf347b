# SPDX-License-Identifier: Apache-2.0
"""Show what waits for a review, and answer it."""

import getpass
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from otakube_api import contract, labels
from otakube_api.contract import Decision, ReviewOutput, one_line
from otakube_cli import suggestions
from otakube_cli.cluster import ENRICHMENTS, WORKFLOWS, Cluster, ConsoleError, Refused
from otakube_cli.command import Format, Output, application, cluster_command, print_table, show
from otakube_cli.gate import NOTE_LIMIT, REVIEWER_LIMIT, Gate, GateState, answer, gate_of, is_answer
from otakube_cli.page import failed_gates, print_review, read_draft, review_of

ALREADY_DECIDED = 3
"""Exit status of an answer that came second: nothing was changed."""

NOT_OPEN = 4
"""Exit status where there is no gate to answer: not reached, not needed, or over."""

ROUNDS = 20
"""Attempts against a Workflow that its controller writes at the same time; at a gate it hardly does."""

app = application()


class DryRun(StrEnum):
    NONE = "none"
    SERVER = "server"


Name = Annotated[str, typer.Argument(help="Name of the AnimeEnrichment.", show_default=False)]
Note = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Reviewer = Annotated[str, typer.Option(help="Who decides; default your login name.", show_default=False)]
DryRunOption = Annotated[DryRun, typer.Option(help="server: let the API server check, change nothing.")]


@app.callback()
def review() -> None:
    """Show what waits for a review, and answer it.

    Exit status: 0 done, 1 failed, 2 wrong usage, 3 somebody had decided already, 4 nothing to answer.
    """


@cluster_command(app, "list")
async def list_waiting(cluster: Cluster, *, output: Output = Format.TABLE) -> None:
    """List the enrichments that wait for a decision, the most urgent first.

    Example: otakube review list
    """
    waiting = [item for item in await cluster.list_all(ENRICHMENTS) if _waits(item)]
    waiting.sort(key=lambda item: review_of(item).get("deadline") or "")
    columns = ("name", "anime", "confidence", "gates", "findings", "deadline")
    rows = [
        (
            item["metadata"]["name"],
            item["status"].get("title", ""),
            item["status"].get("confidence", ""),
            failed_gates(item),
            len(review_of(item).get("findings", [])),
            review_of(item).get("deadline", ""),
        )
        for item in waiting
    ]
    empty = f"Nothing waits for a review in namespace {cluster.namespace}."
    show(waiting, output, table=lambda: print_table(columns, rows) if rows else print(empty))


@cluster_command(app, "show")
async def show_one(cluster: Cluster, *, name: Name, output: Output = Format.TABLE) -> None:
    """Show what a reviewer must know of one enrichment: gates, findings, fields, who says so, who disagrees.

    Example: otakube review show frozen-tide
    """
    enrichment = await cluster.get(ENRICHMENTS, name)
    workflow = await current_workflow(cluster, enrichment)
    gate = gate_of(workflow)
    generation, attempt = run_order(workflow)
    draft = await read_draft(cluster, enrichment, generation=generation, attempt=attempt)
    facts = {"gate": gate.state.value, **gate.answers, "workflow": gate.workflow}
    suggested = suggestions.suggested(workflow)
    answered = {"enrichment": enrichment, "gate": facts, "draft": draft, "suggestions": suggested}
    show(answered, output, table=lambda: print_review(enrichment, facts, draft, suggested))


@cluster_command(app)
async def approve(
    cluster: Cluster,
    *,
    name: Name,
    note: Note = "",
    reviewer: Reviewer = "",
    accept: Annotated[
        list[str] | None, typer.Option(help="Id of a suggestion to take over; may be repeated.")
    ] = None,
    dry_run: DryRunOption = DryRun.NONE,
) -> None:
    """Approve a record: the run goes on and publishes it.

    Example: otakube review approve frozen-tide --note "poster checked" --accept tag-ships
    """
    accepted = accept or []
    if accepted:
        await check_suggested(cluster, name, accepted)
    await decide(cluster, name, _values(Decision.APPROVE, note, reviewer, accepted), dry_run=dry_run)


@cluster_command(app)
async def reject(
    cluster: Cluster,
    *,
    name: Name,
    note: Note = "",
    reviewer: Reviewer = "",
    dry_run: DryRunOption = DryRun.NONE,
) -> None:
    """Reject a record: nothing is published, and the catalogue stays as it is.

    Example: otakube review reject frozen-tide --note "these are two different series"
    """
    await decide(cluster, name, _values(Decision.REJECT, note, reviewer), dry_run=dry_run)


async def check_suggested(cluster: Cluster, name: str, accepted: Sequence[str]) -> None:
    """ConsoleError if an id is none of the run's suggestions: the run would fail on it."""
    workflow = await current_workflow(cluster, await cluster.get(ENRICHMENTS, name))
    if wrong := suggestions.strange(accepted, suggestions.suggested(workflow)):
        raise ConsoleError(wrong, code=2)


async def decide(
    cluster: Cluster, name: str, values: Mapping[ReviewOutput, str], *, dry_run: DryRun = DryRun.NONE
) -> None:
    """Answer the gate of an enrichment's current run, or say who did before."""
    enrichment = await cluster.get(ENRICHMENTS, name)
    now = datetime.now(UTC)
    for _ in range(ROUNDS):
        workflow = await current_workflow(cluster, enrichment)
        gate = gate_of(workflow)
        # A busy API server may carry out a patch and then answer that it was refused.
        if not is_answer(gate, values, now=now):
            patch = patch_for(name, workflow, values=values, now=now)
            if not await _accepted(cluster, gate.workflow, patch, dry_run=dry_run):
                continue
        done = "would be" if dry_run is DryRun.SERVER else "is"
        print(f"{name} {done} {_PAST[Decision(values[ReviewOutput.DECISION])]} ({gate.workflow})")
        return
    raise ConsoleError(f"workflow of {name!r} keeps changing; nothing was decided. Try again")


def patch_for(
    name: str, workflow: Mapping[str, Any], *, values: Mapping[ReviewOutput, str], now: datetime
) -> list[dict[str, Any]]:
    """The patch that answers a Workflow's gate; ConsoleError if there is nothing to answer."""
    gate = gate_of(workflow)
    if gate.state is not GateState.OPEN:
        raise closed(name, gate)
    try:
        return answer(workflow, gate, values=values, now=now)
    except KeyError as error:
        raise ConsoleError(
            f"the review of workflow {gate.workflow!r} does not ask for a decision: the WorkflowTemplate "
            f"{contract.TEMPLATE!r} is of another version; upgrade the chart otakube"
        ) from error


async def _accepted(cluster: Cluster, workflow: str, patch: list[dict[str, Any]], *, dry_run: DryRun) -> bool:
    """False if the Workflow has changed since it was read."""
    try:
        await cluster.patch(WORKFLOWS, workflow, patch, dry_run=dry_run is DryRun.SERVER)
    except Refused as error:
        if error.status not in {409, 422}:
            raise
        return False
    return True


async def current_workflow(cluster: Cluster, enrichment: Mapping[str, Any]) -> Mapping[str, Any]:
    """The newest run of an enrichment, found by its owner's uid."""
    uid, name = enrichment["metadata"]["uid"], enrichment["metadata"]["name"]
    runs = await cluster.list_all(WORKFLOWS, selector=f"{labels.ENRICHMENT_UID}={uid}")
    if not runs:
        raise ConsoleError(
            f"{name!r} has no workflow: {_why(enrichment)}. Watch it: kubectl -n {cluster.namespace} "
            f"get animeenrichment {name} --watch",
            code=NOT_OPEN,
        )
    return max(runs, key=run_order)


def closed(name: str, gate: Gate) -> ConsoleError:
    """Why a gate cannot be answered, and what to do instead."""
    if gate.state is GateState.ANSWERED:
        decision = gate.answers.get(ReviewOutput.DECISION, Decision.REJECT.value)
        who = gate.answers.get(ReviewOutput.REVIEWER) or "somebody"
        note = gate.answers.get(ReviewOutput.NOTE)
        said = one_line(f"{decision} by {who} at {gate.finished_at}{f', note: {note}' if note else ''}")
        return ConsoleError(
            f"{name!r} was decided already: {said}. Nothing was changed", code=ALREADY_DECIDED
        )
    if gate.state is GateState.HIDDEN:
        return ConsoleError(
            f"Argo has packed the nodes of workflow {gate.workflow!r}, so only Argo can answer: "
            f"argo node set {gate.workflow} --node-field-selector displayName=review --phase Succeeded "
            f"--output-parameter decision=approve"
        )
    reasons = {
        GateState.NOT_REACHED: "its run has not come to the review yet; try again later",
        GateState.NOT_NEEDED: "its run needs no review",
        GateState.OVER: "its run is over or being stopped; a new run asks again",
    }
    return ConsoleError(
        f"{name!r} does not wait for a decision: {reasons[gate.state]} (workflow {gate.workflow!r})",
        code=NOT_OPEN,
    )


_PAST = {Decision.APPROVE: "approved", Decision.REJECT: "rejected"}


def _values(
    decision: Decision, note: str, reviewer: str, accepted: Sequence[str] = ()
) -> dict[ReviewOutput, str]:
    for option, text, limit in (("--note", note, NOTE_LIMIT), ("--reviewer", reviewer, REVIEWER_LIMIT)):
        if len(text) > limit:
            raise ConsoleError(f"{option} has {len(text)} characters; shorten it to {limit}", code=2)
        if "{{" in text:  # Argo would evaluate it as an expression
            raise ConsoleError(f"{option} contains {'{{'!r}, which Argo evaluates; leave it out", code=2)
    return {
        ReviewOutput.DECISION: decision.value,
        ReviewOutput.NOTE: note,
        ReviewOutput.REVIEWER: reviewer or getpass.getuser(),
        ReviewOutput.ACCEPTED: json.dumps(list(accepted)),
    }


def _waits(enrichment: Mapping[str, Any]) -> bool:
    conditions = (enrichment.get("status") or {}).get("conditions") or []
    return any(c["type"] == "AwaitingReview" and c["status"] == "True" for c in conditions)


def _why(enrichment: Mapping[str, Any]) -> str:
    conditions = (enrichment.get("status") or {}).get("conditions") or []
    ready = next((c for c in conditions if c["type"] == "Ready"), None)
    return f"{ready['reason']} {ready['message']}".strip() if ready else "the operator has not seen it yet"


def run_order(workflow: Mapping[str, Any]) -> tuple[int, int]:
    """Generation, then attempt: the newest run has the highest."""
    known = workflow["metadata"].get("labels", {})
    return int(known.get(labels.GENERATION, 0)), int(known.get(labels.ATTEMPT, 0))
