# SPDX-License-Identifier: Apache-2.0
"""The steps of an enrichment called in one process: the pods' own functions, in the workflow's order."""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.step import STEPS, Run
from otakube.errors import StepError
from otakube_api.contract import Decision, FailureReason, Node, Output, ReviewOutput

ORDER = (Node.FETCH, Node.STAGE, Node.ASSEMBLE, Node.REVIEW, Node.EMBED, Node.COMMIT)
AUTOMATIC: dict[str, str] = {
    ReviewOutput.DECISION: Decision.AUTOMATIC.value,
    ReviewOutput.NOTE: "",
    ReviewOutput.REVIEWER: "",
    ReviewOutput.ACCEPTED: "[]",
}
"""The gate's answer where nobody has to be asked."""


async def call_step(wiring: Wiring, run: Run, node: Node, known: Mapping[str, str]) -> dict[Output, str]:
    """Call a step with those of its options that are known, by keyword; whatever fails is a StepError."""
    function = STEPS[node]
    wanted = {name: known[name] for name in keywords(function) if name in known}
    _stop_if_interrupted()
    try:
        return dict(await function(wiring, run, **wanted))
    except Exception as error:  # as in a pod: said, logged whole, and worth another try
        _stop_if_interrupted()
        if isinstance(error, StepError):
            raise
        logs.logger().exception("the step broke", step=node.value)
        raise StepError(FailureReason.UNEXPECTED, f"{type(error).__name__}: {error}") from error


def as_keywords(*values: Mapping[Any, str]) -> dict[str, str]:
    """Arguments and outputs by the keywords of the steps; later ones outrank earlier ones."""
    return {name.replace("-", "_"): value for one in values for name, value in one.items()}


def keywords(function: Callable[..., Any]) -> list[str]:
    """The names of a step's own options."""
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]


def _stop_if_interrupted() -> None:
    """Raise ^C anew where a step ended with a result, or an error of its own, in spite of it."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
