# SPDX-License-Identifier: Apache-2.0
"""The page that a reviewer reads of one run: gates, findings, providers, the record with its provenance."""

from collections.abc import Mapping, Sequence
from typing import Any

from otakube.commands.output import print_facts
from otakube_api.contract import one_line
from otakube_cli import record, suggestions
from otakube_cli.cluster import Cluster
from otakube_cli.errors import ConsoleError
from otakube_cli.run_review import RunReviewState


async def read_draft(
    cluster: Cluster, enrichment: Mapping[str, Any], *, generation: int, attempt: int
) -> dict[str, Any]:
    """The record under review from the read API, or why it cannot be had."""
    path = f"drafts/{enrichment['metadata']['uid']}/{generation}/{attempt}"
    try:
        return await cluster.catalogue_internal(path)
    except ConsoleError as error:
        return {"unavailable": str(error)}


def print_review(
    enrichment: Mapping[str, Any],
    review: Mapping[str, str],
    draft: Mapping[str, Any],
    suggested: Sequence[Mapping[str, Any]] = (),
) -> None:
    """All of it, and the two commands that answer."""
    name, status = enrichment["metadata"]["name"], enrichment.get("status") or {}
    facts = [
        ("entry", status.get("entryId")),
        ("confidence", status.get("confidence")),
        ("deadline", review_of(enrichment).get("deadline")),
        ("review", review["state"]),
        *((name, value) for name, value in review.items() if name != "state"),
    ]
    print_facts(f"{name}: {status.get('title', '')}", facts)
    for heading, lines in (
        ("Gates", [f"{gate['gate']}: {gate['message']}" for gate in status.get("gates", [])]),
        ("Findings", review_of(enrichment).get("findings", [])),
        ("Providers", [_source(source) for source in status.get("sources", [])]),
    ):
        print(f"\n{heading}: {'' if lines else 'none'}".rstrip())
        for line in lines:
            print(f"  - {one_line(line)}")
    print()
    _print_draft(draft)
    if suggested:
        how = ", which enter only with --accept ID" if review["state"] == RunReviewState.OPEN else ""
        print(f"\nSuggestions{how}:")
        for line in suggestions.lines(suggested):
            print(f"  - {line}")
    if review["state"] == RunReviewState.OPEN:
        seen = f" --digest {review['digest']}" if review.get("digest") else ""
        print(
            f'\nAnswer:  otakube review approve {name}{seen} --note "..."\n'
            f'         otakube review reject {name}{seen} --note "..."'
        )


def review_of(enrichment: Mapping[str, Any]) -> Mapping[str, Any]:
    """The review, as the status has it."""
    return (enrichment.get("status") or {}).get("review") or {}


def _print_draft(draft: Mapping[str, Any]) -> None:
    if "unavailable" in draft:
        print(f"The record cannot be shown: {one_line(draft['unavailable'])}")
        return
    record.print_fields(draft["explanation"])
    if "compared_with" in draft:  # a catalogue of an earlier release does not say
        print(f"\n{describe_comparison(draft['compared_with'], draft['live_version'])}")
    images = draft["images"]
    failed = sum(1 for image in images if image["error"])
    counts = f"{draft['episodes']} episodes, {draft['characters']} characters, {len(images)} images"
    print(f"\n{counts}{f' of which {failed} failed' if failed else ''}")


def describe_comparison(compared_with: int | None, live: int | None) -> str:
    """Version that the gates held the record against, and the one that took its place since."""
    before = "no version, as of a new entry" if compared_with is None else f"version {compared_with}"
    if live is None or live == compared_with:
        return f"Compared with {before}"
    return f"Compared with {before}; version {live} went live since: a new run would compare with that one"


def _source(source: Mapping[str, str]) -> str:
    parts = (source["provider"], source["state"], source.get("reason"), source.get("message"))
    return " ".join(part for part in parts if part)
