# SPDX-License-Identifier: Apache-2.0
"""The licences applied when a record is read: what readers may not see is withheld, and said to be."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from statistics import fmean
from typing import Any, NamedTuple, TypeVar

from otakube.domain.record.golden import (
    AnimeEntry,
    CharacterEntry,
    EpisodeDetailEntry,
    GoldenRecord,
    Provenance,
    Record,
    RowProvenance,
    StaffEntry,
)
from otakube_api.contract import Provider

Blocked = Mapping[Provider, str]
"""Providers whose claims are not for readers, with the reasons."""

Item = TypeVar("Item", bound=Record)
Row = TypeVar("Row", EpisodeDetailEntry, CharacterEntry, StaffEntry)

TITLES = {"title": "main", "title_english": "english", "title_japanese": "japanese", "synonyms": "synonyms"}
"""Providers agree about some titles of an anime and not about others: each has a provenance of its own."""

_LISTS = ("relations", "recommendations", "streaming", "statistics", "images")
_NEEDED = ("title", "type", "status", "sources")


class Withheld(Record):
    """Withheld values; `count` values or rows of one field."""

    field: str
    count: int
    reason: str


class Readable(NamedTuple):
    """`record` None: without what is withheld there is no entry."""

    record: GoldenRecord | None
    withheld: list[Withheld]


def readable(record: GoldenRecord, now: datetime) -> Readable:
    """The record as readers may see it: published by its licences, and not beyond their time."""
    blocked, of_episodes = blocked_by(record, now), blocked_by(record, now, episodes=True)
    cut = _Cut()
    entry = _entry(record.entry, blocked, now, cut)
    rows = {
        "episodes": _rows("episodes", record.episodes, of_episodes, cut),
        "characters": _rows("characters", record.characters, blocked, cut),
        "staff": _rows("staff", record.staff, blocked, cut),
    }
    if not blocked and not of_episodes and not cut.found:
        return Readable(record, [])
    withheld = cut.withheld()
    if entry is None:
        return Readable(None, withheld)
    return Readable(record.model_copy(update={"entry": entry, **rows}), withheld)


def blocked_by(record: GoldenRecord, now: datetime, *, episodes: bool = False) -> dict[Provider, str]:
    """The providers whose words readers do not get; those of `episodes` may be younger than the rest."""
    said = {one.provider: one for one in record.attributions if not one.episodes_only}
    if episodes:
        said |= {one.provider: one for one in record.attributions if one.episodes_only}
    found = {provider: _reason(one.publishable, one.expires_at, now) for provider, one in said.items()}
    return {provider: f"{provider}: {reason}" for provider, reason in found.items() if reason}


def _reason(publishable: bool, expires_at: datetime | None, now: datetime) -> str | None:
    if not publishable:
        return "its licence does not let it be published"
    if expires_at is not None and expires_at <= now:
        return f"its licence let it be kept until {expires_at:%Y-%m-%d}"
    return None


class _Cut:
    """Notes what is withheld, by field and reason."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], int] = {}

    def note(self, field: str, reason: str) -> None:
        self.found[field, reason] = self.found.get((field, reason), 0) + 1

    def withheld(self) -> list[Withheld]:
        return [
            Withheld(field=field, count=count, reason=reason) for (field, reason), count in self.found.items()
        ]


def _entry(entry: AnimeEntry, blocked: Blocked, now: datetime, cut: _Cut) -> AnimeEntry | None:
    """The entry with what is left of each field; None if a needed one is gone."""
    values = {field: value_of(entry, field) for field in entry.provenance if known_field(field)}
    values |= {field: getattr(entry, field) for field in _LISTS}
    left = {
        field: _left(field, values[field], entry.provenance.get(field), blocked, now, cut) for field in values
    }
    if any(field in left and left[field] in (None, []) for field in _NEEDED):
        return None
    titles = {name: left.pop(field) for field, name in TITLES.items() if field in left}
    if left["statistics"] != entry.statistics:
        scores = [one.score for one in left["statistics"] if one.score is not None]
        left["score"] = round(fmean(scores), 2) if scores else None
    left["provenance"] = {
        field: _without_losers(source, blocked) for field, source in entry.provenance.items()
    }
    for field in ("aired_from", "aired_to"):
        if left.get(field, ...) is None:
            left[f"{field}_precision"] = "Day"
    return entry.model_copy(update=left | {"titles": entry.titles.model_copy(update=titles)})


