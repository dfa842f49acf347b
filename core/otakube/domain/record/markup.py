# SPDX-License-Identifier: Apache-2.0
"""Markup of a stranger, rewritten so that a parser's work grows with its length.

A parser compares each attribute of a tag with those before it, and walks the open elements: a page of one tag
with 400,000 attributes costs minutes. Here a tag that is not well formed, or has too many attributes, becomes
text, so that no parser can see more of them. Each expression reads a letter a bounded number of times.
"""

import re
from collections.abc import Callable
from itertools import count

from otakube.domain.record.tags import is_declaration

MOST_ATTRIBUTES = 100  # of one tag

_VALUE = r"\"[^\"]*+\"|'[^']*+'|[^\s\"'<>]++"
_ATTRIBUTE = rf"[\s/]*+[^\s<>/\"'=]++(?:\s*+=\s*+(?:{_VALUE})?+)?+"
_MARK = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*+>?+"
    rf"|<(?P<tag>/?[a-zA-Z][a-zA-Z0-9:-]{{0,50}}(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}[\s/]*+>)|<",
    re.DOTALL,
)


def bounded(text: str, most_tags: int, is_tag: Callable[[str], bool] | None = None) -> str:
    """The same markup without comments, and with at most so many tags; any other "<" is an entity.

    `is_tag` tells tags from words in angle brackets, where a text may have either: those stay as they are.
    """
    number = count(1)

    def rewritten(match: re.Match[str]) -> str:
        tag = match["tag"]
        if tag is None:
            declared = match[0] != "<" and (is_tag is None or is_declaration(match[0][1:51]))
            return "" if declared else "&lt;" + match[0][1:].replace("<", "&lt;")
        quoted = text[match.start() - 1 : match.start()] == "<" and text[match.end() : match.end() + 1] == ">"
        if is_tag is not None and (quoted or not is_tag(tag)):
            return "&lt;" + tag.replace("<", "&lt;")
        return "<" + tag.replace("<", "&lt;") if next(number) <= most_tags else ""

    return _MARK.sub(rewritten, text)
