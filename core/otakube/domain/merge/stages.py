# SPDX-License-Identifier: Apache-2.0
"""The five stages: what each makes of all providers' claims, and the record that is its checkpoint.

A stage whose result changes for the same claims gets another `version`: checkpoints of others are made anew.
"""

from collections.abc import Collection, Mapping, Sequence
from statistics import fmean
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from otakube.domain.locks.lock import FieldLock
from otakube.domain.merge.alignment import align
from otakube.domain.merge.characters import merge_characters
from otakube.domain.merge.episodes import airing_findings, doubled_findings, merge_episodes
from otakube.domain.merge.fields import Claimants, Merged, merge_metadata
from otakube.domain.merge.locked_fields import apply_locked_fields
from otakube.domain.merge.numbering import numbered, numbering_findings
from otakube.domain.merge.people import merge_staff
from otakube.domain.merge.policies import LIST_POLICIES, RELATION_ORDER, TRUST
from otakube.domain.merge.recommendations import merge_recommendations, merge_streaming
from otakube.domain.merge.relations import merge_relations
from otakube.domain.record import handover
from otakube.domain.record.claims import Character, Episode, Metadata, Relationships, Staff, marks
from otakube.domain.record.golden import (
    Attribution,
    Broadcast,
    CharacterEntry,
    EpisodeDetailEntry,
    Exactness,
    Id,
    Image,
    Provenance,
    Recommendation,
    Record,
    Relation,
    StaffEntry,
    Statistics,
    StreamingLink,
    Url,
)
from otakube.domain.record.text import comparable
from otakube_api.contract import Provider

_MOST_SPELLINGS = 5
Sources = dict[str, Provenance]
"""Provenance of each field that a stage makes."""


class Stage(Record):
    """A checkpoint; one without a version is of a release before there were any."""

    @model_validator(mode="after")
    def _versioned(self, info: ValidationInfo) -> Self:
        if info.mode == "json" and "version" not in self.model_fields_set:
            raise ValueError("the checkpoint has no version")
        return self


class MetadataStage(Stage):
    """`merged` holds the winning values; its `same_as` are all pages of the anime."""

    version: Literal[4] = 4
    merged: Metadata
    provenance: Sources
    images: list[Image] = Field(default=[], max_length=100)


class EpisodesStage(Stage):
    """`attributions` say whose words the whole run is made of: every run has this stage."""

    version: Literal[4] = 4
    episodes: list[EpisodeDetailEntry] = Field(default=[], max_length=10_000)
    attributions: list[Attribution] = Field(default=[], max_length=10)
    findings: list[str] = Field(default=[])


class RelationshipsStage(Stage):
    version: Literal[3] = 3
    relations: list[Relation] = Field(default=[], max_length=500)
    recommendations: list[Recommendation] = Field(default=[], max_length=200)
    external_links: list[Url] = Field(default=[], max_length=200)
    streaming: list[StreamingLink] = Field(default=[], max_length=200)
    provenance: Sources = Field(default={})
    findings: list[str] = Field(default=[])


class StatisticsStage(Stage):
    version: Literal[2] = 2
    statistics: list[Statistics] = Field(default=[], max_length=10)
    score: float | None = None
    provenance: Sources = Field(default={})


class CharactersStage(Stage):
    """`known` are the ids of characters that the catalogue has."""

    version: Literal[4] = 4
    characters: list[CharacterEntry] = Field(default=[], max_length=5_000)
    staff: list[StaffEntry] = Field(default=[], max_length=2_000)
    known: list[Id] = Field(default=[], max_length=5_000)
    findings: list[str] = Field(default=[])


def metadata_stage(
    described: Mapping[Provider, Metadata], claimants: Claimants, locked: Mapping[str, FieldLock] = {}
) -> MetadataStage:
    """The anime itself, field by field by the policy table; a field that a person `locked` stands."""
    merged = apply_locked_fields(merge_metadata(described, claimants), described, locked)
    if "synonyms" in merged:
        merged["synonyms"] = other_names(merged)
        if not merged["synonyms"].value:
            del merged["synonyms"]
    pages = {p: [described[p].source_url, *described[p].same_as] for p in TRUST if p in described}
    sources = together("sources", pages, claimants)
    images = {
        p: [Image(kind=link.kind, source_url=link.url, provider=p) for link in one.images]
        for p, one in described.items()
    }
    pictures = together("images", images, claimants)
    return MetadataStage(
        merged=Metadata(
            source_url=sources["sources"].value[0],
            same_as=sources["sources"].value,
            exactness=_exactness(merged),
            **{field: one.value for field, one in merged.items()},
        ),
        provenance={field: one.provenance for field, one in (merged | sources | pictures).items()},
        images=[image for one in pictures.values() for image in one.value],
    )


def _exactness(merged: Mapping[str, Merged]) -> dict[str, Exactness]:
    """Exactness of the values that won; what a person decided is exact."""
    sources = {field: one.provenance for field, one in merged.items()}
    return marks(**{field: one.exactness.get(one.provider) for field, one in sources.items()})


