# SPDX-License-Identifier: Apache-2.0
"""Who says each field's value, when, how sure, and what the others said; pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from otakube.domain.entry import AnimeEntry, Provenance

NOT_EXPLAINED = {"id", "schema_version", "provenance", "confidence"}
"""Ours, not a provider's."""

TITLES = {"title": "main", "title_english": "english", "title_japanese": "japanese", "synonyms": "synonyms"}
"""Providers agree about some titles of an anime and not about others, so each has a provenance of its own."""

FIELDS = [
    field
    for name in AnimeEntry.model_fields
    if name not in NOT_EXPLAINED
    for field in (TITLES if name == "titles" else [name])
]


class Losing(BaseModel):
    """What another provider said."""

    provider: str
    value: str  # JSON, cut


class Explained(BaseModel):
    """One field. Without a provider it is put together from several, each named inside the value."""

    field: str
    value: Any
    provider: str | None = None
    fetched_at: str | None = None
    licence: str | None = None
    confidence: float | None = None
    stale: bool = False
    losing: list[Losing] = []


def explain(entry: AnimeEntry, field: str | None = None) -> list[Explained]:
    """Every field that has a value, or the one that is asked for; KeyError if there is no such field."""
    if field is not None and field not in FIELDS:
        raise KeyError(field)
    values = entry.model_dump(mode="json")
    values |= {field: values["titles"][name] for field, name in TITLES.items()}
    wanted = [field] if field else [name for name in FIELDS if values[name] not in (None, [], {})]
    return [_explained(name, values, entry.provenance.get(name)) for name in wanted]


def _explained(name: str, values: Mapping[str, Any], provenance: Provenance | None) -> Explained:
    if provenance is None:
        return Explained(field=name, value=values[name])
    facts = provenance.model_dump(mode="json")
    return Explained(field=name, value=values[name], **facts)
