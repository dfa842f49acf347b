# SPDX-License-Identifier: Apache-2.0
"""Suggestions for a record under review, as the run's Workflow carries them; pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from otakube_api.argo import read_workflow
from otakube_api.contract import Node, Output, one_line


def suggested(workflow: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each with id, kind, value, confidence, reason and made_by."""
    return _read(read_workflow(workflow).outputs(Node.ASSEMBLE).get(Output.SUGGESTIONS, ""))


def strange(accepted: Sequence[str], suggestions: Sequence[Mapping[str, Any]]) -> str | None:
    """Refuse ids that nobody suggested: a sentence about the first, or None."""
    ids = [str(suggestion["id"]) for suggestion in suggestions]
    unknown = [suggestion_id for suggestion_id in accepted if suggestion_id not in ids]
    return f"--accept {unknown[0]!r}: suggested are {', '.join(ids) or 'none'}" if unknown else None


def lines(suggestions: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line each, with the id to accept it by."""
    return [one_line(_line(suggestion)) for suggestion in suggestions]


def _line(suggestion: Mapping[str, Any]) -> str:
    source = f"{suggestion['confidence']:.2f}, {suggestion['made_by']}"
    return f"{suggestion['id']} ({source}): {suggestion['value']} - {suggestion['reason']}"


def _read(text: str) -> list[dict[str, Any]]:
    try:
        listed = json.loads(text or "[]")
    except ValueError:  # of another release: none that one could accept
        return []
    wanted = {"id", "kind", "value", "confidence", "reason", "made_by"}
    return [each for each in listed if isinstance(each, dict) and each.keys() >= wanted]
