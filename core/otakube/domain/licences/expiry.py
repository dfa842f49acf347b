# SPDX-License-Identifier: Apache-2.0
"""Removes values whose licence has expired from a stored record. Idempotent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from otakube.domain.licences.redaction import Withheld, blocked_by, readable, value_of
from otakube.domain.record.golden import (
    AnimeEntry,
    Attribution,
    CharacterEntry,
    EpisodeDetailEntry,
    GoldenRecord,
    Provenance,
    RowProvenance,
    StaffEntry,
)
from otakube_api.contract import Provider

Row = TypeVar("Row", EpisodeDetailEntry, CharacterEntry, StaffEntry)
Gone = Collection[Provider]
_SAYING = ("relations", "recommendations", "streaming")  # rows that list their providers and no fields


class Expired(NamedTuple):
    """`record` is the one given if nothing is due, None if nothing would be left that is an entry."""

    record: GoldenRecord | None
    removed: list[Withheld]


def without_expired(record: GoldenRecord, now: datetime, unstorable: Collection[Provider] = ()) -> Expired:
    """The record without the values whose time is over, and without those that only `unstorable` ones say.

    A value that somebody else says as well stays, and is theirs from then on.
    """
    timed = _as_if_published(record, now, unstorable)
    found = readable(timed, now)
    gone, of_episodes = blocked_by(timed, now), blocked_by(timed, now, episodes=True)
    if not gone and not of_episodes and not found.withheld:
        return Expired(record, [])
    if found.record is None:
        return Expired(None, found.withheld)
    left = found.record
    attributions = [one for one in record.attributions if not _over(one, now, unstorable)]
    kept = {
        "entry": _entry(record.entry, left.entry, gone, {one.provider: one for one in attributions}),
        "episodes": [_row(row, of_episodes) for row in left.episodes],
        "characters": [_row(row, gone) for row in left.characters],
        "staff": [_row(row, gone) for row in left.staff],
        "attributions": attributions,
    }
    return Expired(record.model_copy(update=kept), found.withheld)


def _as_if_published(record: GoldenRecord, now: datetime, unstorable: Gone) -> GoldenRecord:
    """For time alone: whether readers may see a value is not the question."""

    def source(one: Provenance) -> Provenance:
        claimants = {one.provider, *one.providers}
        over = {"expires_at": now} if claimants <= set(unstorable) else {}
        return one.model_copy(update={"publishable": True, **over})

    def attribution(one: Attribution) -> Attribution:
        over = {"expires_at": now} if one.provider in unstorable else {}
        return one.model_copy(update={"publishable": True, **over})

    said = {field: source(one) for field, one in record.entry.provenance.items()}
    return record.model_copy(
        update={
            "entry": record.entry.model_copy(update={"provenance": said}),
            "attributions": [attribution(one) for one in record.attributions],
        }
    )


def _over(one: Attribution, now: datetime, unstorable: Gone) -> bool:
    return one.provider in unstorable or (one.expires_at is not None and one.expires_at <= now)


def _entry(
    before: AnimeEntry, left: AnimeEntry, gone: Gone, said: Mapping[Provider, Attribution]
) -> AnimeEntry:
    """The provenance of what is left, by those who may still be named."""
    provenance = {
        field: _reattributed(_with_shares(before, field, gone), left.provenance[field], gone, said)
        for field in before.provenance
        if field not in left.provenance or _still_there(before, left, field)
    }
    rows = {
        field: [
            row.model_copy(update={"providers": _others(row.providers, gone)}) for row in getattr(left, field)
        ]
        for field in _SAYING
    }
    return left.model_copy(update={"provenance": provenance, **rows})


def _still_there(before: AnimeEntry, left: AnimeEntry, field: str) -> bool:
    """Tell whether a field that had a value has one; those that never had keep what was said about that."""
    try:
        return value_of(left, field) not in (None, []) or value_of(before, field) in (None, [])
    except AttributeError:  # of an older release
        return True


def _with_shares(entry: AnimeEntry, field: str, gone: Gone) -> Provenance:
    """The shares of the items that are left; those whose claimants are all gone went with their items."""
    source = entry.provenance[field]
    left = [_others(claimants, gone) for claimants in source.shares]
    return source.model_copy(update={"shares": [claimants for claimants in left if claimants]})


def _reattributed(
    before: Provenance, left: Provenance, gone: Gone, said: Mapping[Provider, Attribution]
) -> Provenance:
    """The value is the next one's who says it too."""
    others = _others(before.providers, gone)
    if before.decided_by:  # a person's word: its time and licence are theirs
        return before.model_copy(update={"providers": others, "losing": left.losing})
    changes: dict[str, Any] = {"providers": others, "losing": left.losing}
    if before.provider in gone and others:
        next_ = said.get(others[0])
        changes["provider"] = others[0]
        if next_:
            changes |= {"fetched_at": next_.fetched_at, "licence": next_.licence, "stale": next_.stale}
    return before.model_copy(update=changes)


def _row(row: Row, gone: Gone) -> Row:
    """A row whose expired fields are empty already: who says the others."""
    changes: dict[str, Any] = {"providers": _others(row.providers, gone)}
    if row.provenance is not None:
        changes["provenance"] = _row_provenance(row.provenance, gone)
    return row.model_copy(update=changes)


def _row_provenance(said: RowProvenance, gone: Gone) -> RowProvenance:
    claimants = {
        field: _others([provider, *said.backed.get(field, ())], gone) for field, provider in said.said.items()
    }
    shares = {
        field: [left for one in items if (left := _others(one, gone))] for field, items in said.shares.items()
    }
    return said.model_copy(
        update={
            "said": {field: names[0] for field, names in claimants.items() if names},
            "backed": {field: names[1:] for field, names in claimants.items() if names[1:]},
            "sure": {field: sure for field, sure in said.sure.items() if claimants.get(field, [None])},
            "shares": shares,
            "credits": {field: credit for field, credit in said.credits.items() if claimants.get(field)},
        }
    )


def _others(providers: Sequence[Provider], gone: Gone) -> list[Provider]:
    return [provider for provider in providers if provider not in gone]
