# SPDX-License-Identifier: Apache-2.0
"""Limits of a document store, whichever it is: a record beyond them is found before anything is written."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

WHOLE_NUMBERS = range(-(2**63), 2**63)
DEPTH_LIMIT = 90  # MongoDB nests 100 levels, some of them around the record
# MongoDB's limit of a document is 16 MiB; bookkeeping and the outbox need little of the rest.
RECORD_LIMIT_BYTES = 14 * 2**20

Place = tuple[str | int, ...]


def unstorable(value: Any, place: Place = ()) -> Iterator[str]:
    """Each value of a JSON document that a store cannot hold, as a sentence with its field."""
    if isinstance(value, dict | list):
        if len(place) > DEPTH_LIMIT:
            yield f"{_field(place)} is nested deeper than {DEPTH_LIMIT} levels"
            return
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(key, str) and "\0" in key:
                yield f"{_field(place)} has the key {key!r:.100}, with a NUL in it"
            yield from unstorable(inner, (*place, key))
    elif isinstance(value, int) and value not in WHOLE_NUMBERS:
        yield f"{_field(place)} is {value!r:.100}, beyond {WHOLE_NUMBERS[0]} to {WHOLE_NUMBERS[-1]}"
    elif isinstance(value, float) and not isfinite(value):
        yield f"{_field(place)} is {value}, which is no number"


def _field(place: Place) -> str:
    return ".".join(map(str, place)) or "the record"
