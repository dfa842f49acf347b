# SPDX-License-Identifier: Apache-2.0
"""AniList's connections: nodes and edges of one page. And the context of every shape."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otakube_standins.upstream.catalogue import InventedTitle

Json = dict[str, Any]
SITE = "https://anilist.co"
_GUESSED_TOTAL = 500  # AniList says so of every connection that has a second page


@dataclass(frozen=True, slots=True)
class AniListView:
    """Context of a shape besides its title."""

    others: dict[str, InventedTitle]
    base: str
    now: datetime


def connection(
    rows: list[Json], page: int, per_page: int, *, edge: Callable[[Json], Json], most: int = 25
) -> Json:
    """Nodes and edges of one page, at most `most` of them, inside a Media."""
    size = max(1, min(per_page, most))
    shown = rows[(page - 1) * size : page * size]
    return {
        "nodes": shown,
        "edges": [edge(row) for row in shown],
        "pageInfo": page_info(len(rows), page, size, guessed=_GUESSED_TOTAL),
    }


def page_info(total: int, page: int, size: int, *, guessed: int | None = None) -> Json:
    """A PageInfo; `guessed` stands for the total, and for the last page, where one page does not hold all."""
    said = total if guessed is None or total <= size else guessed
    return {
        "total": said,
        "perPage": size,
        "currentPage": page,
        "lastPage": max(1, -(-said // size)),
        "hasNextPage": page * size < total,
    }
