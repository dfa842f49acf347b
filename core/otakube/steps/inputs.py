# SPDX-License-Identifier: Apache-2.0
"""Reads what the steps before left in the bucket; a missing object is Fatal and names the cure."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from otakube.errors import Fatal
from otakube.ports.objects import ObjectStore
from otakube_api.contract import FailureReason

Shape = TypeVar("Shape", bound=BaseModel)


async def read_input(objects: ObjectStore, key: str, shape: type[Shape], *, made_by: str) -> Shape:
    """An object that must be there."""
    try:
        return shape.model_validate_json(await objects.get(key))
    except KeyError as error:
        message = f"{key} is not in the bucket: run `otakube step {made_by}` for this run first"
        raise Fatal(FailureReason.INPUT_MISSING, message) from error
    except ValidationError as error:
        message = f"{key} is no {shape.__name__}: {str(error)[:500]}. Run `otakube step {made_by}` again"
        raise Fatal(FailureReason.INPUT_MISSING, message) from error


async def read_checkpoint(objects: ObjectStore, key: str, shape: type[Shape]) -> Shape | None:
    """An object that may be there from an earlier attempt; one of another release is made anew."""
    try:
        return shape.model_validate_json(await objects.get(key))
    except (KeyError, ValidationError):
        return None
