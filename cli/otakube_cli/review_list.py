# SPDX-License-Identifier: Apache-2.0
"""The list of what waits for a review, with what tells namesakes apart: year, type, pages, the reason."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from otakube.commands.output import TABLE, Printer
from otakube_api.contract import ReviewPolicy
from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.page import read_draft, review_of

RECORDS_LIMIT = 50
"""Records that are read: those of the most urgent reviews; of the others the spec alone is shown."""

AT_ONCE = 8
WHY_WIDTH = 60
"""Characters of a reason in a table that is not wide."""

Body = Mapping[str, Any]


async def read_waiting(cluster: Cluster, *, all_namespaces: bool) -> list[dict[str, Any]]:
    """The enrichments that wait, the most urgent first; `record` has what tells each from its namesakes."""
    enrichments = await cluster.list_all(ENRICHMENTS, all_namespaces=all_namespaces)
    waiting = sorted(filter(_waits, enrichments), key=lambda item: review_of(item).get("deadline") or "")
    few = asyncio.Semaphore(AT_ONCE)

    async def draft_of(enrichment: Body) -> Body:
        async with few:
            return await _draft(cluster, enrichment)

    drafts = await asyncio.gather(*map(draft_of, waiting[:RECORDS_LIMIT]))
    found = [*drafts, *({} for _ in waiting[RECORDS_LIMIT:])]
    return [{**item, "record": record_of(item, draft)} for item, draft in zip(waiting, found, strict=True)]


def record_of(enrichment: Body, draft: Body) -> dict[str, Any]:
    """Year, type and pages of the record under review; without it those that were asked for."""
    fields = (draft.get("explanation") or {}).get("fields") or []
    values = {field["field"]: field["value"] for field in fields}
    asked = enrichment["spec"]["anime"]
    return {
        "year": _year(values) or asked.get("year"),
        "type": values.get("type") or asked.get("type"),
        "pages": values.get("sources") or asked.get("sourceUrls") or [],
    }


def why(enrichment: Body) -> str:
    """Reason for the review: the first finding of a gate, else the first one for people, else the policy."""
    gates = [f"{gate['gate']}: {gate['message']}" for gate in enrichment["status"].get("gates") or []]
    found = [*gates, *(review_of(enrichment).get("findings") or [])]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        return f"{found[0]}{more}"
    policy = (enrichment["spec"].get("review") or {}).get("policy")
    confidence = enrichment["status"].get("confidence", "")
    return f"policy {policy}" if policy == ReviewPolicy.REQUIRED else f"confidence {confidence}".strip()


def print_waiting(waiting: Sequence[Body], out: Printer = TABLE) -> None:
    """One line an enrichment."""
    columns = ["namespace", "name", "anime", "year", "type", "confidence", "deadline"]
    further = ["entry", "pages"] if out.wide else []
    out.table([*columns, *further, "why"], [_row(enrichment, wide=out.wide) for enrichment in waiting])


def _row(enrichment: Body, *, wide: bool) -> list[object]:
    metadata, status, record = enrichment["metadata"], enrichment["status"], enrichment["record"]
    reason = why(enrichment)
    cells = [
        metadata["namespace"],
        metadata["name"],
        status.get("title", ""),
        record["year"] or "",
        record["type"] or "",
        status.get("confidence", ""),
        review_of(enrichment).get("deadline", ""),
    ]
    if wide:
        return [*cells, status.get("entryId", ""), ",".join(record["pages"]), reason]
    return [*cells, reason if len(reason) <= WHY_WIDTH else f"{reason[: WHY_WIDTH - 3]}..."]


async def _draft(cluster: Cluster, enrichment: Body) -> Body:
    """The record of the latest run, or why it cannot be had."""
    run = enrichment["status"].get("workflow") or {}
    if not {"generation", "attempt"} <= run.keys():
        return {}
    there = cluster.within(enrichment["metadata"]["namespace"])
    return await read_draft(there, enrichment, generation=run["generation"], attempt=run["attempt"])


def _year(values: Body) -> int | None:
    season, begun = values.get("season") or {}, str(values.get("aired_from") or "")
    return season.get("year") or (int(begun[:4]) if begun[:4].isdecimal() else None)


def _waits(enrichment: Body) -> bool:
    conditions = (enrichment.get("status") or {}).get("conditions") or []
    return any(each["type"] == "AwaitingReview" and each["status"] == "True" for each in conditions)
