# SPDX-License-Identifier: Apache-2.0
"""Anime-Planet's pages, read without trust: a few places on them. Pure.

There is no API and no description of the pages; each selector here was observed and may move.
"""

import re
from functools import lru_cache
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from otakube.adapters.http.failures import words_pass
from otakube.adapters.http.parsing import refuse
from otakube.adapters.http.placeholders import is_placeholder
from otakube.domain.record.markup import bounded
from otakube.domain.record.text import LONGEST_NAME, LONGEST_TEXT, clean
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

LONGEST = 4_000_000  # letters; their pages have some hundred thousand
MOST_TAGS = 20_000  # of which all may lie within each other, and time grows with the square of that
HEADING = "h1[itemprop=name]"  # of the page of one anime
_CHALLENGES = ("just a moment", "attention required", "checking your browser", "verify you are human")
_CHALLENGE_MARKS = ("cf-chl", "cf_chl_opt", "challenge-platform")
_HIDDEN = "[email"  # Cloudflare takes "@LTAS" for an address and hides it
_CODE = re.compile(r"(?:[0-9a-fA-F]{2}){2,500}")
_MOST_NAMES = 300  # nodes may lie within each other, each with all of the page's text
_NUMBER = re.compile(r"(?:[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.[0-9]{1,6})?")


def document(body: Any) -> LexborHTMLParser:
    """A page; what is no text is AnswerInvalid, and a challenge is Refused."""
    return _tree(body) if isinstance(body, str) else refuse("the answer", body, "HTML")


@lru_cache(maxsize=1)  # each part of a record reads the whole page
def _tree(body: str) -> LexborHTMLParser:
    if len(body) > LONGEST or body.count("<") > MOST_TAGS:
        size = f"{len(body)} letters with {body.count('<')} tags"
        refuse("the page", size, f"at most {LONGEST} with {MOST_TAGS}")
    tree = show_hidden(LexborHTMLParser(bounded(body, MOST_TAGS)))
    title, content = (
        (text_of(tree.css_first("title")) or "").casefold(),
        tree.css_first(f"{HEADING}, ul.cardDeck"),
    )
    if any(title.startswith(words) for words in _CHALLENGES) or any(
        mark in body[:20_000] and content is None for mark in _CHALLENGE_MARKS
    ):
        raise SourceError(
            SourceReason.REFUSED,
            f"Anime-Planet shows a challenge that only a browser passes ({title[:50]!r}): "
            "set providers.anime_planet.enabled to false",
        )
    heading = text_of(tree.css_first("h1")) or ""
    if content is None and words_pass(f"{title} {heading}"):
        said = f"Anime-Planet shows no anime, but {title[:50]!r} with {heading[:100]!r}"
        raise SourceError(SourceReason.UNAVAILABLE, said)
    return tree


def show_hidden(tree: LexborHTMLParser) -> LexborHTMLParser:
    """The page with what Cloudflare took for addresses: their bytes, each with the key that comes first."""
    for node in tree.css("[data-cfemail]")[:_MOST_NAMES]:
        code = node.attributes.get("data-cfemail") or ""
        if _CODE.fullmatch(code):
            key, *hidden = bytes.fromhex(code)
            node.replace_with(bytes(byte ^ key for byte in hidden).decode(errors="replace"))
    return tree


def is_anime(tree: LexborHTMLParser) -> bool:
    """True of the page of one anime, false of a list."""
    return tree.css_first(HEADING) is not None


def property_of(tree: LexborHTMLParser, name: str) -> str | None:
    """A property in the page's head, such as og:title."""
    return attribute(tree.css_first(f'meta[property="{name}"]'), "content")


def attribute(node: LexborNode | None, name: str) -> str | None:
    """An attribute of a node, if it has one that says something."""
    return (node.attributes.get(name) or None) if node is not None else None


def text_of(node: LexborNode | None) -> str | None:
    """A node's text, plain; the beginning of one that no field could hold."""
    return clean(" ".join((node.text() or "")[:LONGEST_TEXT].split())) if node is not None else None


def names_of(nodes: list[LexborNode]) -> list[str]:
    """Distinct texts of nodes, without the commas between them."""
    found = ((text_of(node) or "").rstrip(",").strip() for node in nodes[:_MOST_NAMES])
    return list(dict.fromkeys(text for text in found if text and len(text) <= LONGEST_NAME))


def visible(text: str | None) -> str | None:
    """A text that Cloudflare has not taken for an address."""
    return None if text is None or _HIDDEN in text else text


def number(field: str, said: float | int | str | None) -> float | None:
    """schema.org's numbers, which may be text ("43,889"); a placeholder is none."""
    if said is None or is_placeholder(str(said)):
        return None
    text = str(said).strip()
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else refuse(field, said, "a number")
