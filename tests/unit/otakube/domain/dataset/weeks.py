# SPDX-License-Identifier: Apache-2.0
"""Small weeks of a dataset, as the files have them."""

import json
from collections.abc import Iterable
from typing import Any


def row(title: str, *pages: str, **more: Any) -> dict[str, Any]:
    """A row with all fields of the schema; `pages` without a host are AniDB's numbers."""
    sources = [page if "/" in page else f"https://anidb.net/anime/{page}" for page in pages]
    return {
        "sources": sources, "title": title, "type": "TV", "episodes": 12, "status": "FINISHED",
        "animeSeason": {"season": "SPRING", "year": 2021}, "picture": "https://p.example/1.png",
        "thumbnail": "https://p.example/1t.png", "duration": {"value": 1440, "unit": "SECONDS"},
        "synonyms": [], "studios": [], "producers": [], "relatedAnime": [], "tags": [], **more,
    }  # fmt: skip


def json_lines(rows: Iterable[dict[str, Any]], updated: str | None = "2026-11-21") -> bytes:
    """A file in JSON Lines form."""
    about = {"license": {"name": "ODbL", "url": "https://l.example"}, "repository": "https://r.example"}
    if updated:
        about["lastUpdate"] = updated
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in [about, *rows]).encode() + b"\n"


def document(rows: Iterable[dict[str, Any]], *, indent: int | None = None) -> bytes:
    """A file in the form of one document."""
    whole = {"repository": "https://r.example", "lastUpdate": "2026-11-21", "data": list(rows)}
    return json.dumps(whole, ensure_ascii=False, indent=indent).encode()
