# SPDX-License-Identifier: Apache-2.0
"""Shared parsing of the provider adapters: strict shapes, named vocabularies, one kind of error."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from reprlib import Repr
from typing import Any, NoReturn, ParamSpec, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from otakube.domain.record.text import LONGEST_NAME, plain
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

_FIRST_YEAR = 1900
_MOST_FAULTS = 1_000
_SHOWN = Repr()
_SHOWN.maxstring = _SHOWN.maxother = 100

Shape = TypeVar("Shape", bound=BaseModel)
Value = TypeVar("Value")
P = ParamSpec("P")


class Lenient(BaseModel):
    """A provider's object: the fields that we read, of exactly their types; what else it says is ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", defer_build=True)


def refuse(field: str, value: object, expected: str) -> NoReturn:
    """The answer cannot be used; the message names field, value and expectation."""
    raise SourceError(SourceReason.ANSWER_INVALID, f"{field} is {format_value(value)}, expected {expected}")


def format_value(value: object) -> str:
    """The beginning of a value, as Python writes it; no more of it is written than is shown."""
    return f"{_SHOWN.repr(value):.100}"


def read(shape: type[Shape], body: Any) -> Shape:
    """An answer in the shape that the provider documents."""
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        raise invalid(error) from error


def invalid(error: ValidationError) -> SourceError:
    """The first fault of a validation, as a sentence; of very many, which would fill memory, their number."""
    if error.error_count() > _MOST_FAULTS:
        said = f"the answer has {error.error_count()} faults as {error.title}"
        return SourceError(SourceReason.ANSWER_INVALID, said)
    fault = error.errors(include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in fault["loc"])[:200] or "the answer"
    return SourceError(
        SourceReason.ANSWER_INVALID, f"{field} is {format_value(fault['input'])}: {fault['msg']:.300}"
    )


def converts(function: Callable[P, Value]) -> Callable[P, Value]:
    """A converter whose result does not fit our record refuses the answer instead of breaking the step."""

    def convert(*args: P.args, **kwargs: P.kwargs) -> Value:
        try:
            return function(*args, **kwargs)
        except ValidationError as error:
            raise invalid(error) from error

    convert.__doc__ = function.__doc__
    return convert


def word(field: str, value: str | None, vocabulary: Mapping[str | None, Value]) -> Value:
    """Our word for the provider's; an unknown one is an error that names it, never a guess."""
    if value not in vocabulary:
        refuse(field, value, "one of " + ", ".join(str(known) for known in vocabulary))
    return vocabulary[value]


def plausible(day: date) -> date | None:
    """A day since there is film; providers have years such as 0202, which are slips of the keyboard."""
    return day if day.year >= _FIRST_YEAR else None


def texts(values: Iterable[str | None]) -> list[str]:
    """Plain, distinct names in their order; one longer than a name can be is no name."""
    found = (text for value in values if (text := plain(value)) and len(text) <= LONGEST_NAME)
    return list(dict.fromkeys(found))
