# SPDX-License-Identifier: Apache-2.0
"""Reviewed record, with the suggestions that its reviewer accepted: what is embedded and committed."""

from collections.abc import Sequence

import orjson

from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.suggestions.suggestion import Suggestions, accept, unknown
from otakube.errors import Fatal
from otakube.ports.objects import ObjectStore
from otakube.steps.inputs import read_input
from otakube_api.contract import FailureReason


async def accept_suggestions(
    record: GoldenRecord, accepted: Sequence[str], reviewer: str, objects: ObjectStore, *, work_prefix: str
) -> GoldenRecord:
    """The record with the accepted suggestions; an id that nobody suggested is Fatal."""
    if not accepted:
        return record
    made = await read_input(objects, f"{work_prefix}/{handover.SUGGESTIONS}", Suggestions, made_by="assemble")
    if strange := unknown(made, accepted):
        known = ", ".join(one.id for one in made.suggestions) or "none"
        raise Fatal(
            FailureReason.INPUT_MISSING,
            f"this run has no suggestion {', '.join(strange)[:300]}: accept only ids that the review lists; "
            f"they are {known}",
        )
    return accept(record, made, accepted, reviewer=reviewer or "unnamed")


def accepted_ids(text: str) -> list[str]:
    """The ids of a JSON list; anything else is Fatal."""
    try:
        found = orjson.loads(text or "[]")
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Fatal(
            FailureReason.INPUT_MISSING, f"--accepted is {text!r:.200}: give a JSON list of suggestion ids"
        )
    return found
