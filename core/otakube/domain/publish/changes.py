# SPDX-License-Identifier: Apache-2.0
"""Differences of two versions of an entry, field by field and row by row; pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from otakube.domain.licences.redaction import value_of
from otakube.domain.merge.fields import identity
from otakube.domain.publish.explain import FIELDS
from otakube.domain.publish.explain_rows import COLLECTIONS, Row, fields, row_name
from otakube.domain.publish.explained import as_json
from otakube.domain.record.golden import GoldenRecord, StaffEntry

COUNTED = ("statistics", "relations", "recommendations", "streaming", "images")
"""Lists of rows whose single fields nobody compares: what came and what went is said."""


class Change(BaseModel):
    """One difference. `before` None: it is new; `after` None: it is gone."""

    field: str
    before: Any
    after: Any


def changes(before: GoldenRecord, after: GoldenRecord) -> list[Change]:
    """Every difference that a reader can see, and who spoke."""
    rows = [change for name in COLLECTIONS for change in _rows(name, before, after)]
    return [*_entry(before, after), *rows, *_providers(before, after)]


def summary(found: Sequence[Change]) -> str:
    """The differences in a line: rows are counted, fields are named."""
    counts: Counter[tuple[str, str]] = Counter()
    named: list[str] = []
    for change in found:
        name, _, rest = change.field.partition(".")
        if name not in COLLECTIONS:
            named.append(_named(change))
        else:
            counts[name, _sign(change, whole="." not in rest)] += 1
    signs = [f"{name} {sign}{count}" for (name, sign), count in counts.items()]
    return ", ".join([*named, *signs]) or "nothing that a reader sees"


def _named(change: Change) -> str:
    short = [value for value in (change.before, change.after) if isinstance(value, str | int | float)]
    if len(short) == 2 and all(len(str(value)) <= 30 for value in short):
        return f"{change.field} {change.before} -> {change.after}"
    return change.field


def _sign(change: Change, *, whole: bool) -> str:
    if whole and change.before is None:
        return "+"
    return "-" if whole and change.after is None else "~"


def _entry(before: GoldenRecord, after: GoldenRecord) -> Iterator[Change]:
    for field in FIELDS:
        old, new = value_of(before.entry, field), value_of(after.entry, field)
        if isinstance(old, list) and isinstance(new, list):
            yield from _list(field, old, new)
        elif old != new:
            yield Change(field=field, before=as_json(old), after=as_json(new))


def _list(field: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    """Items that left a list, and those that came; its order says nothing."""
    before, after = ({_key(field, one): one for one in rows} for rows in (old, new))
    gone = [_describe(field, one) for key, one in before.items() if key not in after]
    came = [_describe(field, one) for key, one in after.items() if key not in before]
    if gone or came:
        yield Change(field=field, before=gone or None, after=came or None)


def _key(field: str, row: Any) -> str:
    return str(_describe(field, row)) if field in COUNTED else identity(row)


def _describe(field: str, row: Any) -> Any:
    if field == "statistics":
        return row.provider.value
    if field == "images":
        return row.source_url
    if field in COUNTED:
        return f"{row.kind} {row.title}" if field == "relations" else getattr(row, "title", None) or row.url
    return as_json(row)


def _rows(collection: str, before: GoldenRecord, after: GoldenRecord) -> Iterator[Change]:
    old, new = (_by_key(getattr(record, collection)) for record in (before, after))
    for key, row in old.items():
        here = f"{collection}.{row_name(row)}"
        if key not in new:
            yield Change(field=here, before=_line(row), after=None)
            continue
        for field in fields(collection):
            was, now = _value(row, field), _value(new[key], field)
            if was != now:
                yield Change(field=f"{here}.{field}", before=was, after=now)
    for key, row in new.items():
        if key not in old:
            yield Change(field=f"{collection}.{row_name(row)}", before=None, after=_line(row))


def _by_key(rows: Sequence[Row]) -> Mapping[str, Row]:
    """By id; people of the staff have none and are told by their names."""
    return {one.name if isinstance(one, StaffEntry) else one.id: one for one in rows}


def _value(row: Row, field: str) -> Any:
    value = getattr(row, field)
    return value.source_url if field == "image" and value else as_json(value)


def _line(row: Row) -> str:
    """A row in a word: its title or name."""
    return getattr(row, "title", None) or getattr(row, "name", None) or row_name(row)


def _providers(before: GoldenRecord, after: GoldenRecord) -> Iterator[Change]:
    """Providers whose words came or went, or became old copies."""
    old, new = ({one.provider.value: one for one in reversed(r.attributions)} for r in (before, after))
    for name in dict.fromkeys([*old, *new]):
        was, now = (side.get(name) for side in (old, new))
        if was is None or now is None or was.stale != now.stale:
            states = [None if one is None else "stale" if one.stale else "fresh" for one in (was, now)]
            yield Change(field=f"providers.{name}", before=states[0], after=states[1])
