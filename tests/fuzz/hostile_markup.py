# SPDX-License-Identifier: Apache-2.0
"""XML and HTML with things wrong at any place, and such that is made to cost much."""

import re
from random import Random

_BITS = [
    "<", ">", "&", '"', "'", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>",
    "<!DOCTYPE a [<!ENTITY x 'y'>]>", "&x;", "&#0;", "&#xD800;", "&#99999999;", "\x00", "\u202e",
    "\ufeff", "<?x?>", "<script>", "</script>", "<a " * 50, "9" * 4_400, "\u2003" * 20_000,
    "x" * 30_000, "<b>" * 500, "<table><td>" * 50, "," * 5_000, "0000-00-00", "٣", "<title>",
    "<error>banned</error>", "javascript:alert(1)", '{"@type": "Movie"}', "[" * 2_000, "ﷺ" * 500,
]  # fmt: skip
_PIECE = re.compile(r"<[^<>]*>|[^<>]+")
_VALUE = re.compile(r"(?<=[\">])[^<>\"]+(?=[\"<])")


def damaged(draw: Random, text: str) -> bytes:
    """The text with one to four things wrong, as bytes that may be wrong themselves."""
    for _ in range(draw.randint(1, 4)):
        text = _change(draw, text)
    kind = draw.randrange(16)
    if kind == 0:
        return text.encode("utf-16", "replace")
    if kind == 1:
        return b"\xef\xbb\xbf" + text.encode("utf-8", "replace")
    if kind == 2:
        return text.encode("utf-8", "replace").replace(b"a", draw.randbytes(2), 3)
    return text.encode("utf-8", "replace")


def expensive(draw: Random, text: str, size: int) -> bytes:
    """Up to `size` bytes that begin as the text does, with one of its pieces very large."""
    kind = draw.randrange(6)
    if kind == 0:
        filling = " ".join(f"a{number}=''" for number in range(size // 12))
        return text.replace(" ", f" {filling} ", draw.randint(1, 2)).encode()[:size]
    if kind == 1:
        pieces = [piece for piece in _PIECE.findall(text) if piece.startswith("<")]
        piece = draw.choice(pieces or ["<a>"])
        return text.replace(piece, piece * (size // len(piece)), 1).encode("utf-8", "replace")[:size]
    if kind == 2:
        one = draw.choice(
            ["<b>", "<div>", "<a/>", "<a></a>", "<anime>", "<title>x</title>", "<p><a href=/anime/x>"]
        )
    elif kind == 3:
        one = draw.choice(["&amp;", "&#65;", "]]>", "<!---->", "<!--", "&"])
    else:
        one = draw.choice(
            ["a", "\u2003", "word ", "é", "👻", "x=", "<a x='>' ", "http://anidb.net/ch1 [aaa "]
        )
    values = list(_VALUE.finditer(text))
    place = draw.choice(values).start() if values else 0
    return (text[:place] + one * (size // len(one.encode())) + text[place:]).encode("utf-8", "replace")[
        : 2 * size
    ]


def _change(draw: Random, text: str) -> str:
    place = draw.randrange(len(text) + 1)
    kind = draw.randrange(7)
    if kind == 0:
        return text[:place]
    if kind == 1:
        return text[:place] + draw.choice(_BITS) + text[place:]
    if kind == 2:
        return text[:place] + text[place + draw.randint(1, 200) :]
    if kind == 3:
        pieces = _PIECE.findall(text)
        number = draw.randrange(len(pieces) or 1)
        return "".join(
            [
                *pieces[:number],
                *pieces[number : number + 1] * draw.choice([0, 2, 50, 3_000]),
                *pieces[number + 1 :],
            ]
        )
    if kind == 4:
        return text[:place] + text[: draw.randint(1, 2_000)] + text[place:]
    values = list(_VALUE.finditer(text))
    if not values:
        return text + draw.choice(_BITS)
    value = draw.choice(values)
    return text[: value.start()] + draw.choice(_BITS) + text[value.end() :]
