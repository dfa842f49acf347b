# SPDX-License-Identifier: Apache-2.0
"""Choice between the list of all anime and one anime after another. Pure.

Jikan takes no list of ids. Its nearest thing to a batch is the list of all anime by rising id, 25 a page, and
as ids are distinct an id lies at most (id - last id read) rows ahead: a walk is known to be cheaper, or not.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from otakube import logs
from otakube.adapters.http.parsing import read, refuse
from otakube.adapters.http.rows import listed
from otakube.adapters.providers.jikan.answers import JikanAnime, JikanNumbered
from otakube.adapters.providers.jikan.convert import describe
from otakube.domain.record.claims import Metadata
from otakube.errors import SourceError
from otakube_api.contract import Provider

PAGE = 25  # the most that Jikan gives


class JikanFound(NamedTuple):
    """Content of a page: `described` of those wanted, and the greatest id that it listed."""

    described: Mapping[str, Metadata]
    passed: int


def number(provider_id: str) -> int:
    """MyAnimeList's number; SourceError for what is none, before it becomes part of a URL."""
    if not re.fullmatch(r"[1-9][0-9]{0,9}", provider_id):
        refuse("MyAnimeList's id", provider_id, "a number")
    return int(provider_id)


def walks(left: Sequence[int], passed: int, pages_left: int | None) -> bool:
    """True if the next page costs less than asking for each id that is left, in rising order.

    `pages_left` None before the first page: then a page is risked for more ids than it could hold.
    """
    if not left or pages_left == 0:
        return False
    at_most = -(-(left[-1] - passed) // PAGE)
    pages = at_most if pages_left is None else min(at_most, pages_left)
    return pages <= len(left) or (pages_left is None and len(left) > PAGE)


def wanted(rows: Sequence[Any], left: Sequence[int]) -> JikanFound:
    """The rows of a page that are wanted; one that cannot be read is logged, and the others stand."""
    known = frozenset(left)
    shown = dict(listed(Provider.JIKAN, rows, lambda row: (read(JikanNumbered, row).mal_id, row)))
    described: dict[str, Metadata] = {}
    for number in (one for one in shown if one in known):
        described |= readable(number, shown[number])
    return JikanFound(described, max(shown, default=left[-1]))


def described(row: Any) -> Metadata:
    """One row of a list."""
    return describe(read(JikanAnime, row))


def readable(number: int, row: Any) -> dict[str, Metadata]:
    """One row by its id; none, with a line in the log, if it cannot be read."""
    try:
        return {str(number): described(row)}
    except SourceError as error:
        logs.logger().warning("row left out", provider="Jikan", id=number, message=str(error))
        return {}
