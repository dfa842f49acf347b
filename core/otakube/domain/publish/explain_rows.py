# SPDX-License-Identifier: Apache-2.0
"""Explanation of the fields of episodes, characters and staff, found by number, id or name; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from otakube.domain.merge.episodes import episode_key, format_key
from otakube.domain.merge.people import all_keys, keys
from otakube.domain.publish.explained import Explained, Losing, UnknownField, as_json
from otakube.domain.record.golden import (
    Attribution,
    CharacterEntry,
    EpisodeDetailEntry,
    GoldenRecord,
    StaffEntry,
)

Row = EpisodeDetailEntry | CharacterEntry | StaffEntry

OURS = ("id", "providers", "provenance")

COLLECTIONS: dict[str, type[Row]] = {
    "episodes": EpisodeDetailEntry,
    "characters": CharacterEntry,
    "staff": StaffEntry,
}

NAMED_LIMIT = 10
"""Rows that an error names."""


def explain_rows(record: GoldenRecord, collection: str, address: str) -> list[Explained]:
    """All rows in one line each (no address), all fields of a row, or one field; else UnknownField."""
    rows: Sequence[Row] = getattr(record, collection)
    said = attributions(record, episodes=collection == "episodes")
    if not address:
        return [_line(collection, row, said) for row in rows]
    row, field = found(collection, rows, address)
    if field:
        return [_field(collection, row, field, said)]
    told = (name for name in fields(collection) if getattr(row, name) not in (None, [], False))
    return [_field(collection, row, name, said) for name in told]


def fields(collection: str) -> list[str]:
    """Fields of a row."""
    return [name for name in COLLECTIONS[collection].model_fields if name not in OURS]


def attributions(record: GoldenRecord, *, episodes: bool) -> dict[str, Attribution]:
    """Attributions of the rows; an episode update is younger than the rest."""
    whole = [one for one in record.attributions if not one.episodes_only]
    updated = [one for one in record.attributions if one.episodes_only and episodes]
    return {one.provider: one for one in (*whole, *updated)}


def found(collection: str, rows: Sequence[Row], address: str) -> tuple[Row, str]:
    """The row of `3`, `S1`, an id or a name (which may hold dots), and the field behind it, or ""."""
    for name, field in ((address, ""), address.rpartition(".")[::2]):
        matching = [row for row in rows if name and _is(row, name)]
        if len(matching) > 1:
            ids = ", ".join(row.id for row in matching if not isinstance(row, StaffEntry))
            raise UnknownField(
                f"{len(matching)} {collection} are called {name[:100]!r}{ids and f': give the id ({ids})'}"
            )
        if matching and field and field not in fields(collection):
            there = ", ".join(fields(collection))
            raise UnknownField(f"field {field[:100]!r} is none of {collection}: {there}")
        if matching:
            return matching[0], field
    raise UnknownField(_no_row(collection, rows, address))


def _no_row(collection: str, rows: Sequence[Row], address: str) -> str:
    some = ", ".join(map(row_name, rows[:NAMED_LIMIT])) + (", …" if len(rows) > NAMED_LIMIT else "")
    return f"{collection} has no {address[:100]!r}; there are {some or 'none'}"


def _is(row: Row, name: str) -> bool:
    if isinstance(row, EpisodeDetailEntry):
        return name in (row.id, format_key(episode_key(row)))
    if isinstance(row, CharacterEntry) and name == row.id:
        return True
    return bool(set(keys(name, name)) & set(all_keys(row)))


def row_name(row: Row) -> str:
    """Name by which a row is asked for."""
    return format_key(episode_key(row)) if isinstance(row, EpisodeDetailEntry) else row.name


def _line(collection: str, row: Row, said: Mapping[str, Attribution]) -> Explained:
    """A row as a whole: who lists it."""
    title = (row.title or row.title_romaji or "") if isinstance(row, EpisodeDetailEntry) else row.name
    first = row.providers[0] if row.providers else None
    confidence = row.provenance.confidence if row.provenance else None
    return Explained(
        field=f"{collection}.{row_name(row)}",
        value=title,
        provider=first,
        providers=list(row.providers),
        confidence=confidence,
        **_facts(said.get(first) if first else None),
    )


def _field(collection: str, row: Row, name: str, said: Mapping[str, Attribution]) -> Explained:
    source = row.provenance
    answer = {"field": f"{collection}.{row_name(row)}.{name}", "value": as_json(getattr(row, name))}
    provider = source.said.get(name) if source else None
    if source is None or provider is None:
        return Explained(**answer, providers=[] if source else list(row.providers))
    return Explained(
        **answer,
        provider=provider,
        providers=[provider, *source.backed.get(name, ())],
        confidence=source.sure.get(name, source.confidence),
        losing=[Losing(provider=one.provider, value=one.value) for one in source.losing if one.field == name],
        **_facts(said.get(provider)),
    )


def _facts(by: Attribution | None) -> dict[str, Any]:
    """Time, licence and age of an attribution."""
    if by is None:
        return {}
    shown = ("fetched_at", "licence", "stale", "publishable", "expires_at")
    return by.model_dump(mode="json", include=set(shown))
