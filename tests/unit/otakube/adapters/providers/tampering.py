# SPDX-License-Identifier: Apache-2.0
"""Answers with which somebody has tampered: any value replaced, taken away or doubled, at any place."""

import copy
import json
from collections.abc import Callable
from typing import Any

import httpx2
from hypothesis import strategies as st

Place = tuple[Any, ...]

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**63, max_value=2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "\x00",
            "9" * 400,
            "x" * 30_000,
            "<script>",
            "2024-02-30",
            "25:99",
            "\u202e",
            "http://[::1",
            "\ud800",
        ]
    ),
    st.sampled_from(["../../users/1", "0", "-1", "1e400", "NaN", "٣", "javascript:alert(1)", "https://a b"]),
    st.just([]),
    st.just({}),
    st.lists(st.none(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def places(value: Any, path: Place = ()) -> list[Place]:
    """Every place in a document; of lists the first three items."""
    found = [path] if path else []
    items = (
        value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    )
    return found + [place for key, inner in items for place in places(inner, (*path, key))]


@st.composite
def tampered(draw: st.DrawFn, body: Any, known: list[Place]) -> Any:
    """The document after one to three changes; at a place that an earlier one took away there is no other."""
    body = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(known))
        holder = _at(body, place[:-1])
        if isinstance(holder, dict | list) and _has(holder, place[-1]):
            _change(draw, holder, place[-1])
    return body


def _change(draw: st.DrawFn, holder: Any, key: Any) -> None:
    match draw(st.sampled_from(["replace", "replace", "take away", "double"])):
        case "replace":
            holder[key] = draw(VALUES)
        case "take away":
            del holder[key]
        case _:
            holder[key] = [holder[key], holder[key]]


def _at(body: Any, path: Place) -> Any:
    for key in path:
        if not isinstance(body, dict | list) or not _has(body, key):
            return None
        body = body[key]
    return body


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else isinstance(key, int) and key < len(holder)


def saying(answer: Callable[[str], Any], kind: str) -> tuple[httpx2.AsyncClient, list[httpx2.URL]]:
    """A client of a provider that answers what the test makes up of the path, and the addresses asked for."""
    asked: list[httpx2.URL] = []

    async def provider(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer(scope["path"])).encode()})

    async def note(request: httpx2.Request) -> None:
        asked.append(request.url)

    transport = httpx2.ASGITransport(provider)
    return httpx2.AsyncClient(transport=transport, event_hooks={"request": [note]}), asked
