# SPDX-License-Identifier: Apache-2.0
"""Reviewed record with the suggestions that its reviewer accepted: what is embedded, and what is committed.

Nobody writes `golden.json` after the review. Whoever reads it afterwards holds it against the digest that the
workflow kept, so that a record which changed in the bucket is never published.
"""

from dataclasses import dataclass

import orjson
from pydantic import BaseModel, ValidationError

from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.suggestions.suggestion import Suggestions, accept, unknown
from otakube.errors import Fatal
from otakube.ports.objects import ObjectStore
from otakube.steps.inputs import read_input
from otakube_api.contract import FailureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAnswer:
    """Digests of what was reviewed, and what its reviewer accepted, as the workflow hands them on."""

    digest: str  # of the golden record
    suggestions_digest: str = ""  # needed where any is accepted
    accepted: tuple[str, ...] = ()  # ids of suggestions
    reviewer: str = ""


async def read_reviewed(objects: ObjectStore, answer: ReviewAnswer, *, work_prefix: str) -> GoldenRecord:
    """The reviewed record with the accepted suggestions; Fatal if either changed since the review."""
    key = f"{work_prefix}/{handover.GOLDEN}"
    record = await read_golden(objects, key)
    require_digest(record, answer.digest, key=key, option="--digest")
    if not answer.accepted:
        return record
    key = f"{work_prefix}/{handover.SUGGESTIONS}"
    made = await read_input(objects, key, Suggestions, made_by="assemble")
    require_digest(made, answer.suggestions_digest, key=key, option="--suggestions-digest")
    if strange := unknown(made, answer.accepted):
        known = ", ".join(suggestion.id for suggestion in made.suggestions) or "none"
        raise Fatal(
            FailureReason.INPUT_MISSING,
            f"this run has no suggestion {', '.join(strange)[:300]}: accept only ids that the review lists; "
            f"they are {known}",
        )
    return accept(record, made, answer.accepted, reviewer=answer.reviewer or "unnamed")


def require_digest(content: BaseModel, reviewed: str, *, key: str, option: str) -> None:
    """Fatal unless the content is what was reviewed."""
    if not reviewed:
        output = option.removeprefix("--")
        message = f"{option} is missing: give the output {output} of `otakube step assemble`"
        raise Fatal(FailureReason.INPUT_MISSING, message)
    digest = handover.digest(content)
    if digest != reviewed:
        message = (
            f"{key} has changed since the review: its digest is {digest}, reviewed was {reviewed:.64}. "
            "This attempt changed nothing. Ask for a new run, and find out who writes to work/ in the bucket"
        )
        raise Fatal(FailureReason.RECORD_CHANGED, message)


def accepted_ids(text: str) -> tuple[str, ...]:
    """The ids of a JSON list, as our tools write it, or between commas, as people type it; else Fatal."""
    if not text.lstrip().startswith(("[", "{")):
        return tuple(text.replace(",", " ").split())
    try:
        ids = orjson.loads(text)
    except orjson.JSONDecodeError:
        ids = None
    if not isinstance(ids, list) or not all(isinstance(suggestion, str) for suggestion in ids):
        raise Fatal(
            FailureReason.INPUT_MISSING,
            f"--accepted is {text!r:.200}: give suggestion ids, as a JSON list or with commas between",
        )
    return tuple(ids)


async def read_golden(objects: ObjectStore, key: str) -> GoldenRecord:
    """The record that `assemble` left; Fatal if it is missing or no golden record."""
    try:
        return GoldenRecord.model_validate_json(await objects.get(key))
    except KeyError as error:
        message = f"{key} is not in the bucket: run `otakube step assemble` for this run first"
        raise Fatal(FailureReason.INPUT_MISSING, message) from error
    except ValidationError as error:
        raise Fatal(FailureReason.RECORD_INVALID, f"{key} is no golden record: {str(error)[:500]}") from error
