# SPDX-License-Identifier: Apache-2.0
"""Markup of a stranger, rewritten so that a parser's work grows with its length.

A parser compares each attribute of a tag with those before it, and walks the open elements: a page of one tag
with 400,000 attributes costs minutes. Here a tag that is not well formed, or has too many attributes, becomes
text, so that no parser can see more of them. Each expression reads a letter a bounded number of times.
"""

import re
from itertools import count

MOST_ATTRIBUTES = 100  # of one tag

_VALUE = r"\"[^\"]*+\"|'[^']*+'|[^\s\"'<>]++"
_ATTRIBUTE = rf"[\s/]*+[^\s<>/\"'=]++(?:\s*+=\s*+(?:{_VALUE})?+)?+"
_MARK = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*+>?+"
    rf"|<(?P<tag>/?[a-zA-Z][a-zA-Z0-9:-]{{0,50}}(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}[\s/]*+>)|<",
    re.DOTALL,
)


def bounded(text: str, most_tags: int) -> str:
    """The same markup without comments, and with at most so many tags; any other "<" is an entity."""
    number = count(1)

    def rewritten(match: re.Match[str]) -> str:
        tag = match["tag"]
        if tag is None:
            return "&lt;" if match[0] == "<" else ""
        return "<" + tag.replace("<", "&lt;") if next(number) <= most_tags else ""

    return _MARK.sub(rewritten, text)
