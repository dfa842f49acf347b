# SPDX-License-Identifier: Apache-2.0
"""Suggestions for the reviewer, beside the golden record; a suggester that is away never fails a run."""

from typing import Any

import orjson

from otakube import logs
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.suggestions.suggestion import Suggestions
from otakube.ports.objects import ObjectStore
from otakube.ports.suggestions import Suggester, SuggesterUnavailable

NOBODY = Suggestions(made_by="nobody")


async def suggest(
    suggester: Suggester | None, record: GoldenRecord, objects: ObjectStore, *, work_prefix: str
) -> Suggestions:
    """Suggestions for a record, kept beside it so that a reviewer's word can be carried out."""
    made = NOBODY
    if suggester is not None:
        try:
            made = await suggester.suggest(record.entry)
        except SuggesterUnavailable as error:
            logs.logger().warning("no suggestions", message=str(error))
    await objects.put(f"{work_prefix}/{handover.SUGGESTIONS}", made.model_dump_json().encode())
    return made


def format_suggestions(made: Suggestions) -> str:
    """As the workflow and the review carry them: a JSON list."""
    rows: list[dict[str, Any]] = [
        {**one.model_dump(mode="json"), "made_by": made.made_by} for one in made.suggestions
    ]
    return orjson.dumps(rows).decode()
