# SPDX-License-Identifier: Apache-2.0
"""Anime-Planet's pages, read without trust: what they tell search engines, and a few places on them. Pure.

There is no API and no description of the pages; each selector here was observed and may move.
"""

import re
from functools import lru_cache
from typing import Any

import orjson
from pydantic import Field
from selectolax.lexbor import LexborHTMLParser, LexborNode

from otakube.adapters.http.parsing import Lenient, read, refuse
from otakube.domain.record.markup import bounded
from otakube.domain.record.text import LONGEST_NAME, LONGEST_TEXT, plain
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

LONGEST = 4_000_000  # letters; their pages have some hundred thousand
MOST_TAGS = 20_000  # of which all may lie within each other, and time grows with the square of that
_CHALLENGES = ("just a moment", "attention required", "checking your browser", "verify you are human")
_CHALLENGE_MARKS = ("cf-chl", "cf_chl_opt", "challenge-platform")
_HIDDEN = "[email"  # Cloudflare takes "@LTAS" for an address and hides it
_MOST_NAMES = 300  # nodes may lie within each other, each with all of the page's text
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")


class Rating(Lenient):
    ratingValue: float | int | str | None = None
    bestRating: float | int | str | None = None
    ratingCount: int | str | None = None


class LinkedData(Lenient):
    """schema.org's TVSeries or Movie, in JSON-LD."""

    kind: str = Field(alias="@type")
    name: str
    description: str | None = None
    image: str | None = None
    genre: str | list[str] | None = None
    startDate: str | None = None
    endDate: str | None = None
    aggregateRating: Rating | None = None


def document(body: Any) -> LexborHTMLParser:
    """A page; what is no text is AnswerInvalid, and a challenge is Refused."""
    return _tree(body) if isinstance(body, str) else refuse("the answer", body, "HTML")


@lru_cache(maxsize=1)  # each part of a record reads the whole page
def _tree(body: str) -> LexborHTMLParser:
    if len(body) > LONGEST or body.count("<") > MOST_TAGS:
        size = f"{len(body)} letters with {body.count('<')} tags"
        refuse("the page", size, f"at most {LONGEST} with {MOST_TAGS}")
    tree = LexborHTMLParser(bounded(body, MOST_TAGS))
    title = (text_of(tree.css_first("title")) or "").casefold()
    if any(title.startswith(words) for words in _CHALLENGES) or any(
        mark in body[:20_000] and tree.css_first("h1[itemprop=name], ul.cardDeck") is None
        for mark in _CHALLENGE_MARKS
    ):
        raise SourceError(
            SourceReason.REFUSED,
            f"Anime-Planet shows a challenge that only a browser passes ({title[:50]!r}): "
            "set providers.anime_planet.enabled to false",
        )
    return tree


def linked_data(tree: LexborHTMLParser) -> LinkedData:
    """Linked data by which the page describes its anime to search engines."""
    objects = (_json(script.text() or "") for script in tree.css('script[type="application/ld+json"]'))
    ours = (one for one in objects if isinstance(one, dict) and one.get("@type") in ("TVSeries", "Movie"))
    said = next(ours, None)
    return read(LinkedData, said) if said else refuse("the page's JSON-LD", said, "a TVSeries or Movie")


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SourceError(SourceReason.ANSWER_INVALID, f"the page's JSON-LD is no JSON: {error}") from error


def text_of(node: LexborNode | None) -> str | None:
    """A node's text, plain; the beginning of one that no field could hold."""
    return plain(" ".join((node.text() or "")[:LONGEST_TEXT].split())) if node is not None else None


def names_of(nodes: list[LexborNode]) -> list[str]:
    """Distinct texts of nodes, without the commas between them."""
    found = ((text_of(node) or "").rstrip(",").strip() for node in nodes[:_MOST_NAMES])
    return list(dict.fromkeys(text for text in found if text and len(text) <= LONGEST_NAME))


def visible(text: str | None) -> str | None:
    """A text that Cloudflare has not taken for an address."""
    return None if text is None or _HIDDEN in text else text


def number(field: str, said: float | int | str | None) -> float | None:
    """schema.org's numbers, which may be text."""
    if said is None:
        return None
    text = str(said)
    return float(text) if _NUMBER.fullmatch(text) else refuse(field, said, "a number")
