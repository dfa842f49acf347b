# SPDX-License-Identifier: Apache-2.0
"""Argo Workflow body -> WorkflowRun: pure, and tolerant of whatever anybody wrote into it."""

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from otakube_api import contract, labels
from otakube_api.contract import Failure, FailureReason, Node, Output, ReviewOutput, parse_failure
from otakube_operator.enrichment.observed import (
    FailedSource,
    GateFailure,
    Publication,
    Results,
    ReviewNode,
    WorkflowRun,
)

Body = Mapping[str, Any]

NODES_LIMIT = 8 * 1024 * 1024
"""Bytes of decompressed node status that are read: twenty times what our largest run has."""


def read_run(body: Body) -> WorkflowRun | None:
    """The WorkflowRun that a Workflow body stands for; None if it is not one that the operator made."""
    meta = body["metadata"]
    tags, notes = meta.get("labels") or {}, meta.get("annotations") or {}
    owner = tags.get(labels.ENRICHMENT_UID)
    generation, attempt = _number(tags.get(labels.GENERATION)), _number(tags.get(labels.ATTEMPT))
    if owner is None or generation is None or attempt is None:
        return None
    spec, status = body.get("spec") or {}, body.get("status") or {}
    return WorkflowRun(
        namespace=meta["namespace"],
        name=meta["name"],
        uid=meta["uid"],
        owner_uid=owner,
        generation=generation,
        attempt=attempt,
        spec_hash=notes.get(labels.SPEC_HASH, ""),
        resource_version=meta.get("resourceVersion", ""),
        requested_at=notes.get(labels.REQUESTED_AT),
        superseded=labels.SUPERSEDED in notes,
        suspended=bool(spec.get("suspend")),
        shutdown=spec.get("shutdown") or "",
        phase=(status.get("phase") or "")[:32],
        message=status.get("message") or "",
        started_at=_time(status.get("startedAt")),
        finished_at=_time(status.get("finishedAt")),
        results=read_results(_nodes(status)),
    )


def read_results(nodes: Iterable[Body]) -> Results:
    """What the nodes have said; one with a retry strategy appears under its plain display name."""
    nodes = list(nodes)
    named = {node.get("displayName"): node for node in nodes}
    fetch, assembled = _outputs(named.get(Node.FETCH)), _outputs(named.get(Node.ASSEMBLE))
    review_needed = assembled.get(Output.REVIEW)
    return Results(
        entry_id=fetch.get(Output.ENTRY_ID, "")[:64] or None,
        title=fetch.get(Output.TITLE) or None,
        answered_sources=_names(fetch.get(Output.ANSWERED_SOURCES)),
        failed_sources=_failed_sources(fetch) if fetch else None,
        review_needed=None if review_needed is None else review_needed == "Required",
        confidence=assembled.get(Output.CONFIDENCE, "")[:8] or None,
        findings=tuple(str(item) for item in _json_list(assembled.get(Output.FINDINGS)))[:50],
        gates=_gate_failures(assembled),
        images_stored=_number(assembled.get(Output.IMAGES_STORED)),
        images_failed=_number(assembled.get(Output.IMAGES_FAILED)),
        review=_review_node(named.get(Node.REVIEW)),
        publication=_publication(named.get(Node.COMMIT)),
        failure=_failure(nodes),
    )


def _nodes(status: Body) -> Iterable[Body]:
    """Argo compresses the node status of a large Workflow into one field."""
    nodes = status.get("nodes")
    if not nodes and (packed := status.get("compressedNodes")):
        nodes = _unpack(packed)
    return list(nodes.values()) if isinstance(nodes, dict) else []


def _unpack(packed: str) -> Any:
    try:
        text = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(base64.b64decode(packed), NODES_LIMIT)
        return json.loads(text)
    except (binascii.Error, zlib.error, ValueError):
        return {}


def _outputs(node: Body | None) -> dict[str, str]:
    """Output parameters of a node that succeeded; empty before."""
    if node is None or node.get("phase") != "Succeeded":
        return {}
    return _parameters(node)


def _parameters(node: Body) -> dict[str, str]:
    parameters = (node.get("outputs") or {}).get("parameters") or []
    return {item["name"]: str(item["value"]) for item in parameters if "value" in item}


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(str(name)[:32] for name in _json_list(text))[:16]


def _failed_sources(fetch: Mapping[str, str]) -> tuple[FailedSource, ...]:
    entries = [item for item in _json_list(fetch.get(Output.FAILED_SOURCES)) if isinstance(item, dict)]
    return tuple(
        FailedSource(*(str(item.get(name, "")) for name in FailedSource._fields)) for item in entries
    )


_GATES = frozenset(contract.Gate)


def _gate_failures(assembled: Mapping[str, str]) -> tuple[GateFailure, ...]:
    """What the gates found; one that this version does not know is left to the findings."""
    entries = [item for item in _json_list(assembled.get(Output.GATES)) if isinstance(item, dict)]
    told = [GateFailure(str(item.get("gate", "")), str(item.get("message", ""))) for item in entries]
    return tuple(one for one in told if one.gate in _GATES)[:50]


def _review_node(node: Body | None) -> ReviewNode | None:
    """The review node, once it has been reached."""
    if node is None or node.get("phase") not in {"Running", "Succeeded", "Failed", "Error"}:
        return None
    answer = _parameters(node)
    return ReviewNode(
        phase=node["phase"],
        started_at=_time(node.get("startedAt")),
        finished_at=_time(node.get("finishedAt")),
        approved=node["phase"] == "Succeeded" and answer.get(ReviewOutput.DECISION) == "approve",
        note=answer.get(ReviewOutput.NOTE, ""),
        reviewer=answer.get(ReviewOutput.REVIEWER, ""),
    )


def _publication(node: Body | None) -> Publication | None:
    outputs = _outputs(node)
    version = _number(outputs.get(Output.VERSION))
    if node is None or version is None:
        return None
    return Publication(
        version=version,
        entry_id=outputs.get(Output.ENTRY_ID, "")[:64],
        digest=outputs.get(Output.DIGEST, "")[:80],
        at=_time(node.get("finishedAt")),
    )


def _failure(nodes: Iterable[Body]) -> Failure | None:
    """The failure of the step that broke the run: one that names its reason goes before one that does not."""
    failed = [
        node for node in nodes if node.get("type") == "Pod" and node.get("phase") in {"Failed", "Error"}
    ]
    steps = [node for node in failed if not _concludes(node)] or failed
    found = [parse_failure(node.get("message") or "no message") for node in sorted(steps, key=_ended)]
    told = [failure for failure in found if failure.reason is not FailureReason.UNEXPECTED]
    return (told or found)[-1] if found else None


def _concludes(node: Body) -> bool:
    display = str(node.get("displayName", ""))
    return display.startswith(Node.CONCLUDE) or ".onExit" in str(node.get("name", ""))


def _ended(node: Body) -> str:
    return node.get("finishedAt") or ""


def _json_list(text: str | None) -> list[Any]:
    try:
        value = json.loads(text or "[]")
    except ValueError:
        return []
    return value if isinstance(value, list) else []


def _number(text: object) -> int | None:
    """A decimal of at most nine digits, which fits every counter of the status."""
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 10 else None


def _time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
