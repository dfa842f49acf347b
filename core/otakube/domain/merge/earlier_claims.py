# SPDX-License-Identifier: Apache-2.0
"""Claims of one provider read back out of a stored record, by the provenance of its fields and rows.

Nothing else keeps them: what a licence ends is taken out of the record, and so of the claims. A losing text
that was cut is not among them, nor are the votes of a recommendation that several providers count.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from otakube.domain.licences.redaction import value_of
from otakube.domain.merge.fields import parse_value
from otakube.domain.merge.policies import CHARACTER_POLICIES, EPISODE_POLICIES, POLICIES, STAFF_POLICIES
from otakube.domain.record.claims import (
    Character,
    ClaimedRecommendation,
    ClaimedRelation,
    ClaimedStreamingLink,
    ConvertedRecord,
    Episode,
    ImageLink,
    Metadata,
    Relationships,
    Staff,
    marks,
)
from otakube.domain.record.golden import (
    Attribution,
    CharacterEntry,
    EpisodeDetailEntry,
    Exactness,
    GoldenRecord,
    Provenance,
    Record,
    RowProvenance,
    StaffEntry,
)
from otakube_api.contract import Provider
from otakube_api.providers import ALTERNATIVES

Row = EpisodeDetailEntry | CharacterEntry | StaffEntry
Claim = TypeVar("Claim", bound=Record)
_JSON: TypeAdapter[Any] = TypeAdapter(Any)
_NEEDED = ("title", "type", "status")


class _Rows(NamedTuple):
    """Fields of a kind of row, and those that a row has whoever else it is of."""

    fields: Sequence[str]
    needed: Sequence[str]


_EPISODES = _Rows(tuple(EPISODE_POLICIES), ("number", "kind"))
_CHARACTERS = _Rows(tuple(CHARACTER_POLICIES), ("name", "role"))
_STAFF = _Rows(tuple(STAFF_POLICIES), ("name",))


def earlier_attribution(live: GoldenRecord, provider: Provider, *, episodes: bool) -> Attribution | None:
    """The provider's attribution; the oldest, or for `episodes` alone that of the latest episode update."""
    found = [one for one in live.attributions if one.provider is provider]
    updated = [one for one in found if one.episodes_only]
    return min(updated if episodes and updated else found, key=lambda one: one.fetched_at, default=None)


def earlier_claims(
    live: GoldenRecord, provider: Provider, *, episodes: bool = False
) -> ConvertedRecord | None:
    """All that the record still says in the provider's name; None if that names no anime.

    `episodes`: the claims are for an episode update, which has a time of its own.
    """
    said = earlier_attribution(live, provider, episodes=episodes)
    about = _metadata(live, provider, said.source_url) if said else None
    if said is None or about is None:
        return None
    return ConvertedRecord(
        provider=provider,
        source_url=said.source_url,
        fetched_at=said.fetched_at,
        stale=True,
        metadata=about,
        episodes=_rows(live.episodes, provider, _EPISODES, Episode),
        relationships=_relationships(live, provider),
        statistics=next((one for one in live.entry.statistics if one.provider is provider), None),
        characters=_rows(live.characters, provider, _CHARACTERS, Character),
        staff=_rows(live.staff, provider, _STAFF, Staff),
        missing={},
        unreadable={},
    )


def _metadata(live: GoldenRecord, provider: Provider, source_url: str) -> Metadata | None:
    values = {field: _field(live, field, provider) for field in POLICIES}
    if provider in ALTERNATIVES:  # the same pages: of two ways to a site one has the vote
        for field in _NEEDED:
            values[field] = values[field] or _field(live, field, ALTERNATIVES[provider])
    values |= {
        "source_url": source_url,
        "same_as": _field(live, "sources", provider),
        "images": [
            ImageLink(kind=one.kind, url=one.source_url)
            for one in live.entry.images
            if one.provider is provider
        ],
    }
    values["exactness"] = _exactness(live, provider)
    told = live.entry.provenance.get("synopsis")
    if told is not None and told.provider is provider and values["synopsis"] is not None:
        values["synopsis_credit"] = told.credit
    return _read(Metadata, values)


