# SPDX-License-Identifier: Apache-2.0
"""Turns a true JSON answer into a wrong one, as the fault kinds name it. Pure."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from otakube_standins.upstream.faults import FaultKind

HTML_PAGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>"
_MEGABYTE = 1_000_000


def wrong_types(value: Any) -> Any:
    """Numbers become strings, strings become lists, lists become objects; keys stay."""
    match value:
        case dict():
            return {key: wrong_types(inner) for key, inner in value.items()}
        case list():
            return {str(index): wrong_types(inner) for index, inner in enumerate(value)}
        case bool() | None:
            return "maybe"
        case int() | float():
            return f"{value}?"
        case _:
            return [value]


def shrunk(value: Any) -> Any:
    """Every list keeps its first element only: an upstream that quietly dies."""
    match value:
        case dict():
            return {key: shrunk(inner) for key, inner in value.items()}
        case list():
            return [shrunk(inner) for inner in value[:1]]
        case _:
            return value


def _reshaped(change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    def spoil(body: bytes) -> bytes:
        try:
            return orjson.dumps(change(orjson.loads(body)))
        except orjson.JSONDecodeError:  # a picture
            return body[: len(body) // 2]

    return spoil


BODIES: dict[FaultKind, Callable[[bytes], bytes]] = {
    FaultKind.HTML: lambda _: HTML_PAGE,
    FaultKind.EMPTY: lambda _: b"",
    FaultKind.TRUNCATED: lambda body: body[: len(body) // 2],
    FaultKind.WRONG_TYPES: _reshaped(wrong_types),
    FaultKind.SHRINK: _reshaped(shrunk),
}


def huge(megabytes: int) -> Iterator[bytes]:
    """One valid JSON document of that many megabytes, in pieces of one."""
    yield b'{"data":[' + b'"' + b"x" * (_MEGABYTE - 11) + b'"'
    for _ in range(megabytes - 1):
        yield b',"' + b"x" * (_MEGABYTE - 3) + b'"'
    yield b"]}"
