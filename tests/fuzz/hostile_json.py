# SPDX-License-Identifier: Apache-2.0
"""JSON with things wrong at any place, and JSON that is made to cost much."""

import copy
import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

_TEXTS = [
    "", " ", "\x00", "\u202e", "\ud800", "\ufeff", "9" * 400, "9" * 4_400, "&#" + "9" * 5_000 + ";",
    "x" * 30_000, "ﷺ" * 500, "\u2003" * 20_000, "," * 5_000, "(" * 5_000, "<b>" * 2_000, "<!--",
    "<a x='", "2024-02-30", "2024-13", "0000-01-01", "9999-12-31T23:59:59-23:59", "99999999-01-01",
    "0001-01-01T00:00:00+23:59", "25:99", "30:00", "http://[::1", "https://a..b/" + "x" * 3_000,
    "javascript:alert(1)", "../../users/1", "Unknown", "-1", "1e400", "NaN", "٣",
    "99999999999999999999 min", "9" * 4_400 + " hr", "true", "null", "Episode " + "9" * 4_400 + " - x",
    "https://myanimelist.net/anime/1", "https://kitsu.app/anime/1", "TV (99999 eps x 9999 min)",
    "é\u0301" * 300,
]  # fmt: skip
_NUMBERS = [0, -1, 1, 2**31, 2**53, 2**63, 2**64, 10**30, -(2**63), 10**4_000, 1.5, 1e308, -0.0, 5e-324]
_NO_DOCUMENTS = [b"", b"null", b"[]", b"{}", b"NaN", b"[" * 5_000, b'{"a":' * 5_000, b'"']
_DEEP = re.compile(r'"deep (\d+) ([lo])"')
Place = tuple[Any, ...]


def damaged(draw: Random, document: Any) -> bytes:
    """The document with one to four things wrong, as JSON that may be wrong itself."""
    document = copy.deepcopy(document)
    for _ in range(draw.randint(1, 4)):
        document = _change(draw, document)
    text = json.dumps(document, ensure_ascii=draw.random() < 0.5)
    return _written(draw, _deepened(text))


def expensive(draw: Random, document: Any, size: int) -> bytes:
    """Up to `size` bytes of JSON that begin as the document does."""
    value = draw.choice(_EXPENSIVE)(draw, size)
    places = _places(document)
    if not places or draw.random() < 0.1:
        return json.dumps(value).encode()[:size]
    document = copy.deepcopy(document)
    place = draw.choice(places)
    _at(document, place[:-1])[place[-1]] = value
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")[: size + 1_000]


def _repeated(draw: Random, size: int) -> Any:
    one = draw.choice([[], {}, 1, "", "a", {"name": "x"}, {"id": 1}, [[]], None, 1.5, "\u2003", {"": ""}])
    return [one] * (size // (len(json.dumps(one)) + 2))


def _long_text(draw: Random, size: int) -> str:
    one = draw.choice(
        [
            "a",
            "\u2003",
            ",",
            "<b>",
            "&#1;",
            "&amp;",
            "é",
            "👻",
            "\n ",
            "<a x='",
            "a,",
            "(",
            "word ",
            "<a b=1 ",
        ]
    )
    return one * (size // len(one.encode()))


def _many_texts(draw: Random, size: int) -> list[str]:
    text = _long_text(draw, draw.choice([500, 40_000, 200_000]))
    return [text] * (size // len(text.encode()))


def _wide(draw: Random, size: int) -> dict[str, Any]:
    value = draw.choice([1, {}, "x", None])
    return {f"k{number}": value for number in range(size // 20)}


_EXPENSIVE: list[Callable[[Random, int], Any]] = [_repeated, _long_text, _many_texts, _wide]


def _leaf(draw: Random) -> Any:
    kind = draw.randrange(6)
    if kind == 0:
        return draw.choice([None, True, False, [], {}, [None], [[]], {"": None}])
    if kind == 1:
        return draw.choice(_NUMBERS)
    if kind == 2:
        return draw.uniform(-1e9, 1e9)
    if kind == 3:
        return f"deep {draw.choice([10, 60, 70, 300, 900, 3_000])} {draw.choice('lo')}"
    return draw.choice(_TEXTS)


def _deepened(text: str) -> str:
    """The text with its marks of depth replaced: no Python code could copy or write such a document."""

    def levels(mark: re.Match[str]) -> str:
        number, opened, closed = int(mark[1]), *(("[", "]") if mark[2] == "l" else ('{"data":', "}"))
        return opened * number + "1" + closed * number

    return _DEEP.sub(levels, text)


def _change(draw: Random, document: Any) -> Any:
    places = _places(document)
    if not places or draw.random() < 0.03:
        return draw.choice([document, [document], {"data": document}, _leaf(draw), {}])
    place = draw.choice(places)
    holder, key = _at(document, place[:-1]), place[-1]
    change = draw.randrange(7)
    if change == 0:
        del holder[key]
    elif change == 1 and isinstance(holder, list):
        holder.extend([holder[key]] * draw.choice([1, 30, 600, 3_000]))
    elif change == 2:
        holder[key] = copy.deepcopy(_at(document, draw.choice(places)))
    elif change == 3 and isinstance(holder, dict):
        holder[draw.choice(["", "x" * 5_000, "\ud800", key.upper(), "__class__"])] = holder.pop(key)
    elif change == 4:
        holder[key] = draw.choice(
            [[holder[key]], {"data": holder[key]}, str(holder[key])[:50], [holder[key]] * 2]
        )
    else:
        holder[key] = _leaf(draw)
    return document


def _places(value: Any, path: Place = ()) -> list[Place]:
    """Places below the top, not too many and not too deep."""
    found, left = list[Place](), [(path, value)]
    while left and len(found) < 3_000:
        path, value = left.pop()
        if isinstance(value, dict):
            items: Any = value.items()
        else:
            items = enumerate(value[:4]) if isinstance(value, list) else ()
        inner = [((*path, key), one) for key, one in items]
        found += [place for place, _ in inner]
        left += [one for one in inner if len(one[0]) < 20]
    return found


def _at(document: Any, path: Place) -> Any:
    for key in path:
        document = document[key]
    return document


def _written(draw: Random, text: str) -> bytes:
    kind = draw.randrange(24)
    body = text.encode("utf-8", "surrogatepass" if kind == 0 else "replace")
    place = draw.randrange(len(body) + 1)
    written: dict[int, Callable[[], bytes]] = {
        1: lambda: b"\xef\xbb\xbf" + body,
        2: lambda: text.encode("utf-16", "replace"),
        3: lambda: text.encode("latin-1", "replace"),
        4: lambda: body[:place],
        5: lambda: body[:place] + draw.randbytes(draw.randint(1, 8)) + body[place:],
        6: lambda: body + draw.choice([b"}", b" " * 100_000, b"\x00", body]),
        7: lambda: body.replace(b"{", b'{"data": 1, "title": 2, "id": 3, "title": [],', draw.randint(1, 5)),
        8: lambda: draw.choice(_NO_DOCUMENTS),
    }
    return written.get(kind, lambda: body)()
