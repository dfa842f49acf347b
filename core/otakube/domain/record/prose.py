# SPDX-License-Identifier: Apache-2.0
"""Prose of providers: HTML, BBCode and Markdown go, spoilers and credits are told apart.

BBCode and the sites' spoilers (`~!…!~`, `||…||`, `>!…!<`) are written as HTML, so that one parser sees what
lies within what.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from otakube.domain.record.text import LONGEST_PROSE, LONGEST_TEXT, clean, fragment_of, unescaped

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST_CREDIT = 300
_MOST_SPOILERS = 100  # of one text
_BBCODE = (
    "b|i|u|s|url|size|color|font|center|left|right|justify|quote|code|list|ul|ol|li|sup|sub|table|tr|td"
    "|spoilers?|hide|img|yt|youtube|hr|br|\\*"
)
_MARK = re.compile(
    rf"\[(/?)({_BBCODE})(?:(?:[= ]|(?<=spoiler):|(?<=spoilers):)[^\[\]\n]{{0,300}})?\]"
    r"|(?<![\w\\])~!(?=\S|[^~!]{1,2000}!~)|!~",
    re.IGNORECASE,
)
_PAIRED = re.compile(r"(?<!\|)\|\|(?=\S)([^|]{1,2000}+)\|\|(?!\|)|>!(?=\S)([^<>]{1,2000}?)!<")
_MEDIA = ("img", "yt", "youtube")
_HIDING = ("spoiler", "spoilers", "hide")
_BREAKS = ("hr", "br", "*", "li")
_SPOILER = (
    "[class*=spoiler], [class*=Spoiler], [rel*=spoiler], [data-spoiler], [id^=spoiler], spoiler, details"
)
_SHUT = "[data-medium], input, details > summary"
_TAG = re.compile(r"<[a-zA-Z/!?]")
_MARKDOWN = re.compile(r"[*_]\S|\]\(|~~|\\[*_~\[]")
_PARAGRAPH = re.compile(r"(\n\s*\n)")
_IN_A_WORD = re.compile(r"(?<=\w)\*+(?=\w)")  # f**k, 2*3
_LINE_MARKS = re.compile(
    r"^(?:#{1,5}[ \t]+(?=\S)|>[ \t]+(?=\S)|[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$)", re.MULTILINE
)
_EMBEDDED = re.compile(r"\b(?:img\d{0,4}%?|youtube|webm)\([^()\s]{1,500}\)")
_WITHIN = r"(?:[^()\[\]\n]|\([^()\n]{0,100}\)|\[[^\[\]\n]{0,100}\]){1,200}?"
_WROTE = r"(?:re)?(?:written|edited|adapted|translated|summari[sz]ed|submitted)"
_BY = rf"{_WROTE}(?: (?:and|&) \w{{1,20}})? (?:by|from)\b"
_TOLD = r"(?:synopsis|summary|description|text|overview)"
_FROM = r"via|from|courtesy of|(?:taken|translated) from|quelle\s*[:：]"
_APART = rf"(?:{_FROM}|{_TOLD}(?:\s*[:：]| (?:by|from|via)\b))"
_CREDIT = re.compile(
    rf"(?<![-–—~*\s])[-–—~*\s]*+[\[(]\s*(?P<said>(?:sources?|credits?)\s*[:：-]{_WITHIN}|{_BY}{_WITHIN})\s*[\])]"
    r"(?![^\s.,;]|(?-i: [a-z]))"
    rf"|^[ \t]*+[\[(]\s*(?P<apart>{_APART}{_WITHIN})\s*[\])]\s*\Z"
    rf"|^[-–—~* \t]*+(?P<line>sources?\s*[:：][^\n]{{1,150}})$"
    rf"|^[-–—~]++[ \t]*+(?P<signed>{_BY}[^\n]{{1,150}})$",
    re.IGNORECASE | re.MULTILINE,
)

_WRITTEN = re.compile(_BY, re.IGNORECASE)
_SOURCES = r"site|website|page|homepage|web|wiki|release|cover|blurb|publisher|team|staff|distributor"
_OF_THE_STORY = re.compile(
    rf"(?:{_BY})\s+(?:(?:the|an?|his|her|its|their|our|one of|another)\s+(?-i:[a-z])"
    r"|some(?:one|body)\b|who\b)"
    rf"(?!.*\b(?:{_SOURCES})\b)",
    re.IGNORECASE | re.DOTALL,
)
"""A sentence about a book or a letter: "(Written by the author of X)", "(Adapted from his own novel)"."""
_ENDS_A_LINE = re.compile(r"[ \t.,;*_~-]*(?:\n|\Z|[\[(])")


class Prose(NamedTuple):
    """A text as readers see it, who wrote it in the provider's words, and what would spoil it."""

    text: str | None
    credit: str | None = None
    spoilers: str | None = None


