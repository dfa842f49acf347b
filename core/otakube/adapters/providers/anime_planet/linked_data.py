# SPDX-License-Identifier: Apache-2.0
"""An anime as its page tells search engines: schema.org's JSON-LD, else the page's own properties. Pure.

Some pages have no JSON-LD; some have it in a list, in a graph, or with pictures as objects.
"""

from collections.abc import Iterator
from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator, Field
from selectolax.lexbor import LexborHTMLParser

from otakube.adapters.http.parsing import Lenient, read, refuse
from otakube.adapters.providers.anime_planet.page import attribute, is_anime, property_of
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

_KINDS = (
    "TVSeries",
    "Movie",
    "TVEpisode",
    "TVSeason",
    "CreativeWorkSeries",
    "MusicVideoObject",
    "VideoObject",
)
_DEEPEST = 4  # lists and graphs within each other


def _address(said: Any) -> Any:
    """The address of a picture: itself, or in an object, or the first of a list."""
    one = said[0] if isinstance(said, list) and said else said
    return (one.get("url") or one.get("contentUrl")) if isinstance(one, dict) else one or None


def _texts(said: Any) -> Any:
    return [said] if isinstance(said, str) else said


class Rating(Lenient):
    ratingValue: float | int | str | None = None
    bestRating: float | int | str | None = None
    ratingCount: int | str | None = None


class LinkedData(Lenient):
    """schema.org's TVSeries or Movie."""

    name: str | None = None
    alternateName: Annotated[list[str], BeforeValidator(_texts)] = Field(default=[])
    description: str | None = None
    image: Annotated[str | None, BeforeValidator(_address)] = None
    genre: Annotated[list[str], BeforeValidator(_texts)] = Field(default=[])
    startDate: str | None = None
    datePublished: str | None = None  # of films
    endDate: str | None = None
    aggregateRating: Rating | None = None


def linked_data(tree: LexborHTMLParser) -> LinkedData:
    """Linked data by which the page describes its anime; where there is none, its properties."""
    scripts = [script.text() or "" for script in tree.css('script[type="application/ld+json"]')]
    found = list(map(_json, scripts))
    said = next((one for each in found for one in _objects(each) if _is_ours(one)), None)
    if said is not None:
        return read(LinkedData, said)
    unreadable = next((one for one in found if isinstance(one, SourceError)), None)
    if unreadable is not None:
        raise unreadable
    return _properties(tree) if is_anime(tree) else refuse("the page's JSON-LD", None, "a TVSeries or Movie")


def _properties(tree: LexborHTMLParser) -> LinkedData:
    """Properties in the head, for people who share the page."""
    tags = [attribute(node, "content") or "" for node in tree.css('meta[property="video:tag"]')]
    return LinkedData(
        name=property_of(tree, "og:title"),
        description=property_of(tree, "og:description"),
        genre=tags,
        startDate=property_of(tree, "video:release_date"),
    )


def _is_ours(said: dict[str, Any]) -> bool:
    kinds = said.get("@type")
    return any(kind in _KINDS for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _objects(said: Any, depth: int = _DEEPEST) -> Iterator[dict[str, Any]]:
    """Objects of a script, of its lists and graphs."""
    if isinstance(said, list) and depth:
        for one in said:
            yield from _objects(one, depth - 1)
    elif isinstance(said, dict):
        yield said
        yield from _objects(said.get("@graph"), depth - 1)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return SourceError(SourceReason.ANSWER_INVALID, f"the page's JSON-LD is no JSON: {error}")
