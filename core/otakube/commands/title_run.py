# SPDX-License-Identifier: Apache-2.0
"""One listed entry from its pages to its commit: the steps of an enrichment, as a dataset sync calls them.

What a person would have to see is not published. The run's objects have names that follow from the entry, so
that a run which was cut off finds the answers that it had already.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from otakube.bootstrap.wiring import Wiring
from otakube.commands.step import PERMITS_WITHIN, Run
from otakube.commands.step_calls import AUTOMATIC, as_keywords, call_step
from otakube.domain.dataset.enrichment import EnrichmentCounts, EnrichmentOutcome
from otakube.errors import Retriable, StepError
from otakube.maintenance.dataset_sync.enrich import TitleEnd, TitleRuns
from otakube.ports.listings import ListedEntry
from otakube_api.contract import (
    Accelerator,
    Failure,
    FailureReason,
    Node,
    Output,
    ReviewNeed,
    ReviewPolicy,
    format_failure,
    work_prefix,
)

_NOT_THE_TITLES = (FailureReason.STORE_UNAVAILABLE, FailureReason.SETTINGS_INVALID)
"""Failures that every title would meet: they end the step, which is tried again."""


async def title_runs(wiring: Wiring, keep: Callable[[EnrichmentCounts], Awaitable[None]]) -> TitleRuns:
    """All that the pace of a sync needs to enrich entries."""
    return TitleRuns(
        adapters=await wiring.providers(within=PERMITS_WITHIN.total_seconds()),
        locks=await wiring.stores.processing_locks(),
        owner_of=lambda entry_id: run_of(entry_id).work,
        carry_out=partial(carry_out, wiring),
        keep=keep,
    )


def run_of(entry_id: str) -> Run:
    """The run of a listed entry: the same for each sync, of which one is at work at a time."""
    uid = f"listed-{entry_id}"
    return Run(f"dataset-sync/{entry_id}", uid, 1, 1, work_prefix(uid, 1, 1))


async def carry_out(wiring: Wiring, entry: ListedEntry) -> TitleEnd:
    """Call the steps; the run's objects go with its end, whatever that is, but for a store that is away."""
    run = run_of(entry.entry_id)
    try:
        end = await _steps(wiring, run, entry)
    except StepError as error:
        if error.reason in _NOT_THE_TITLES:
            raise
        end = end_of(error)
    await call_step(wiring, run, Node.CONCLUDE, {})
    return end


async def _steps(wiring: Wiring, run: Run, entry: ListedEntry) -> TitleEnd:
    spec = {
        "anime_id": entry.entry_id,
        "review_policy": ReviewPolicy.ON_LOW_CONFIDENCE.value,
        "accelerator": Accelerator.CPU.value,
    }
    fetched = await call_step(wiring, run, Node.FETCH, spec)
    if fetched[Output.ENTRY_ID] != entry.entry_id:
        theirs = fetched[Output.ENTRY_ID]
        return TitleEnd(EnrichmentOutcome.REFUSED, f"Identity: its pages belong to the entry {theirs}")
    await call_step(wiring, run, Node.STAGE, spec)
    assembled = await call_step(wiring, run, Node.ASSEMBLE, spec)
    if assembled[Output.REVIEW] != ReviewNeed.SKIP:
        return TitleEnd(EnrichmentOutcome.REFUSED, describe_review(assembled))
    known = as_keywords(assembled, spec, AUTOMATIC)
    await call_step(wiring, run, Node.EMBED, known)
    await call_step(wiring, run, Node.COMMIT, known)
    return TitleEnd(EnrichmentOutcome.ENRICHED)


def describe_review(assembled: Mapping[Output, str]) -> str:
    """The reasons for which a person should look, in one line."""
    gates = [f"{one['gate']}: {one['message']}" for one in json.loads(assembled[Output.GATES])]
    return "; ".join([f"Review: confidence {assembled[Output.CONFIDENCE]}", *gates])


def end_of(error: StepError) -> TitleEnd:
    """The end of an entry whose step failed; another run's hold on it is none of its faults."""
    if error.reason is FailureReason.COMMIT_FENCED:
        return TitleEnd(EnrichmentOutcome.PASSED_OVER)
    passing = isinstance(error, Retriable) or error.reason is FailureReason.PROVIDERS_UNUSABLE
    words = format_failure(Failure(error.reason, str(error)))
    return TitleEnd(EnrichmentOutcome.FAILED, words, passing=passing)
