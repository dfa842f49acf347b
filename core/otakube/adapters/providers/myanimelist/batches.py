# SPDX-License-Identifier: Apache-2.0
"""Choice between the ranking of all anime and one anime after another. Pure.

The API takes no list of ids. Its nearest thing to a batch is the ranking, 500 a page; how many pages it has
is not said, and where an id stands in it neither.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from otakube import logs
from otakube.adapters.http.parsing import read, refuse
from otakube.adapters.http.rows import listed
from otakube.adapters.providers.myanimelist.answers import MyAnimeListAnime, MyAnimeListNumbered
from otakube.adapters.providers.myanimelist.convert import describe
from otakube.domain.record.claims import Metadata
from otakube.errors import SourceError
from otakube_api.contract import Provider

PAGE = 500  # the most that MyAnimeList gives
FEW = 60  # ids that cost no more one by one than the whole ranking: it has some 30,000 anime


def number(provider_id: str) -> int:
    """MyAnimeList's number; SourceError for what is none, before it becomes part of a URL."""
    if not re.fullmatch(r"[1-9][0-9]{0,9}", provider_id):
        refuse("MyAnimeList's id", provider_id, "a number")
    return int(provider_id)


def walks(left: int, found: int, pages: int) -> bool:
    """True if one more page is worth it: while each page read has shown at least one of the ids, on average.

    So a walk costs at most one request more than asking for each id.
    """
    return left > 0 and (left > FEW if pages == 0 else found >= pages)


def wanted(nodes: Sequence[Any], left: Collection[int]) -> dict[int, dict[str, Metadata]]:
    """Ids that a page shows, with what could be read of each."""
    shown = dict(listed(Provider.MYANIMELIST, nodes, lambda node: (read(MyAnimeListNumbered, node).id, node)))
    return {number: readable(number, shown[number]) for number in left if number in shown}


def described(node: Any) -> Metadata:
    """One anime of a list."""
    return describe(read(MyAnimeListAnime, node))


def readable(number: int, node: Any) -> dict[str, Metadata]:
    """One anime by its id; none, with a line in the log, if it cannot be read."""
    try:
        return {str(number): described(node)}
    except SourceError as error:
        logs.logger().warning("row left out", provider="MyAnimeList", id=number, message=str(error))
        return {}