def known_field(field: str) -> bool:
    """Tell whether a provenance is of a field that entries have; older records name others."""
    return field in TITLES or field in AnimeEntry.model_fields


def value_of(entry: AnimeEntry, field: str) -> Any:
    """A field's value by the name that its provenance has."""
    return getattr(entry.titles, TITLES[field]) if field in TITLES else getattr(entry, field)


def _left(
    field: str, value: Any, source: Provenance | None, blocked: Blocked, now: datetime, cut: _Cut
) -> Any:
    if field in _LISTS:
        return _kept(field, value, [_claimants(row) for row in value], blocked, cut)
    if source is None or value in (None, []):
        return value
    if source.shares and len(source.shares) <= len(value):
        accepted: list[list[Provider]] = [[]] * (len(value) - len(source.shares))  # by a person
        return _kept(field, value, [*source.shares, *accepted], blocked, cut)
    if source.decided_by:
        return value
    reason = _reason(source.publishable, source.expires_at, now)
    if reason is None:
        return value
    cut.note(field, f"{source.provider}: {reason}")
    return [] if isinstance(value, list) else None


def _claimants(row: Any) -> Sequence[Provider]:
    return row.providers if hasattr(row, "providers") else [row.provider]


def _kept(
    field: str, items: Sequence[Any], shares: Sequence[Sequence[Provider]], blocked: Blocked, cut: _Cut
) -> list[Any]:
    """The items that somebody says whose words readers get."""
    kept = []
    for item, claimants in zip(items, shares, strict=True):
        if claimants and all(provider in blocked for provider in claimants):
            cut.note(field, blocked[claimants[0]])
        else:
            kept.append(item)
    return kept


def _without_losers(source: Provenance, blocked: Blocked) -> Provenance:
    if not any(one.provider in blocked for one in source.losing):
        return source
    return source.model_copy(update={"losing": [one for one in source.losing if one.provider not in blocked]})


def _rows(name: str, rows: Sequence[Row], blocked: Blocked, cut: _Cut) -> list[Row]:
    if not blocked:
        return list(rows)
    found = (_row(name, row, blocked, cut) for row in rows)
    return [row for row in found if row is not None]


_EMPTY: dict[str, Callable[[], Any]] = {
    "filler": bool, "recap": bool, "voice_actors": list, "positions": list,
}  # fmt: skip
_ROW_NEEDS = ("number", "kind", "name", "role")


def _row(name: str, row: Row, blocked: Blocked, cut: _Cut) -> Row | None:
    """Rest of a row; None if that is no row."""
    said: RowProvenance | None = row.provenance
    if said is None:
        return row if _kept(name, [row], [row.providers], blocked, cut) else None
    gone = _gone(said, blocked)
    if any(field in _ROW_NEEDS for field in gone):
        cut.note(name, next(reason for field, reason in gone.items() if field in _ROW_NEEDS))
        return None
    changes: dict[str, Any] = {}
    for field, reason in gone.items():
        cut.note(f"{name}.{field}", reason)
        changes[field] = _EMPTY[field]() if field in _EMPTY else None
    for field, shares in said.shares.items():
        items = getattr(row, field)
        if field not in gone and len(shares) == len(items):
            changes[field] = _kept(f"{name}.{field}", items, shares, blocked, cut)
    losing = [one for one in said.losing if one.provider not in blocked]
    credits = {field: credit for field, credit in said.credits.items() if field not in gone}
    changes["provenance"] = said.model_copy(update={"losing": losing, "credits": credits})
    return row.model_copy(update=changes)


def _gone(said: RowProvenance, blocked: Blocked) -> dict[str, str]:
    """The fields that only such providers say, with the reasons."""
    return {
        field: blocked[provider]
        for field, provider in said.said.items()
        if all(one in blocked for one in (provider, *said.backed.get(field, ())))
    }
