# SPDX-License-Identifier: Apache-2.0
"""The five stages: what each makes of all providers' claims, and the record that is its checkpoint."""

from collections.abc import Mapping
from statistics import fmean

from pydantic import Field

from otakube.domain.claims import Metadata, Relationships
from otakube.domain.entry import (
    Attribution,
    CharacterEntry,
    Confidence,
    EpisodeDetailEntry,
    Image,
    Provenance,
    Provider,
    Record,
    Relation,
    Statistics,
    Url,
)
from otakube.domain.merging import distinct, merge_metadata
from otakube.domain.policies import IMAGE_ORDER, RELATION_ORDER
from otakube.domain.text import comparable
from otakube.domain.titles import Name, take_apart


class MetadataStage(Record):
    """`merged` holds the winning values; its `same_as` are all pages of the anime."""

    merged: Metadata
    provenance: dict[str, Provenance]
    images: list[Image] = Field(default=[], max_length=100)


class EpisodesStage(Record):
    episodes: list[EpisodeDetailEntry] = Field(default=[], max_length=10_000)
    findings: list[str] = Field(default=[])


class RelationshipsStage(Record):
    relations: list[Relation] = Field(default=[], max_length=500)
    external_links: list[Url] = Field(default=[], max_length=200)


class StatisticsStage(Record):
    statistics: list[Statistics] = Field(default=[], max_length=10)
    score: float | None = None


class CharactersStage(Record):
    characters: list[CharacterEntry] = Field(default=[], max_length=5_000)


def metadata_stage(
    described: Mapping[Provider, Metadata],
    attributions: Mapping[Provider, Attribution],
    agreement: Mapping[Provider, Confidence],
) -> MetadataStage:
    """The anime itself, field by field by the policy table."""
    merged = merge_metadata(described, attributions, agreement)
    pages = [url for one in described.values() for url in (one.source_url, *one.same_as)]
    values = {field: one.value for field, one in merged.items()}
    values["synonyms"] = other_names(values)
    links = [(p, link) for p in IMAGE_ORDER if p in described for link in described[p].images]
    return MetadataStage(
        merged=Metadata(source_url=pages[0], same_as=list(dict.fromkeys(pages)), **values),
        provenance={field: one.provenance for field, one in merged.items()},
        images=[Image(kind=link.kind, source_url=link.url, provider=provider) for provider, link in links],
    )


def other_names(values: Mapping[str, object]) -> list[str]:
    """Synonyms without those that are titles already."""
    titles = {
        comparable(str(values[field]))
        for field in ("title", "title_english", "title_japanese")
        if field in values
    }
    synonyms = values.get("synonyms", [])
    assert isinstance(synonyms, list)
    return [name for name in synonyms if comparable(name) not in titles]


def relationships_stage(said: Mapping[Provider, Relationships]) -> RelationshipsStage:
    """Related works, one row a work and kind with its pages at all providers."""
    found: dict[tuple[str, Name], Relation] = {}
    for provider, claim in ((p, one) for p in RELATION_ORDER if p in said for one in said[p].relations):
        key = (claim.kind, take_apart(claim.title))
        known = found.setdefault(key, Relation(kind=claim.kind, title=claim.title))
        urls = list(dict.fromkeys([*known.source_urls, *claim.source_urls]))
        sayers = list(dict.fromkeys([*known.providers, provider]))
        found[key] = known.model_copy(update={"source_urls": urls[:20], "providers": sayers})
    links = [url for p in RELATION_ORDER if p in said for url in said[p].external_links]
    return RelationshipsStage(
        relations=list(found.values())[:500],
        external_links=distinct(links, key=lambda url: url.rstrip("/"))[:200],
    )


def statistics_stage(said: Mapping[Provider, Statistics]) -> StatisticsStage:
    """Each provider's counts as they are, and the mean of the scores."""
    scores = [one.score for one in said.values() if one.score is not None]
    return StatisticsStage(statistics=list(said.values()), score=round(fmean(scores), 2) if scores else None)
