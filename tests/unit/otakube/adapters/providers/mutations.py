# SPDX-License-Identifier: Apache-2.0
"""True answers with up to three things wrong: replaced, removed, doubled or exchanged, at any place."""

import copy
from typing import Any

from hypothesis import strategies as st

_NASTY = [
    "", " ", "\x00", "\u202e", "\ud800", "9" * 400, "x" * 30_000, "<b>", "2024-02-30", "2024-13",
    "0000-01-01", "25:99", "http://[::1", "javascript:alert(1)", "Unknown", "-1", "99999999999999999999 min",
]  # fmt: skip
_LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(_NASTY),
)
JSON = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place below the top; of lists the first three items."""
    found = [path] if path else []
    items = (
        value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    )
    return found + [place for key, inner in items for place in places(inner, (*path, key))]


def at(body: Any, path: tuple[Any, ...]) -> Any:
    """The value at a place."""
    for key in path:
        body = body[key]
    return body


@st.composite
def mutations(draw: st.DrawFn, body: Any) -> Any:
    """A copy of `body` with one to three changes."""
    wrong = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 3))):
        known = places(wrong)
        if not known:
            break
        place = draw(st.sampled_from(known))
        holder, key = at(wrong, place[:-1]), place[-1]
        match draw(st.sampled_from(["replace", "remove", "double", "exchange"])):
            case "remove":
                del holder[key]
            case "double" if isinstance(holder, list):
                holder.extend(copy.deepcopy(holder[key]) for _ in range(draw(st.sampled_from([1, 600]))))
            case "exchange":
                holder[key] = copy.deepcopy(at(wrong, draw(st.sampled_from(known))))
            case _:
                holder[key] = draw(JSON)
    return wrong