def _exactness(live: GoldenRecord, provider: Provider) -> dict[str, Exactness]:
    """Exactness of the provider's words, by field name."""
    sources = live.entry.provenance.items()
    won = {field: source.exactness.get(provider) for field, source in sources}
    lost = {
        field: one.exactness for field, source in sources for one in source.losing if one.provider is provider
    }
    return marks(**won | lost)


def _field(live: GoldenRecord, field: str, provider: Provider) -> Any:
    """The value of a field in the provider's words; None where it says nothing."""
    source = live.entry.provenance.get(field)
    value = value_of(live.entry, field) if source else None
    return _claimed(source, value, provider) if source else None


def _claimed(source: Provenance, value: Any, provider: Provider) -> Any:
    lost = next((one for one in source.losing if one.provider is provider), None)
    if lost is not None:
        return parse_value(lost.value)
    if source.shares:
        return _shared(value, source.shares, provider)
    believed = provider in source.providers or (provider is source.provider and not source.decided_by)
    return value if believed else None


def _shared(values: Sequence[Any], shares: Iterable[Sequence[Provider]], provider: Provider) -> list[Any]:
    """The provider's items of a list; those beyond the shares are a person's."""
    return [value for value, claimants in zip(values, shares, strict=False) if provider in claimants]


def _rows(rows: Sequence[Row], provider: Provider, of: _Rows, kind: type[Claim]) -> list[Claim]:
    claims = (
        _read(kind, _row(row, row.provenance, provider, of))
        for row in rows
        if provider in row.providers and row.provenance
    )
    return [claim for claim in claims if claim is not None]


def _row(row: Row, said: RowProvenance, provider: Provider, of: _Rows) -> dict[str, Any]:
    values = {field: _row_field(row, said, field, provider) for field in of.fields}
    image = values.pop("image", None)
    if "image" in of.fields:
        values["image_url"] = image
    written = {
        f"{field}_credit": credit
        for field, credit in said.credits.items()
        if said.said.get(field) is provider
    }
    return values | written | {field: getattr(row, field) for field in of.needed if values[field] is None}


def _row_field(row: Row, said: RowProvenance, field: str, provider: Provider) -> Any:
    lost = next((one for one in said.losing if one.field == field and one.provider is provider), None)
    if lost is not None:
        return parse_value(lost.value)
    if provider not in (said.said.get(field), *said.backed.get(field, ())):
        return None
    value = getattr(row, field)
    if field == "image":  # of joined characters each has its own, and one is shown
        return value.source_url if value and value.provider is provider else None
    return _shared(value, said.shares[field], provider) if field in said.shares else value


def _relationships(live: GoldenRecord, provider: Provider) -> Relationships:
    entry = live.entry
    return Relationships(
        relations=[
            ClaimedRelation(kind=one.kind, title=one.title, source_urls=one.source_urls)
            for one in entry.relations
            if provider in one.providers
        ]
        + _outweighed(live, provider),
        recommendations=[
            ClaimedRecommendation(
                title=one.title,
                source_urls=one.source_urls,
                votes=one.votes if one.providers == [provider] else None,
            )
            for one in entry.recommendations
            if provider in one.providers
        ],
        external_links=_field(live, "external_links", provider) or [],
        streaming=[
            ClaimedStreamingLink(site=one.site, url=one.url)
            for one in entry.streaming
            if provider in one.providers
        ],
    )


def _outweighed(live: GoldenRecord, provider: Provider) -> list[ClaimedRelation]:
    """Relations that contradicted a more trusted one, as far as they were noted."""
    source = live.entry.provenance.get("relations")
    lost = [parse_value(one.value) for one in source.losing if one.provider is provider] if source else []
    claims = (_read(ClaimedRelation, value) for value in lost if isinstance(value, dict))
    return [claim for claim in claims if claim is not None]


def _read(kind: type[Claim], values: dict[str, Any]) -> Claim | None:
    """Claims of these values; one that does not fit, such as a text that was cut, is left out."""
    said = {field: value for field, value in values.items() if value is not None}
    while True:
        try:
            return kind.model_validate_json(json.dumps(_JSON.dump_python(said, mode="json")))
        except ValidationError as error:
            wrong = {str(fault["loc"][0]) for fault in error.errors()} & said.keys()
            if not wrong:
                return None
            said = {field: value for field, value in said.items() if field not in wrong}
