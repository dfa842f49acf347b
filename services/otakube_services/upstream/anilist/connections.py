# SPDX-License-Identifier: Apache-2.0
"""AniList's connections: nodes and edges of one page. And what every shape needs besides its title."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otakube_services.upstream.catalogue import Title

Json = dict[str, Any]
SITE = "https://anilist.co"


@dataclass(frozen=True, slots=True)
class View:
    """What a shape needs besides its title."""

    others: dict[str, Title]
    base: str
    now: datetime


def connection(rows: list[Json], page: int, per_page: int, *, edge: Callable[[Json], Json]) -> Json:
    """Nodes and edges of one page, at most 25 as AniList gives inside a Media."""
    size = max(1, min(per_page, 25))
    shown = rows[(page - 1) * size : page * size]
    return {
        "nodes": shown,
        "edges": [edge(row) for row in shown],
        "pageInfo": page_info(len(rows), page, size),
    }


def page_info(total: int, page: int, size: int) -> Json:
    """A PageInfo."""
    last = max(1, -(-total // size))
    return {
        "total": total,
        "perPage": size,
        "currentPage": page,
        "lastPage": last,
        "hasNextPage": page < last,
    }
