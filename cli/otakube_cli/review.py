# SPDX-License-Identifier: Apache-2.0
"""Show what waits for a review, and answer it."""

import getpass
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, Printer
from otakube_api import contract
from otakube_api.contract import Decision, ReviewOutput, one_line
from otakube_cli import suggestions
from otakube_cli.cluster import ENRICHMENTS, WORKFLOWS, Cluster
from otakube_cli.command import AllNamespaces, application, cluster_command, to_stderr
from otakube_cli.errors import ConsoleError, Refused
from otakube_cli.options import DryRun, Name
from otakube_cli.page import print_review, read_draft
from otakube_cli.review_list import print_waiting, read_waiting
from otakube_cli.run_review import (
    NOTE_LIMIT,
    REVIEWER_LIMIT,
    RunReview,
    RunReviewState,
    answer,
    digest_under_review,
    is_answer,
    read_review,
    stamp,
)
from otakube_cli.runs import newest_run, run_order

ALREADY_DECIDED = 3
"""Exit status of an answer that came second: nothing was changed."""

NOT_OPEN = 4
"""Exit status where there is no review to answer: not reached, not needed, or over."""

CHANGED = 5
"""Exit status where the record is not the one that the reviewer saw: nothing was changed."""

ROUNDS = 20
"""Attempts against a Workflow that its controller writes at the same time; at the review it hardly does."""

app = application()


Note = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Reviewer = Annotated[str, typer.Option(help="Who decides; default your login name.", show_default=False)]
Digest = Annotated[
    str,
    typer.Option(
        help="Digest of the record that you saw, as `review show` has it; another record is not decided.",
        show_default=False,
    ),
]


@app.callback()
def review() -> None:
    """Show what waits for a review, and answer it.

    Exit status: 0 done, 1 failed, 2 wrong usage, 3 somebody had decided already, 4 nothing to answer,
    5 the record is not the one of --digest.
    """


@cluster_command(app, "list")
async def list_waiting(
    cluster: Cluster, *, all_namespaces: AllNamespaces = False, out: Printer = TABLE
) -> None:
    """List the enrichments that wait for a decision, the most urgent first, and why they wait.

    Year, type and, with -o wide, the pages are those of the record that was assembled for the review.

    Example: otakube review list --all-namespaces
    """
    waiting = await read_waiting(cluster, all_namespaces=all_namespaces)
    place = "any namespace" if all_namespaces else f"namespace {cluster.namespace}"
    empty = f"Nothing waits for a review in {place}."
    out.show(
        waiting,
        table=lambda: print_waiting(waiting, out) if waiting else to_stderr(empty),
        names=lambda: [ENRICHMENTS.named(item["metadata"]["name"]) for item in waiting],
    )


@cluster_command(app, "show")
async def show_one(cluster: Cluster, *, name: Name, out: Printer = TABLE) -> None:
    """Show what a reviewer must know of one enrichment: gates, findings, fields, who says so, who disagrees.

    Example: otakube review show frozen-tide
    """
    enrichment = await cluster.get(ENRICHMENTS, name)
    workflow = await current_workflow(cluster, enrichment)
    review = read_review(workflow)
    generation, attempt = run_order(workflow)
    draft = await read_draft(cluster, enrichment, generation=generation, attempt=attempt)
    digest = digest_under_review(workflow)
    facts = {"state": review.state.value, **review.answers, "digest": digest, "workflow": review.workflow}
    suggested = suggestions.suggested(workflow)
    answered = {"enrichment": enrichment, "review": facts, "draft": draft, "suggestions": suggested}
    out.show(answered, table=lambda: print_review(enrichment, facts, draft, suggested))