def read_prose(said: str | None) -> Prose:
    """A provider's prose, of the length that a record holds: nobody reads a synopsis of a megabyte."""
    if said is None:
        return Prose(None)
    shown, hidden = _spoilers_apart(as_html(said[:LONGEST_TEXT]))
    spoilers, _ = _split_credit(without_markdown(hidden)) if hidden else (None, None)
    text, credit = _split_credit(without_markdown(shown)) if shown else (None, None)
    return Prose(text and _cut(text), credit, spoilers and _cut(spoilers))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_PROSE else text[: LONGEST_PROSE - 1] + "…"


def prose(said: str | None) -> str | None:
    """A provider's prose without its credit and its spoilers."""
    return read_prose(said).text


def as_html(said: str) -> str:
    """BBCode and AniList's spoilers as tags; a spoiler that is not closed lasts to the end."""
    if "||" in said or ">!" in said:
        said = _PAIRED.sub(_hidden, said)
    if "[" not in said and "~!" not in said:
        return said
    lower, opened = said.lower(), 0

    def rewritten(match: re.Match[str]) -> str:
        nonlocal opened
        if match[0] == "~!":
            opened = max(opened, 0) + 1
            return '<div class="spoiler">'
        if match[0] == "!~":
            opened -= 1
            return "</div>" if opened >= 0 else match[0]
        return _as_tag(match, lower)

    return _MARK.sub(rewritten, said)


def _as_tag(match: re.Match[str], lower: str) -> str:
    """One tag of BBCode; of a pair that only marks letters nothing is left."""
    name, closes = match[2].lower(), bool(match[1])
    if name in _MEDIA:
        return "</div>" if closes else "<div data-medium=a>"
    if name in _HIDING:
        paired = name == "spoiler" or f"[/{name}]" in lower
        return match[0] if not paired else "</div>" if closes else '<div class="spoiler">'
    if name in _BREAKS:
        return "" if closes else "<br>"
    return "" if f"[/{name}]" in lower else match[0]


def _hidden(match: re.Match[str]) -> str:
    return f'<div class="spoiler">{match[1] or match[2]}</div>'


def _spoilers_apart(said: str) -> tuple[str | None, str | None]:
    """The text that readers see at once, and its spoilers, each in a paragraph."""
    if not _TAG.search(said):
        return clean(unescaped(said)), None
    fragment = fragment_of(said)
    while (shut := fragment.css_first(_SHUT)) is not None:
        shut.decompose()
    spoilers: list[str] = []
    while (hidden := fragment.css_first(_SPOILER)) is not None:
        if len(spoilers) < _MOST_SPOILERS:
            spoilers.append(hidden.text())
        hidden.decompose()
    shown = fragment.root.text() if fragment.root else ""
    return clean(shown), clean("\n\n".join(spoilers))


def without_markdown(text: str) -> str:
    """Text without the marks of emphasis, links, headings and rules; what they mark stays."""
    text = _LINE_MARKS.sub("", _EMBEDDED.sub("", text))
    if not _MARKDOWN.search(text):
        return text
    parts = _PARAGRAPH.split(text.replace("~~~", ""))
    return "".join(_inline(part) if number % 2 == 0 else part for number, part in enumerate(parts))


def _inline(text: str) -> str:
    tokens = _parser().parseInline(_IN_A_WORD.sub(_escaped, text))
    children = [child for token in tokens for child in token.children or ()]
    return "".join(child.content for child in children if child.type != "image")


def _escaped(stars: re.Match[str]) -> str:
    return "\\*" * len(stars[0])


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # most texts have no marks: a pod need not pay for it

    parser = MarkdownIt("zero").enable(["emphasis", "strikethrough", "link", "image", "escape"])
    parser.validateLink = _is_address  # type: ignore[method-assign]  # the documented way to choose links
    return parser


def _is_address(url: str) -> bool:
    return url.startswith(("http://", "https://", "/"))


def _split_credit(text: str) -> tuple[str | None, str | None]:
    """The text without its credits, and those."""
    credits = [_words(match) for match in _CREDIT.finditer(text) if _is_credit(match)]
    if not credits:
        return clean(text), None
    credit = "; ".join(dict.fromkeys(credits))
    left = _CREDIT.sub(lambda match: "" if _is_credit(match) else match[0], text)
    return clean(left), credit[:LONGEST_CREDIT]


def _words(match: re.Match[str]) -> str:
    return " ".join((match["said"] or match["apart"] or match["line"] or match["signed"]).split())


def _is_credit(match: re.Match[str]) -> bool:
    """Tell whether a note names who wrote the text: a writer's stands behind it, and has a name."""
    said = _words(match)
    if not _WRITTEN.match(said):
        return True
    return _OF_THE_STORY.match(said) is None and _ENDS_A_LINE.match(match.string, match.end()) is not None
