# SPDX-License-Identifier: Apache-2.0
"""Suggestions for the reviewer, beside the golden record; a suggester that is away never fails a run."""

from collections.abc import Sequence
from typing import Any

import orjson

from otakube import logs
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.suggestions.suggestion import Suggestions, accept, unknown
from otakube.errors import Fatal
from otakube.ports.objects import ObjectStore
from otakube.ports.suggestions import Suggester, SuggesterUnavailable
from otakube.steps.inputs import read_input
from otakube_api.contract import FailureReason

NOBODY = Suggestions(made_by="nobody")


async def suggest(
    suggester: Suggester | None, record: GoldenRecord, objects: ObjectStore, *, work_prefix: str
) -> Suggestions:
    """What is suggested for a record, kept beside it so that a reviewer's word can be carried out."""
    made = NOBODY
    if suggester is not None:
        try:
            made = await suggester.suggest(record.entry)
        except SuggesterUnavailable as error:
            logs.logger().warning("no suggestions", message=str(error))
    await objects.put(f"{work_prefix}/{handover.SUGGESTIONS}", made.model_dump_json().encode())
    return made


def told(made: Suggestions) -> str:
    """As the workflow and the review carry them: a JSON list."""
    rows: list[dict[str, Any]] = [
        {**one.model_dump(mode="json"), "made_by": made.made_by} for one in made.suggestions
    ]
    return orjson.dumps(rows).decode()


async def take_over(
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
