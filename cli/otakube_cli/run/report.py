# SPDX-License-Identifier: Apache-2.0
"""Prints runs on one machine: a line as each step ends, the table, one search by meaning."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import print_table
from otakube.commands.step_calls import ORDER
from otakube.ports.runs import FinishedStep, LocalRun, RunPhase
from otakube.queries.search import Query, SearchIndexes, search
from otakube.queries.titles import LiveTitleIndex
from otakube_api.contract import FailureReason, Node, Output, ReviewNeed, one_line, parse_failure
from otakube_cli.search import PassageKind, print_results

RESULTS = 3


class ProgressLines:
    """Progress on standard error, each line with the seconds since the command started."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        seconds = time.monotonic() - self._start
        print(f"[{seconds:6.1f} s] {one_line(text)}", file=sys.stderr, flush=True)

    def started(self, name: str, node: Node) -> None:
        """On a terminal the step that runs is named until its line replaces it."""
        if sys.stderr.isatty():
            print(f"           {name}: {node} ...", end="\r", file=sys.stderr, flush=True)

    def finished(self, name: str, node: Node, step: FinishedStep) -> None:
        self.say(f"{name}: {node} {_outcome(node, step.outputs)}".rstrip())

    def resumed(self, name: str, steps: int) -> None:
        self.say(f"{name}: goes on behind {ORDER[steps - 1]}, which had ended well")


def _outcome(node: Node, outputs: Mapping[Output, str]) -> str:
    """The one thing of a step that a reader wants to know."""
    if node is Node.FETCH:
        failed = [one["provider"] for one in json.loads(outputs.get(Output.FAILED_SOURCES, "[]"))]
        answered = ", ".join(json.loads(outputs.get(Output.ANSWERED_SOURCES, "[]")))
        without = f"; not at {', '.join(failed)}" if failed else ""
        return f"found {outputs[Output.TITLE]!r} at {answered}{without}"
    if node is Node.ASSEMBLE:
        review = ", a person must look" if outputs.get(Output.REVIEW) == ReviewNeed.REQUIRED else ""
        return f"{outputs[Output.IMAGES_STORED]} images, confidence {outputs[Output.CONFIDENCE]}{review}"
    if node is Node.COMMIT:
        return f"version {outputs[Output.VERSION]} is live"
    return "done"


def as_json(run: LocalRun) -> dict[str, Any]:
    """One enrichment for programs."""
    commit = run.steps[Node.COMMIT].outputs if Node.COMMIT in run.steps else {}
    fetched = run.steps[Node.FETCH].outputs if Node.FETCH in run.steps else {}
    assembled = run.steps[Node.ASSEMBLE].outputs if Node.ASSEMBLE in run.steps else {}
    return {
        "name": run.enrichment.partition("/")[2],
        "anime": fetched.get(Output.TITLE, ""),
        "state": state(run),
        "entry": commit.get(Output.ENTRY_ID, ""),
        "version": commit.get(Output.VERSION, ""),
        "digest": commit.get(Output.DIGEST, ""),
        "confidence": assembled.get(Output.CONFIDENCE, ""),
        "images": assembled.get(Output.IMAGES_STORED, ""),
        "failure": run.failure,
        "seconds": {node.value: step.seconds for node, step in run.steps.items()},
    }


def state(run: LocalRun) -> str:
    """The state of a run, in a word: Waiting for a review, Retriable by the same command, or how it ended."""
    if run.phase is RunPhase.RUNNING:
        return "Waiting" if Node.ASSEMBLE in run.steps and Node.REVIEW not in run.steps else "Retriable"
    if awaits_episode(run):
        return "Retriable"
    return "Live" if run.phase is RunPhase.SUCCEEDED else run.phase.value


def awaits_episode(run: LocalRun) -> bool:
    """True if the run ended since its episode is not out: the same command looks for it again."""
    return run.phase is RunPhase.FAILED and parse_failure(run.failure).reason is FailureReason.EPISODE_NOT_OUT


def print_runs(runs: Sequence[LocalRun]) -> None:
    """The results, the times, and what went wrong."""
    rows = [as_json(run) for run in runs]
    columns = ("name", "anime", "state", "version", "confidence", "images", "entry")
    print_table(columns, [[row[column] for column in columns] for row in rows])
    print()
    times = [[row["name"], *(_seconds(row["seconds"], node) for node in ORDER)] for row in rows]
    print_table(("seconds", *(node.value for node in ORDER)), times)
    for row in rows:
        if row["failure"]:
            print(f"\n{row['name']}: {one_line(row['failure'])}")


def _seconds(seconds: Mapping[str, float], node: Node) -> str:
    return f"{seconds[node.value]:.1f}" if node.value in seconds else "-"


async def search_stores(wiring: Wiring, text: str) -> dict[str, Any]:
    """The live entries nearest to the words, in the form of the read API's answer."""
    embedder = wiring.text_embedder()
    query = Query(
        text=text,
        vector=embedder.embed([text])[0],
        floor=embedder.floor(text),
        kinds=list(PassageKind),
        limit=RESULTS,
    )
    indexes = SearchIndexes(
        titles=LiveTitleIndex(await wiring.stores.live_titles()),
        vectors=await wiring.stores.vector_search(embedder),
        summaries=await wiring.stores.summaries(),
    )
    answer = await search(query, indexes, now=0)
    results = [
        {
            "id": one.summary.entry_id,
            "level": one.summary.level,
            "title": one.summary.title,
            "type": one.summary.type,
            "year": one.summary.year,
            "version": one.summary.version,
            "match": one.match,
            "score": round(one.score, 4),
            "kind": one.kind,
            "text": one.text,
        }
        for one in answer.found
    ]
    return {"query": text, "results": results, "missing": answer.missing}


def print_search(answer: dict[str, Any]) -> None:
    """The question as a person would put it, and its answers."""
    print(f"\nSearch by meaning: {answer['query']}")
    print_results(answer)
