# SPDX-License-Identifier: Apache-2.0
"""Shared parsing of the provider adapters: strict shapes, named vocabularies, one kind of error."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from reprlib import Repr
from typing import Any, NoReturn, ParamSpec, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic.fields import FieldInfo

from otakube.adapters.http.placeholders import is_placeholder
from otakube.domain.record.text import LONGEST_NAME, plain
from otakube.errors import SourceError
from otakube.notes import note_absent
from otakube_api.contract import SourceReason

_FIRST_YEAR = 1900
_MOST_FAULTS = 1_000
_SHOWN = Repr()
_SHOWN.maxstring = _SHOWN.maxother = 100

Shape = TypeVar("Shape", bound=BaseModel)
Value = TypeVar("Value")
P = ParamSpec("P")


class Lenient(BaseModel):
    """A provider's object: the fields that we read, of exactly their types; what else it says is ignored.

    Null says no more than an absent field, and an item of a list that is null is none: both are noted.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, said: Any) -> Any:
        return _without_nulls(said, _optional(cls)) if isinstance(said, dict) else said


@cache
def _optional(shape: type[BaseModel]) -> frozenset[str]:
    """Names, as the provider writes them, of fields with a default whose type has no null."""
    fields = shape.model_fields.items()
    return frozenset(
        field.alias or name
        for name, field in fields
        if not (field.is_required() or type(None) in get_args(field.annotation) or _reads_null(field))
    )


def _reads_null(field: FieldInfo) -> bool:
    return any(isinstance(one, BeforeValidator) for one in field.metadata)


def _without_nulls(said: dict[Any, Any], optional: frozenset[str]) -> dict[Any, Any]:
    null = [name for name, value in said.items() if value is None and name in optional]
    holed = [name for name, value in said.items() if isinstance(value, list) and None in value]
    for name in (*null, *holed):
        note_absent(str(name))
    kept = {name: value for name, value in said.items() if name not in null} if null else said
    return kept | {name: [one for one in kept[name] if one is not None] for name in holed} if holed else kept


def refuse(field: str, value: object, expected: str) -> NoReturn:
    """The answer cannot be used; the message names field, value and expectation."""
    raise SourceError(SourceReason.ANSWER_INVALID, f"{field} is {format_value(value)}, expected {expected}")


def check_id(field: str, said: object, asked: object) -> None:
    """Refuse an answer about another anime than the one that was asked for."""
    if str(said) != str(asked):
        refuse(field, said, f"{asked}, which was asked for")


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
    """Our word for the provider's; an unknown one is an error that names it, never a guess. Null is noted.

    "Side story" and "Side Story" are one word, whoever writes it in which case. An empty word is null, and so
    is one that says that nothing is known ("Unknown", "?").
    """
    known = value if value in vocabulary else _in_any_case((value or "").strip() or None, vocabulary)
    if known not in vocabulary and None in vocabulary and is_placeholder(value or ""):
        known = None
    if known not in vocabulary:
        refuse(field, value, "one of " + ", ".join(str(known) for known in vocabulary))
    if known is None:
        note_absent(field)
    return vocabulary[known]


def _in_any_case(value: str | None, vocabulary: Mapping[str | None, Value]) -> str | None:
    """The vocabulary's own spelling of a word; the word itself if it has none."""
    folded = _folded(value or "")
    return next((known for known in vocabulary if known and _folded(known) == folded), value)


def _folded(said: str) -> str:
    return " ".join(re.split(r"[-_\s]+", said.strip().casefold()))


def plausible(day: date) -> date | None:
    """A day since there is film; providers have years such as 0202, which are slips of the keyboard."""
    return day if day.year >= _FIRST_YEAR else None


def texts(values: Iterable[str | None]) -> list[str]:
    """Plain, distinct names in their order; one longer than a name can be is no name."""
    found = (text for value in values if (text := plain(value)) and len(text) <= LONGEST_NAME)
    return list(dict.fromkeys(found))
