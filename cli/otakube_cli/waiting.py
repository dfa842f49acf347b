# SPDX-License-Identifier: Apache-2.0
"""Waiting for an enrichment's end, with what happens meanwhile on standard error."""

import asyncio
from collections.abc import AsyncIterator

from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.command import to_stderr
from otakube_cli.enrichment_state import AWAITING, EnrichmentState, read_enrichment
from otakube_cli.errors import ConsoleError


async def wait(cluster: Cluster, name: str, *, within: int, request: str = "") -> EnrichmentState:
    """Return once it is Ready; ConsoleError if it ends otherwise, or not in time.

    With a request, what came before that was handled does not count.
    """
    state: EnrichmentState | None = None
    try:
        async with asyncio.timeout(within):
            async for state in _states(cluster, name):
                if ended(state, request):
                    break
    except TimeoutError:
        raise ConsoleError(late(cluster, name, state, within)) from None
    assert state is not None  # the watch ends with an end, or not at all
    if state.ready != "True":
        raise ConsoleError(f"{name!r} did not become Ready: {state.reason}: {state.message}")
    return state


def ended(state: EnrichmentState, request: str = "") -> bool:
    """True if the run of the present spec, or of this request, has ended."""
    handled = not request or state.status.get("lastHandledRequest") == request
    return handled and state.ready in {"True", "False"} and state.current


def progress(state: EnrichmentState) -> str:
    """State in one line; the same line means that nothing has changed."""
    if state.holds(AWAITING):
        return f"waits for a review: `otakube review show {state.name}`"
    at = f"{state.step['name']} {state.attempt}" if state.step else ""
    parts = (state.reason or "not seen by the operator yet", at, state.cause)
    return ", ".join(part for part in parts if part)


def late(cluster: Cluster, name: str, state: EnrichmentState | None, within: int) -> str:
    """The sentence of a wait that was in vain."""
    where = progress(state) if state is not None else "it was not seen"
    return (
        f"{name!r} is not Ready after {within} seconds ({where}); it goes on: "
        f"otakube status {name} -n {cluster.namespace}"
    )


async def _states(cluster: Cluster, name: str) -> AsyncIterator[EnrichmentState]:
    """Each look at the object; ConsoleError if it is deleted."""
    told = ""
    async for changes in cluster.watch(ENRICHMENTS, name=name):
        for kind, item in changes:
            if kind == "DELETED":
                raise ConsoleError(f"{name!r} was deleted meanwhile")
            state = read_enrichment(item)
            if (line := progress(state)) != told:
                to_stderr(f"{name}: {line}")
                told = line
            yield state
