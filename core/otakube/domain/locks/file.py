# SPDX-License-Identifier: Apache-2.0
"""Merge locks as a file: JSON lines below a header, sorted, so that two exports compare line by line.

`LC_ALL=C sort` leaves the file as it is: the header sorts before every lock.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from otakube.domain.locks.contradictions import contradictions
from otakube.domain.locks.lock import LOCK, Lock, answer, as_json, lock_id

HEADER = '{"format":"otakube-merge-locks","version":1}'
LINE_LIMIT = 2**17  # characters; a synopsis has 20 000


class LockLine(NamedTuple):
    """A lock and where in the file it stands, from 1."""

    number: int
    lock: Lock


class LineRefusal(NamedTuple):
    number: int
    message: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Plan of an import; with a refusal it does nothing."""

    added: Sequence[LockLine]
    unchanged: Sequence[LockLine]
    refused: Sequence[LineRefusal]


def format_line(lock: Lock) -> str:
    """One lock as a line of the file."""
    return json.dumps(as_json(lock), ensure_ascii=False, separators=(",", ":"))


def format_file(locks: Iterable[Lock]) -> str:
    """The whole file."""
    return "\n".join([HEADER, *sorted(map(format_line, locks))]) + "\n"


def parse_file(text: str) -> tuple[list[LockLine], list[LineRefusal]]:
    """The locks of a file, and the lines that are none; blank lines are passed over."""
    rows = text.removeprefix("\ufeff").split("\n")  # never splitlines: titles may hold U+2028
    if rows[0].strip() != HEADER:
        cure = f"a file of merge locks begins with the line {HEADER}; `otakube locks export` writes one"
        return [], [LineRefusal(1, cure)]
    lines, refused = [], []
    for number, row in enumerate(rows[1:], start=2):
        if row.strip():
            found = _lock(row)
            if isinstance(found, str):
                refused.append(LineRefusal(number, found))
            else:
                lines.append(LockLine(number, found))
    return lines, refused


def _lock(row: str) -> Lock | str:
    """The lock, or what is wrong with the line."""
    if len(row) > LINE_LIMIT:
        return f"the line has {len(row)} characters; {LINE_LIMIT} are read"
    try:
        return LOCK.validate_json(row)
    except ValidationError as error:
        return describe_fault(error)


def describe_fault(error: ValidationError) -> str:
    """The first fault, by field and value."""
    fault = error.errors(include_url=False)[0]
    if fault["type"] == "json_invalid":
        return f"this is not JSON: {fault['ctx']['error']}"
    field = ".".join(str(part) for part in fault["loc"][1:])
    said = fault["msg"].removeprefix("Value error, ")
    if not field or fault["type"] == "missing":
        return f"{field}: {said}" if field else said
    return (
        f"{field}: {said}"
        if fault["type"] == "value_error"
        else f"{field} is {fault['input']!r:.200}: {said}"
    )


def plan_import(wanted: Sequence[LockLine], standing: Sequence[Lock]) -> ImportPlan:
    """Compare a file's locks with those that stand; removing one is never implied."""
    known = {lock_id(lock): lock for lock in standing}
    fresh: list[LockLine] = []
    unchanged: list[LockLine] = []
    for one in wanted:
        same = known.setdefault(lock_id(one.lock), one.lock)
        again = same is not one.lock and answer(same) == answer(one.lock)
        (unchanged if again else fresh).append(one)
    return _without_contradictions(fresh, unchanged, standing)


def _without_contradictions(
    fresh: Sequence[LockLine], unchanged: Sequence[LockLine], standing: Sequence[Lock]
) -> ImportPlan:
    reasons: dict[int, str] = {}
    numbers = {id(one.lock): one.number for one in fresh}
    for found in contradictions([*standing, *(one.lock for one in fresh)]):
        for lock in found.locks:
            if id(lock) in numbers:
                reasons.setdefault(numbers[id(lock)], found.message)
    cure = "; remove one of them first: otakube locks remove ID"
    return ImportPlan(
        added=[one for one in fresh if one.number not in reasons],
        unchanged=unchanged,
        refused=[LineRefusal(number, message + cure) for number, message in sorted(reasons.items())],
    )
