# SPDX-License-Identifier: Apache-2.0
"""Rows of an answer, each read by itself: one that cannot be read says nothing of the others.

It is left out and counted (`notes`). A list of which no row can be read is no list: it refuses the answer.
"""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from otakube import logs
from otakube.adapters.http.parsing import invalid
from otakube.errors import SourceError
from otakube.notes import collected, note_left_out
from otakube_api.contract import Provider

Shape = TypeVar("Shape")
Row = TypeVar("Row")
Value = TypeVar("Value")


class _Unreadable:
    """Stands where a row could not be read, until the list is whole."""

    def __init__(self, why: str) -> None:
        self.why = why


def readable_row(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """The row, or a mark that it could not be read."""
    try:
        return read(value)
    except ValidationError as error:
        return _Unreadable(str(invalid(error)))


def readable_rows(rows: list[Any]) -> list[Any]:
    """The rows that could be read; ValueError if there are rows, and none of them could."""
    wrong = [one for one in rows if isinstance(one, _Unreadable)]
    if wrong and len(wrong) == len(rows):
        raise ValueError(f"none of {len(rows)} rows can be read, the first since {wrong[0].why}")
    for one in wrong:
        note_left_out(one.why)
    return [one for one in rows if not isinstance(one, _Unreadable)]


Rows = Annotated[list[Annotated[Shape, WrapValidator(readable_row)]], AfterValidator(readable_rows)]
"""A list of objects in an answer's shape."""


def readable_entries(entries: dict[str, Any]) -> dict[str, Any]:
    """The entries whose values could be read, as `readable_rows` has it of a list."""
    readable_rows(list(entries.values()))
    return {name: one for name, one in entries.items() if not isinstance(one, _Unreadable)}


Entries = Annotated[
    dict[str, Annotated[Shape, WrapValidator(readable_row)]], AfterValidator(readable_entries)
]
"""Values by name in an answer's shape, such as titles by language."""


def readable_or_none(value: Any) -> Any:
    """Return what could be read, else None, counted like a row."""
    if isinstance(value, _Unreadable):
        note_left_out(value.why)
        return None
    return value


Single = Annotated[Shape | None, WrapValidator(readable_row), AfterValidator(readable_or_none)]
"""An object that stands alone where others stand in a list: one that cannot be read is None."""


def converted(rows: Iterable[Row], convert: Callable[[Row], Value | None]) -> list[Value]:
    """Rows in our words; None is a row that says nothing. SourceError if none of them can be read."""
    found: list[Value] = []
    failures: list[SourceError] = []
    readable = 0
    for row in rows:
        try:
            value = convert(row)
        except (SourceError, ValidationError) as error:
            failures.append(error if isinstance(error, SourceError) else invalid(error))
            continue
        readable += 1
        if value is not None:
            found.append(value)
    if failures and not readable:
        raise failures[0]
    for failure in failures:
        note_left_out(str(failure))
    return found


def listed(provider: Provider, rows: Iterable[Row], convert: Callable[[Row], Value | None]) -> list[Value]:
    """Rows of a search or a batch in our words; those that cannot be read are logged, with their number."""
    with collected() as notes:
        found = converted(rows, convert)
    for why, count in notes.left_out.items():
        logs.logger().warning("rows left out", provider=provider.value, count=count, message=why)
    return found