@cluster_command(app)
async def approve(  # noqa: PLR0913 - the options of a command
    cluster: Cluster,
    *,
    name: Name,
    note: Note = "",
    reviewer: Reviewer = "",
    digest: Digest = "",
    accept: Annotated[
        list[str] | None, typer.Option(help="Id of a suggestion to take over; may be repeated.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Approve a record: the run goes on and publishes it.

    Example: otakube review approve frozen-tide --note "poster checked" --accept tag-ships
    """
    accepted = accept or []
    if accepted:
        await check_suggested(cluster, name, accepted)
    await decide(cluster, name, _values(Decision.APPROVE, note, reviewer, digest, accepted), dry_run=dry_run)


@cluster_command(app)
async def reject(
    cluster: Cluster,
    *,
    name: Name,
    note: Note = "",
    reviewer: Reviewer = "",
    digest: Digest = "",
    dry_run: DryRun = False,
) -> None:
    """Reject a record: nothing is published, and the catalogue stays as it is.

    Example: otakube review reject frozen-tide --note "these are two different series"
    """
    await decide(cluster, name, _values(Decision.REJECT, note, reviewer, digest), dry_run=dry_run)


async def check_suggested(cluster: Cluster, name: str, accepted: Sequence[str]) -> None:
    """ConsoleError if an id is none of the run's suggestions: the run would fail on it."""
    workflow = await current_workflow(cluster, await cluster.get(ENRICHMENTS, name))
    if wrong := suggestions.strange(accepted, suggestions.suggested(workflow)):
        raise ConsoleError(wrong, code=2)


async def decide(
    cluster: Cluster, name: str, values: Mapping[ReviewOutput, str], *, dry_run: bool = False
) -> None:
    """Answer the review of an enrichment's current run, or say who did before."""
    enrichment = await cluster.get(ENRICHMENTS, name)
    now = datetime.now(UTC)
    for _ in range(ROUNDS):
        workflow = await current_workflow(cluster, enrichment)
        review = read_review(workflow)
        values = with_digest(name, workflow, values)
        # A busy API server may carry out a patch and then answer that it was refused.
        if not is_answer(review, values, now=now):
            patch = patch_for(name, workflow, values=values, now=now)
            if not await _accepted(cluster, review.workflow, patch, dry_run=dry_run):
                continue
        done = "would be" if dry_run else "is"
        print(f"{name} {done} {_PAST[Decision(values[ReviewOutput.DECISION])]} ({review.workflow})")
        return
    raise ConsoleError(f"workflow of {name!r} keeps changing; nothing was decided. Try again")


def with_digest(
    name: str, workflow: Mapping[str, Any], values: Mapping[ReviewOutput, str]
) -> dict[ReviewOutput, str]:
    """The answer with the digest of the record that it is about; ConsoleError if the reviewer saw another."""
    digest, reviewed = digest_under_review(workflow), values.get(ReviewOutput.DIGEST)
    if reviewed and reviewed != digest:
        raise ConsoleError(
            f"the record of {name!r} is not the one that you saw: its digest is {digest or 'not known yet'}. "
            f"Nothing was decided; look at it with `otakube review show {name}`",
            code=CHANGED,
        )
    return {**values, ReviewOutput.DIGEST: digest}


def patch_for(
    name: str, workflow: Mapping[str, Any], *, values: Mapping[ReviewOutput, str], now: datetime
) -> list[dict[str, Any]]:
    """The patch that answers a Workflow's gate; ConsoleError if there is nothing to answer."""
    review = read_review(workflow)
    if review.state is not RunReviewState.OPEN:
        raise closed(name, review)
    if review.deadline is not None and now >= review.deadline:
        raise too_late(name, review.deadline)
    try:
        return answer(workflow, review, values=values, now=now)
    except KeyError as error:
        raise ConsoleError(
            f"the review of workflow {review.workflow!r} does not ask for a decision: the WorkflowTemplate "
            f"{contract.TEMPLATE!r} is of another version; upgrade the chart otakube"
        ) from error


async def _accepted(cluster: Cluster, workflow: str, patch: list[dict[str, Any]], *, dry_run: bool) -> bool:
    """False if the Workflow has changed since it was read."""
    try:
        await cluster.patch(WORKFLOWS, workflow, patch, dry_run=dry_run)
    except Refused as error:
        if error.status not in {409, 422}:
            raise
        return False
    return True


async def current_workflow(cluster: Cluster, enrichment: Mapping[str, Any]) -> Mapping[str, Any]:
    """The newest run of an enrichment, found by its owner's uid."""
    name = enrichment["metadata"]["name"]
    run = await newest_run(cluster, enrichment)
    if run is None:
        raise ConsoleError(
            f"{name!r} has no workflow: {_why(enrichment)}. Watch it: otakube status {name} "
            f"-n {cluster.namespace} --watch",
            code=NOT_OPEN,
        )
    return run


def closed(name: str, review: RunReview) -> ConsoleError:
    """The error of a review that cannot be answered, with what to do instead."""
    if review.timed_out and review.deadline is not None:
        return too_late(name, review.deadline, answered=_answered(review) if review.approved else "")
    if review.state is RunReviewState.ANSWERED:
        return ConsoleError(
            f"{name!r} was decided already: {_answered(review)}. Nothing was changed", code=ALREADY_DECIDED
        )
    if review.state is RunReviewState.HIDDEN:
        return ConsoleError(
            f"Argo has packed the nodes of workflow {review.workflow!r}, so only Argo can answer: "
            f"argo node set {review.workflow} --node-field-selector displayName=review --phase Succeeded "
            f"--output-parameter decision=approve"
        )
    reasons = {
        RunReviewState.NOT_REACHED: "its run has not come to the review yet; try again later",
        RunReviewState.NOT_NEEDED: "its run needs no review",
        RunReviewState.OVER: "its run is over or being stopped; a new run asks again",
    }
    return ConsoleError(
        f"{name!r} does not wait for a decision: {reasons[review.state]} (workflow {review.workflow!r})",
        code=NOT_OPEN,
    )


def too_late(name: str, deadline: datetime, *, answered: str = "") -> ConsoleError:
    """The error of a review that timed out, though a suspended run may still take an answer as a reject."""
    given = f"; the answer after it does not count: {answered}" if answered else " without an answer"
    return ConsoleError(
        f"the review of {name!r} timed out at {deadline:%Y-%m-%d %H:%M:%S} UTC{given}. The record counts as "
        f"rejected and nothing was changed; ask for a new run, which asks again: otakube rerun {name}",
        code=NOT_OPEN,
    )


def _answered(review: RunReview) -> str:
    """The decision, its author and its time."""
    decision = review.answers.get(ReviewOutput.DECISION, Decision.REJECT.value)
    who = review.answers.get(ReviewOutput.REVIEWER) or "somebody"
    when = stamp(review.finished_at) if review.finished_at else "an unknown time"
    note = review.answers.get(ReviewOutput.NOTE)
    return one_line(f"{decision} by {who} at {when}{f', note: {note}' if note else ''}")


_PAST = {Decision.APPROVE: "approved", Decision.REJECT: "rejected"}


def _values(
    decision: Decision, note: str, reviewer: str, digest: str, accepted: Sequence[str] = ()
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
        ReviewOutput.DIGEST: digest,
        ReviewOutput.ACCEPTED: json.dumps(list(accepted)),
    }


def _why(enrichment: Mapping[str, Any]) -> str:
    conditions = (enrichment.get("status") or {}).get("conditions") or []
    ready = next((c for c in conditions if c["type"] == "Ready"), None)
    return f"{ready['reason']} {ready['message']}".strip() if ready else "the operator has not seen it yet"
