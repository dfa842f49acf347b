# SPDX-License-Identifier: Apache-2.0
"""The demo's course: apply, watch, answer the review in front of the reader, wait for the ends."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import yaml

from otakube_api import labels
from otakube_api.contract import Decision, ReviewOutput
from otakube_cli import review
from otakube_cli.cluster import ENRICHMENTS, WORKFLOWS, Cluster
from otakube_cli.demo.progress import TitleProgress, progress_of
from otakube_cli.demo.screen import Screen
from otakube_cli.errors import ConsoleError, Refused
from otakube_cli.runs import run_order

POLL_SECONDS = 1.0
REVIEWED = "kagami-no-kuni"
PROVIDER_DOWN = "kasa-no-eki"
NOTE = "the demo looked at it"


def manifests() -> list[dict[str, Any]]:
    """The demo's three objects."""
    folder = files("otakube_cli.demo") / "manifests"
    return [yaml.safe_load(file.read_text()) for file in sorted(folder.iterdir(), key=lambda file: file.name)]


async def play(cluster: Cluster, screen: Screen, *, limit_seconds: float) -> list[TitleProgress]:
    """Bring all three titles to Ready; ConsoleError says which one did not come there, and why."""
    await apply(cluster, screen)
    deadlines = {body["metadata"]["name"]: time.monotonic() + limit_seconds for body in manifests()}
    with screen.live():
        while True:
            titles = await look(cluster, deadlines)
            screen.update(titles)
            for title in titles:
                check(title, expired=time.monotonic() > deadlines[title.name], limit_seconds=limit_seconds)
            if len(titles) == len(deadlines) and all(title.ready for title in titles):
                break
            waiting = next((title for title in titles if title.name == REVIEWED and title.waits), None)
            if waiting:
                await answer(cluster, screen)
            await asyncio.sleep(POLL_SECONDS)
    _check_source_failed(titles)
    return titles


async def apply(cluster: Cluster, screen: Screen) -> None:
    """Apply the three objects; those that are Ready stay as they are."""
    for body in manifests():
        name = body["metadata"]["name"]
        try:
            await cluster.apply(ENRICHMENTS, body)
        except Refused as error:
            raise not_installed(cluster, error) if error.status == 404 else error from error
        screen.say(f"kubectl apply -f {name}.yaml")


async def look(cluster: Cluster, names: Collection[str]) -> list[TitleProgress]:
    """Read the progress of titles; of one that is not there, nothing."""
    enrichments = [e for e in await cluster.list_all(ENRICHMENTS) if e["metadata"]["name"] in names]
    runs = newest(await cluster.list_all(WORKFLOWS, selector=labels.ENRICHMENT_UID))
    now = datetime.now(UTC)
    return [progress_of(e, runs.get(e["metadata"]["uid"]), now=now) for e in enrichments]


def newest(workflows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The newest run by the uid of its enrichment."""
    runs: dict[str, Mapping[str, Any]] = {}
    for workflow in sorted(workflows, key=run_order):
        runs[workflow["metadata"]["labels"][labels.ENRICHMENT_UID]] = workflow
    return runs


def check(title: TitleProgress, *, expired: bool, limit_seconds: float) -> None:
    """ConsoleError if this title cannot end well any more."""
    if title.failed:
        raise ConsoleError(f"{title.name} did not become Ready: {_conditions(title)}. {_cure(title.name)}")
    if expired and not title.ready:
        raise ConsoleError(
            f"{title.name} is not Ready after {limit_seconds:.0f} s: {_conditions(title)}. "
            f"{_cure(title.name)}"
        )


async def answer(cluster: Cluster, screen: Screen) -> None:
    """Show what a reviewer sees, then approve as a reviewer would."""
    screen.heading(f"$ otakube review show {REVIEWED}")
    await review.show_one(cluster, name=REVIEWED)
    screen.heading(f'$ otakube review approve {REVIEWED} --note "{NOTE}"')
    await approve(cluster, REVIEWED)
    print()


async def approve(cluster: Cluster, name: str) -> None:
    """Approve what waits, unless somebody has."""
    values = {
        ReviewOutput.DECISION: Decision.APPROVE.value,
        ReviewOutput.NOTE: NOTE,
        ReviewOutput.REVIEWER: "otakube-demo",
    }
    try:
        await review.decide(cluster, name, values)
    except ConsoleError as error:
        if error.code != review.ALREADY_DECIDED:  # the condition lags behind the gate by a moment
            raise


async def remove(cluster: Cluster, names: Sequence[str], *, limit_seconds: float) -> None:
    """Delete these objects and wait until they are gone."""
    for name in names:
        gone = await cluster.delete(ENRICHMENTS, name)
        print(f"animeenrichment {name} {'deleted' if gone else 'was not there'}")
    deadline = time.monotonic() + limit_seconds
    while left := [title.name for title in await look(cluster, names)]:
        if time.monotonic() > deadline:
            raise ConsoleError(f"{', '.join(left)} did not go away; see docs/troubleshooting.md")
        await asyncio.sleep(POLL_SECONDS)


def not_installed(cluster: Cluster, error: Refused) -> ConsoleError:
    return ConsoleError(
        f"Otakube is not installed on this cluster, namespace {cluster.namespace!r} ({error}): `make install`"
    )


def _check_source_failed(titles: Sequence[TitleProgress]) -> None:
    down = next(title for title in titles if title.name == PROVIDER_DOWN)
    if not down.source_failed:
        raise ConsoleError(
            f"{PROVIDER_DOWN} is Ready without SourceFailed, though the stand-in's Kitsu is down for it: "
            f"{_conditions(down)}. Do the providers of this cluster point elsewhere than the stand-in?"
        )


def _conditions(title: TitleProgress) -> str:
    if not title.conditions:
        return "it has no conditions; does the operator run?"
    return "; ".join(
        f"{kind}={status} {reason}{f' ({message})' if message else ''}"
        for kind, (status, reason, message) in title.conditions.items()
    )


def _cure(name: str) -> str:
    return (
        f"Look at it: kubectl -n otakube describe animeenrichment {name}; what the reasons mean: "
        "docs/troubleshooting.md. Then `otakube demo --delete` and `otakube demo` begin anew"
    )