def together(field: str, values: Mapping[Provider, Any], claimants: Claimants) -> dict[str, Merged]:
    """A field that is put together from everybody's, or none."""
    merged = claimants.merge(LIST_POLICIES[field], values)
    return {field: merged} if merged is not None else {}


def other_names(merged: Mapping[str, Merged]) -> Merged:
    """Synonyms without those that are titles already."""
    names = ("title", "title_english", "title_japanese")
    titles = {comparable(merged[field].value) for field in names if field in merged}
    synonyms, source = merged["synonyms"]
    kept = [number for number, name in enumerate(synonyms) if comparable(name) not in titles]
    shares = [source.shares[number] for number in kept if source.shares]  # a decision has none
    return Merged([synonyms[number] for number in kept], source.model_copy(update={"shares": shares}))


def episodes_stage(  # noqa: PLR0913 - one keyword for each thing that is known of them
    entry_id: str,
    said: Mapping[Provider, Sequence[Episode]],
    claimants: Claimants,
    *,
    known: Sequence[EpisodeDetailEntry] = (),
    slot: Broadcast | None = None,
    offset: int | None = None,
    expected: int | None = None,
    carried: Collection[Provider] = (),
) -> EpisodesStage:
    """Episodes with both numbers: `expected` ones behind the absolute number `offset`, where it is known.

    All that the `carried` providers claim comes from the live version.
    """
    said, shifts = align(said, expected=expected, offset=offset, carried=carried)
    episodes = merge_episodes(entry_id, said, claimants, known=known, slot=slot)
    return EpisodesStage(
        episodes=numbered(episodes, offset),
        attributions=[claimants.attributions[p] for p in TRUST if p in claimants.attributions],
        findings=[
            *shifts,
            *airing_findings(said),
            *doubled_findings(said),
            *numbering_findings(said, offset),
        ],
    )


def relationships_stage(said: Mapping[Provider, Relationships], claimants: Claimants) -> RelationshipsStage:
    """Related works, recommendations and links, each row once with all who say so."""

    def rows_of(field: str) -> dict[Provider, Any]:
        return claimants.by_provider(RELATION_ORDER, {p: getattr(one, field) for p, one in said.items()})

    fields = ("relations", "recommendations", "external_links", "streaming")
    merged = {
        field: one for name in fields for field, one in together(name, rows_of(name), claimants).items()
    }
    related = merge_relations(rows_of("relations"))
    sources = {field: one.provenance for field, one in merged.items()}
    if "relations" in sources:
        sources["relations"] = sources["relations"].model_copy(update={"losing": related.losing})
    return RelationshipsStage(
        relations=related.relations,
        recommendations=merge_recommendations(rows_of("recommendations")),
        external_links=merged["external_links"].value if "external_links" in merged else [],
        streaming=merge_streaming(rows_of("streaming")),
        provenance=sources,
        findings=related.findings,
    )


def statistics_stage(said: Mapping[Provider, Statistics], claimants: Claimants) -> StatisticsStage:
    """Each provider's counts as they are, and the mean of the scores, one vote per site."""
    spoken = claimants.by_provider(TRUST, said)
    scores = {p: [one.score] for p, one in spoken.items() if one.score is not None}
    merged = together("statistics", {p: [one] for p, one in spoken.items()}, claimants)
    merged |= together("score", scores, claimants)
    return StatisticsStage(
        statistics=list(spoken.values()),
        score=round(fmean(one for [one] in scores.values()), 2) if scores else None,
        provenance={field: one.provenance for field, one in merged.items()},
    )


def characters_stage(
    entry_id: str,
    characters: Mapping[Provider, Sequence[Character]],
    staff: Mapping[Provider, Sequence[Staff]],
    claimants: Claimants,
    known: Sequence[CharacterEntry] = (),
) -> CharactersStage:
    """Characters with their voices, and who made the anime."""
    spellings: list[str] = []
    merged = merge_characters(entry_id, characters, claimants, known, spellings.append)
    people = merge_staff(staff, claimants, spellings.append)
    return CharactersStage(
        characters=merged,
        staff=people,
        known=[one.id for one in known],
        findings=_first(spellings),
    )


def _first(findings: Sequence[str]) -> list[str]:
    """Findings as a reviewer reads them: some, and how many more there are."""
    more = len(findings) - _MOST_SPELLINGS
    return [
        *findings[:_MOST_SPELLINGS],
        *([f"{more} more people are one by spelling alone"] if more > 0 else []),
    ]


STAGES: dict[str, type[Stage]] = {
    "metadata": MetadataStage,
    "episodes": EpisodesStage,
    "relationships": RelationshipsStage,
    "statistics": StatisticsStage,
    "characters": CharactersStage,
}
"""In their order."""

CHECKPOINTS: dict[type[Stage], str] = {
    shape: handover.stage(number, name) for number, (name, shape) in enumerate(STAGES.items(), 1)
}
"""Objects below a run's prefix that hold the stages."""


def version_of(name: str) -> int:
    """The version of a stage by name."""
    version: int = STAGES[name].model_fields["version"].default
    return version
