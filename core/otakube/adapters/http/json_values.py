# SPDX-License-Identifier: Apache-2.0
"""JSON of a stranger: no more values and levels than a provider may need.

Readers and writers of JSON end beyond some hundred levels, each at its own; memory and time of all that
follows grow with the number of values. The largest real answers have some 70,000, and 15 levels.
"""

from typing import Any

import orjson

from otakube.errors import SourceError
from otakube_api.contract import SourceReason

MOST_VALUES = 250_000
DEEPEST = 64


def loads(body: bytes) -> Any:
    """The value; SourceError says what is wrong with "the answer …"."""
    if (marks := sum(map(body.count, (b",", b"[", b"{")))) > MOST_VALUES:
        said = f"the answer has up to {marks} values, of which {MOST_VALUES} are read"
        raise SourceError(SourceReason.ANSWER_TOO_LARGE, said)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SourceError(SourceReason.ANSWER_INVALID, f"the answer is no JSON: {error}") from error
    if deeper(value, DEEPEST):
        said = f"the answer is nested more than {DEEPEST} levels deep"
        raise SourceError(SourceReason.ANSWER_INVALID, said)
    return value


def deeper(value: Any, levels: int) -> bool:
    """True if more objects and lists lie within each other; level by level, so without recursion."""
    outer = [value] if isinstance(value, dict | list) else []
    while outer and levels:
        outer = [inner for one in outer for inner in _within(one)]
        levels -= 1
    return bool(outer)


def _within(one: dict[str, Any] | list[Any]) -> list[Any]:
    values = one.values() if isinstance(one, dict) else one
    return [inner for inner in values if isinstance(inner, dict | list)]
