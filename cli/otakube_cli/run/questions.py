# SPDX-License-Identifier: Apache-2.0
"""The review at the prompt: what a reviewer must know, the question, and the answer as the gate gives it."""

import getpass
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from otakube.bootstrap.wiring import Wiring
from otakube.domain.publish.explain import explain
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import FetchSummary
from otakube.ports.runs import LocalRun
from otakube_api.contract import Decision, Node, Output, ReviewOutput, SourceState, source_state
from otakube_cli import suggestions
from otakube_cli.page import print_review
from otakube_cli.record import every_image
from otakube_cli.run.runner import Undecided

YES_NOTE = "approved by --yes, without a look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Answers reviews: by the person at the terminal, or by --yes."""

    wiring: Wiring
    yes: bool
    interactive: bool

    async def ask(self, run: LocalRun) -> dict[str, str]:
        """The answer; Undecided if nobody gives one."""
        if self.yes:
            return answer(Decision.APPROVE, note=YES_NOTE)
        if not self.interactive:
            raise Undecided("the record waits for a review: run again on a terminal, or with --yes")
        objects = await self.wiring.stores.objects()
        record = GoldenRecord.model_validate_json(await objects.get(f"{run.work}/{handover.GOLDEN}"))
        summary = FetchSummary.model_validate_json(await objects.get(f"{run.work}/{handover.FETCH}"))
        live = await (await self.wiring.stores.catalogue()).entry(record.entry.id)
        versions = {"compared_with": summary.live_version, "live_version": live.version if live else None}
        suggested = json.loads(run.steps[Node.ASSEMBLE].outputs.get(Output.SUGGESTIONS, "[]"))
        print_review(status_of(run), {"state": "asked below"}, draft(record) | versions, suggested)
        with interruptible():
            return question(suggested, input)


def question(suggested: list[dict[str, Any]], read: Callable[[str], str]) -> dict[str, str]:
    """Ask until the words make sense."""
    while True:
        word = read("\nPublish this record? y(es), n(o), l(ater): ").strip().lower()
        if word in {"y", "yes"}:
            accepted = _accepted(suggested, read)
            return answer(Decision.APPROVE, note=read("Note, kept with the decision: "), accepted=accepted)
        if word in {"n", "no"}:
            return answer(Decision.REJECT, note=read("Why, kept with the decision: "))
        if word in {"l", "later"}:
            raise Undecided("the record waits for a review: run again to answer it")


def _accepted(suggested: list[dict[str, Any]], read: Callable[[str], str]) -> list[str]:
    while suggested:
        chosen = read("Ids of suggestions to take over, blanks between; empty for none: ").split()
        wrong = suggestions.strange(chosen, suggested)
        if wrong is None:
            return chosen
        print(wrong)
    return []


def answer(decision: Decision, *, note: str = "", accepted: list[str] | None = None) -> dict[str, str]:
    """As the suspended node of a Workflow has it."""
    return {
        ReviewOutput.DECISION: decision.value,
        ReviewOutput.NOTE: note.strip(),
        ReviewOutput.REVIEWER: login(),
        ReviewOutput.ACCEPTED: json.dumps(accepted or []),
    }


def login() -> str:
    """The login name; a user id without one is named by its number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def status_of(run: LocalRun) -> dict[str, Any]:
    """The run in the form of an AnimeEnrichment's status, which the review page prints."""
    fetched, assembled = run.steps[Node.FETCH].outputs, run.steps[Node.ASSEMBLE].outputs
    answered = json.loads(fetched.get(Output.ANSWERED_SOURCES, "[]"))
    failed = json.loads(fetched.get(Output.FAILED_SOURCES, "[]"))
    sources = [{"provider": name, "state": SourceState.ANSWERED.value} for name in answered]
    sources += [
        one | {"state": source_state(one["reason"], answered=one["provider"] in answered).value}
        for one in failed
    ]
    status = {
        "title": fetched.get(Output.TITLE, ""),
        "entryId": fetched.get(Output.ENTRY_ID, ""),
        "confidence": assembled.get(Output.CONFIDENCE, ""),
        "gates": json.loads(assembled.get(Output.GATES, "[]")),
        "sources": sources,
        "review": {"findings": json.loads(assembled.get(Output.FINDINGS, "[]"))},
    }
    return {"metadata": {"name": run.enrichment.partition("/")[2]}, "status": status}


def draft(record: GoldenRecord) -> dict[str, Any]:
    """The record in the form of the read API's draft."""
    return {
        "explanation": {"fields": [field.model_dump(mode="json") for field in explain(record)]},
        "episodes": len(record.episodes),
        "characters": len(record.characters),
        "images": every_image(record.model_dump(mode="json")),
    }


def on_terminal() -> bool:
    """True if a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextmanager
def interruptible() -> Iterator[None]:
    """Let ^C end the wait for a line: asyncio's handler would only note it for later."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
