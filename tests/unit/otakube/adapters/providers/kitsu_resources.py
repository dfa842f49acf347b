# SPDX-License-Identifier: Apache-2.0
"""Answers of the least that Kitsu says, and of what a test adds."""

from datetime import UTC, datetime
from typing import Any

from otakube.ports.providers import Answer, RawRecord
from otakube_api.contract import Provider

NOW = datetime(2026, 11, 20, tzinfo=UTC)
Json = dict[str, Any]
LEAST: Json = {"canonicalTitle": "Kasa no Eki", "status": "finished", "subtype": "TV"}


def resource(kind: str, number: str, attributes: Json, **related: Any) -> Json:
    """One resource; `related` are the (type, id) that its relationships point to."""

    def data(pointed: Any) -> Any:
        if isinstance(pointed, list):
            return [{"type": one, "id": at} for one, at in pointed]
        return pointed and {"type": pointed[0], "id": pointed[1]}

    links = {name: {"data": data(pointed)} for name, pointed in related.items()}
    return {"type": kind, "id": number, "attributes": attributes, "relationships": links}


def anime(*included: Json, related: Json | None = None, **said: Any) -> Json:
    """An answer with the least that Kitsu says, and with what a test adds."""
    return {"data": [resource("anime", "7", LEAST | said, **(related or {}))], "included": list(included)}


def raw(body: Json | None = None, **parts: Any) -> RawRecord:
    bodies = {"anime": body or anime()} | {name.replace("_", "/"): part for name, part in parts.items()}
    return RawRecord(
        provider=Provider.KITSU,
        source_url="https://kitsu.app/anime/7",
        answers={name: Answer(url="said", fetched_at=NOW, body=one) for name, one in bodies.items()},
    )
