# SPDX-License-Identifier: Apache-2.0
"""A small dataset, and pieces put in, cut out, doubled and moved."""

import random

from unit.otakube.domain.dataset.weeks import row

ROWS = [row(f"No. {one}", str(one), f"https://kitsu.app/anime/{one}", tags=["sea"]) for one in range(1, 41)]
PIECES = [
    b"null", b"[", b"]", b"{", b"}", b'"', b"\\", b"\n", b",", b":", b"-1", b"1e999", b"NaN", b"\xff",
    b"\x00", b'"\\ud800"', b"9" * 400, b"[" * 2000, b'"sources":[]', b'"title":""', b"\r\n", b"\xef\xbb\xbf",
]  # fmt: skip


def damaged(text: bytes, chance: random.Random) -> bytes:
    """Pieces put in, cut out, doubled and moved."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        to = min(to, at + chance.choice((1, 5, 50, 5000)))
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif kind == 1:
            text = text[:at] + text[to:]
        elif kind == 2:
            text = text[:to] + text[at:to] + text[to:]
        elif kind == 3:
            text = text[:at] + chance.choice(PIECES) + text[to:]
        else:
            text = text[:at]
    return text
