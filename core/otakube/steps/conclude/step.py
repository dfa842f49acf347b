# SPDX-License-Identifier: Apache-2.0
"""The conclude step, the workflow's exit handler.

It clears up after a run that ended well, and keeps what a person needs of one that did not."""

import shlex
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson
from pydantic import ValidationError

from otakube import logs
from otakube.domain.record import handover
from otakube.domain.record.handover import FetchSummary
from otakube.masking import masked
from otakube.ports.catalogue import DeadLetter, DeadLetters
from otakube.ports.ledger import Ledger
from otakube.ports.objects import ObjectStore, Prefix
from otakube_api.argo import (
    SUCCEEDED,
    ArgoNode,
    FailedTask,
    failed_task,
    read_cause,
    read_failures,
    was_stopped,
)
from otakube_api.contract import Failure, FailureReason, Node, Output, WaitingCause, parse_waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One run and how it ended: `status` and `failures` as Argo gives them."""

    enrichment: str
    uid: str
    generation: int
    attempt: int
    work: str
    status: str
    failures: str
    title: str
    waited: str = ""
    """What the operator noted on the Workflow of a pod that did not start."""


async def conclude(
    objects: ObjectStore,
    dead_letters: Callable[[], Awaitable[DeadLetters]],
    ledger: Callable[[], Awaitable[Ledger]],
    ended: Ended,
) -> dict[Output, str]:
    """Remove the run's objects, or leave a dead letter beside them; a stopped run leaves nothing.

    The outputs tell what this run made live, which its commit step could not if it was cut off after that.
    """
    failed = read_failures(ended.failures)
    live = {} if ended.status == SUCCEEDED else await made_live(objects, ledger, ended)
    if ended.status == SUCCEEDED or was_stopped(failed) or ended_as_meant(failed):
        removed = await remove(objects, f"{ended.work}/")
        logs.logger().info("work objects removed", count=removed)
        return live
    letter = await dead_letter(objects, ended, failed)
    key = f"{Prefix.DEAD_LETTERS}{ended.uid}-{ended.generation}-{ended.attempt}.json"
    body = asdict(letter) | {
        "command": by_hand(letter.step, ended),
        "objects": await keys(objects, f"{ended.work}/"),
    }
    await objects.put(key, orjson.dumps(body, option=orjson.OPT_INDENT_2))
    await (await dead_letters()).put(letter)
    logs.logger().error("dead letter kept", key=key, failed_step=letter.step, reason=letter.reason)
    return live


async def made_live(
    objects: ObjectStore, ledger: Callable[[], Awaitable[Ledger]], ended: Ended
) -> dict[Output, str]:
    """The live version by the store's own word, if it is this run's; empty otherwise."""
    fetched = await fetch_summary(objects, ended)
    if fetched is None:
        return {}
    book = await ledger()
    state = await book.state(fetched.entry_id)
    intent = await book.intent(state.commit_key) if state is not None and state.commit_key else None
    if state is None or intent is None or (intent.run, intent.version) != (ended.work, state.live_version):
        return {}
    logs.logger().info("the run's version is live", entry_id=intent.entry_id, version=intent.version)
    return {
        Output.ENTRY_ID: intent.entry_id,
        Output.VERSION: str(intent.version),
        Output.DIGEST: intent.digest,
    }


def ended_as_meant(failed: Sequence[ArgoNode]) -> bool:
    """True if a reviewer said no, whose decision is stored, or the episode is not out: nobody has to act."""
    return any(read_cause(node.message).reason in _MEANT for node in failed)


_MEANT = (FailureReason.REVIEW_REJECTED, FailureReason.EPISODE_NOT_OUT)


def what_failed(failed: Sequence[ArgoNode], waited: WaitingCause | None = None) -> FailedTask:
    """The step that broke the run; without one, the workflow itself in Argo's words."""
    words = next((node.message for node in failed if node.message), "")
    return failed_task(failed, waited) or FailedTask("workflow", Failure(FailureReason.UNEXPECTED, words))


async def dead_letter(objects: ObjectStore, ended: Ended, failed: Sequence[ArgoNode]) -> DeadLetter:
    """Everything that a person needs to act."""
    step, failure = what_failed(failed, parse_waiting(ended.waited))
    message = masked(failure.message)[:2000]
    return DeadLetter(
        run=ended.work,
        enrichment=ended.enrichment,
        step=step,
        title=await title_of(objects, ended),
        reason=failure.reason.value,
        message=message or f"the workflow ended as {ended.status} without naming a step",
        attempt=ended.attempt,
        inputs=f"{ended.work}/",
        at=datetime.now(UTC),
    )


async def title_of(objects: ObjectStore, ended: Ended) -> str:
    """As resolved, else as asked for, else the object's name."""
    fetched = await fetch_summary(objects, ended)
    return fetched.title if fetched is not None else ended.title or ended.enrichment


async def fetch_summary(objects: ObjectStore, ended: Ended) -> FetchSummary | None:
    """The report of the run's fetch step; None before it has ended."""
    try:
        return FetchSummary.model_validate_json(await objects.get(f"{ended.work}/{handover.FETCH}"))
    except (KeyError, ValidationError):
        return None


def by_hand(step: str, ended: Ended) -> str:
    """The command that runs the failed step on the same inputs."""
    options = {
        "enrichment": ended.enrichment,
        "uid": ended.uid,
        "generation": ended.generation,
        "attempt": ended.attempt,
        "work": ended.work,
    }
    name = step if step in {node.value for node in Node} else Node.FETCH.value
    return shlex.join(["otakube", "step", name, *(f"--{key}={value}" for key, value in options.items())])


async def keys(objects: ObjectStore, prefix: str) -> list[str]:
    """The run's objects, at most a thousand of them."""
    found: list[str] = []
    async for key in objects.list(prefix):
        found.append(key)
        if len(found) == 1000:
            break
    return found


async def remove(objects: ObjectStore, prefix: str) -> int:
    """Delete every object below a prefix; how many there were."""
    found = [key async for key in objects.list(prefix)]
    for key in found:
        await objects.delete(key)
    return len(found)
