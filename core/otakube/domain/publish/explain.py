# SPDX-License-Identifier: Apache-2.0
"""Explanation of each field's value: claimants, time, confidence, losing values; pure."""

from typing import Any

from otakube.domain.licences.redaction import TITLES, value_of
from otakube.domain.publish.explain_rows import COLLECTIONS, explain_rows, row_name
from otakube.domain.publish.explained import Explained, UnknownField, as_json
from otakube.domain.record.golden import AnimeEntry, GoldenRecord, Provenance

OURS = (
    "id",
    "schema_version",
    "provenance",
    "confidence",
    "accepted_suggestions",
    "aired_from_precision",
    "aired_to_precision",
)

FIELDS = [
    field
    for name in AnimeEntry.model_fields
    if name not in OURS
    for field in (TITLES if name == "titles" else [name])
]

ALIASES = {f"titles.{name}": field for field, name in TITLES.items()}


def explain(record: GoldenRecord, field: str | None = None) -> list[Explained]:
    """Every field of the entry that has a value, or those that are asked for; else UnknownField.

    `field`: one of FIELDS, `titles.english`, `episodes`, `episodes.3`, `episodes.S1.title`,
    `characters.NAME_OR_ID.role`, `staff.NAME.positions`.
    """
    if not field:
        return [one for name in FIELDS if (one := _field(record.entry, name)).value not in (None, [], {})]
    if field == "titles":
        return [_field(record.entry, name) for name in TITLES]
    name = ALIASES.get(field, field)
    if name in FIELDS:
        return [_field(record.entry, name)]
    collection, _, address = field.partition(".")
    if collection not in COLLECTIONS:
        raise UnknownField(_unknown(field, record))
    return explain_rows(record, collection, address)


def _unknown(field: str, record: GoldenRecord) -> str:
    """List the fields that there are."""
    rows = [f"{name}.{row_name(found[0])}" for name in COLLECTIONS if (found := getattr(record, name))]
    there = ", ".join([*FIELDS, *COLLECTIONS, *rows])
    return f"field {field[:100]!r} is none of an entry's: {there}"


def _field(entry: AnimeEntry, name: str) -> Explained:
    value = as_json(value_of(entry, name))
    source = entry.provenance.get(name)
    if source is None:
        return _suggested(entry, name, value)
    return Explained(field=name, value=value, **_facts(source))


def _facts(source: Provenance) -> dict[str, Any]:
    facts = source.model_dump(mode="json", exclude={"shares"})
    return facts | {"providers": facts["providers"] or [facts["provider"]]}


def _suggested(entry: AnimeEntry, name: str, value: Any) -> Explained:
    """A field that nobody says, unless a person took over a suggestion for it."""
    taken = next((one for one in entry.accepted_suggestions if one.field == name), None)
    if taken is None:
        return Explained(field=name, value=value)
    return Explained(field=name, value=value, provider=taken.suggested_by, decided_by=taken.accepted_by)
