# SPDX-License-Identifier: Apache-2.0
"""Carries one enrichment from step to step in this process: the very functions that the pods call.

The order and the gate are those of the workflow. What Argo keeps of a Workflow is kept in the document store,
so that a run that was cut off goes on behind its last finished step.
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.step import Run
from otakube.commands.step_calls import AUTOMATIC, ORDER, as_keywords, call_step
from otakube.errors import Fatal, StepError
from otakube.ports.runs import FinishedStep, LocalRun, LocalRuns, RunPhase
from otakube_api.contract import (
    EXIT,
    Accelerator,
    Decision,
    Failure,
    Node,
    Output,
    ReviewNeed,
    ReviewOutput,
    format_failure,
    work_prefix,
)
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichment, AnimeEnrichmentSpec
from otakube_api.v1alpha1.arguments import arguments_of
from otakube_api.v1alpha1.validation import ANIME_IMMUTABLE
from otakube_cli.errors import ConsoleError

NOT_SUSPENDED = {"suspend": False}
SUSPENDED = "spec.suspend is true: no step is run; set it to false, then give the same command again"


class Undecided(Exception):
    """The review waits for a person, and none is here to ask."""


class RunListener(Protocol):
    """Receives each change of a run, to print it."""

    def started(self, name: str, node: Node) -> None: ...

    def finished(self, name: str, node: Node, step: FinishedStep) -> None: ...

    def resumed(self, name: str, steps: int) -> None: ...


Ask = Callable[[LocalRun], Awaitable[dict[str, str]]]
"""Answers a review by ReviewOutput; raises Undecided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """One process's way through enrichments."""

    wiring: Wiring
    runs: LocalRuns
    listener: RunListener
    ask: Ask

    async def carry_out(self, enrichment: AnimeEnrichment, *, again: bool) -> LocalRun:
        """Bring the enrichment to its end, or as far as it goes; what was run before is not run again."""
        run = await next_run(self.runs, enrichment, again=again)
        if enrichment.spec.suspend and run.phase is RunPhase.RUNNING:
            return replace(run, phase=RunPhase.SUSPENDED, failure=SUSPENDED)
        spec = AnimeEnrichmentSpec.model_validate(run.spec)  # as it was first written
        enrichment = enrichment.model_copy(update={"spec": spec})
        if run.phase is not RunPhase.RUNNING:
            return run
        name = enrichment.metadata.name
        if run.steps:
            self.listener.resumed(name, len(run.steps))
        logs.bind(enrichment=run.enrichment, run=run.work)
        await self.runs.put(replace(run, failure=""))
        node = Node.FETCH
        try:
            for node in (one for one in ORDER if one not in run.steps):
                self.listener.started(name, node)
                run = await self._step(run, enrichment, node)
                self.listener.finished(name, node, run.steps[node])
                if run.answer.get(ReviewOutput.DECISION) == Decision.REJECT:
                    return await self._end(run, enrichment, RunPhase.REJECTED)
        except StepError as error:
            return await self._failed(run, enrichment, node, error)
        except Undecided as error:
            return await self._kept(replace(run, failure=str(error)))
        return await self._end(run, enrichment, RunPhase.SUCCEEDED)

    async def _step(self, run: LocalRun, enrichment: AnimeEnrichment, node: Node) -> LocalRun:
        start = time.monotonic()
        outputs: dict[Output, str] = {}
        if node is Node.REVIEW:
            needed = run.steps[Node.ASSEMBLE].outputs.get(Output.REVIEW) == ReviewNeed.REQUIRED
            run = replace(run, answer=await self.ask(run) if needed else dict(AUTOMATIC))
        else:
            outputs = await self._call(run, enrichment, node)
        finished = FinishedStep(outputs=outputs, seconds=round(time.monotonic() - start, 3))
        return await self._kept(replace(run, steps={**run.steps, node: finished}))

    async def _call(
        self, run: LocalRun, enrichment: AnimeEnrichment, node: Node, **more: str
    ) -> dict[Output, str]:
        identity = Run(run.enrichment, run.uid, run.generation, run.attempt, run.work)
        return await call_step(self.wiring, identity, node, {**options(run, enrichment), **more})

    async def _failed(
        self, run: LocalRun, enrichment: AnimeEnrichment, node: Node, error: StepError
    ) -> LocalRun:
        """A fatal failure ends the run with a dead letter; after another the next call goes on here."""
        words = format_failure(Failure(error.reason, str(error)))
        run = replace(run, failure=words)
        if not isinstance(error, Fatal):
            return await self._kept(run)
        message = f"Error (exit code {EXIT.fatal}): {words}"
        failed = {"displayName": node.value, "phase": "Failed", "message": message}
        return await self._end(
            run, enrichment, RunPhase.FAILED, status="Failed", failures=json.dumps([failed])
        )

    async def _end(
        self,
        run: LocalRun,
        enrichment: AnimeEnrichment,
        phase: RunPhase,
        *,
        status: str = "Succeeded",
        failures: str = "[]",
    ) -> LocalRun:
        """The exit handler, then the last word."""
        await self._call(run, enrichment, Node.CONCLUDE, status=status, failures=failures)
        return await self._kept(replace(run, phase=phase))

    async def _kept(self, run: LocalRun) -> LocalRun:
        await self.runs.put(run)
        return run


def options(run: LocalRun, enrichment: AnimeEnrichment) -> dict[str, str]:
    """Every value that a step may take by name: of the spec, of the assembled record, of the review."""
    assembled = run.steps.get(Node.ASSEMBLE)
    outputs: Mapping[Any, str] = assembled.outputs if assembled else {}
    return as_keywords(outputs, arguments_of(enrichment.spec, auto=Accelerator.CPU), run.answer)


async def next_run(runs: LocalRuns, enrichment: AnimeEnrichment, *, again: bool) -> LocalRun:
    """The run that goes on, or a new one: of a changed spec, after a failure, or because it was asked for.

    A spec that differs by `suspend` alone is the same.
    """
    key = f"{enrichment.metadata.namespace}/{enrichment.metadata.name}"
    spec = enrichment.spec.to_body() | NOT_SUSPENDED
    latest = await runs.latest(key)
    if latest is None:
        return _new(key, spec, generation=1, attempt=1)
    if folded(latest.spec["anime"]) == folded(spec["anime"]):
        spec["anime"] = latest.spec["anime"]
    if latest.spec["anime"] != spec["anime"]:
        raise ConsoleError(f"{key}: {ANIME_IMMUTABLE.message}", code=EXIT.fatal)
    if latest.spec | NOT_SUSPENDED != spec:
        return _new(key, spec, generation=latest.generation + 1, attempt=1)
    if latest.phase is RunPhase.FAILED or (again and latest.phase is not RunPhase.RUNNING):
        return _new(key, spec, generation=latest.generation, attempt=latest.attempt + 1)
    return latest


def folded(anime: Mapping[str, Any]) -> dict[str, Any]:
    """The reference with a title as it is matched: a person who types it again need not mind its capitals."""
    title = {"title": " ".join(anime["title"].casefold().split())} if "title" in anime else {}
    return {**anime, **title}


def _new(key: str, spec: dict[str, Any], *, generation: int, attempt: int) -> LocalRun:
    """The uid follows from the name, so that the same object is the same entry on every machine."""
    uid = str(uuid5(NAMESPACE_URL, f"https://otakube.dev/animeenrichments/{key}"))
    work = work_prefix(uid, generation, attempt)
    return LocalRun(enrichment=key, uid=uid, generation=generation, attempt=attempt, work=work, spec=spec)
