# SPDX-License-Identifier: Apache-2.0
"""The golden record put together from the stages, or refreshed in its episodes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import fmean

from otakube.domain.entry import (
    AnimeEntry,
    AnimeStatus,
    EpisodeDetailEntry,
    GoldenRecord,
    Image,
    Titles,
)
from otakube.domain.policies import KEY_FIELDS
from otakube.domain.stages import (
    CharactersStage,
    EpisodesStage,
    MetadataStage,
    RelationshipsStage,
    StatisticsStage,
)

Mirror = Mapping[str, Image]
_UNSAID = 0.5  # confidence of a key field that no provider knows


def assemble(
    entry_id: str,
    *,
    stages: tuple[MetadataStage, EpisodesStage, RelationshipsStage, StatisticsStage, CharactersStage],
    mirror: Mirror,
    assembled_at: datetime,
) -> GoldenRecord:
    """One record from the stages, with images as the mirror knows them."""
    metadata, episodes, relationships, statistics, characters = stages
    said = metadata.merged
    entry = AnimeEntry(
        id=entry_id,
        sources=said.same_as,
        titles=Titles(
            main=said.title, english=said.title_english, japanese=said.title_japanese, synonyms=said.synonyms
        ),
        **{
            field: getattr(said, field)
            for field in (
                "type", "status", "season", "episode_count", "duration_seconds", "aired_from", "aired_to",
                "broadcast", "synopsis", "genres", "tags", "studios", "age_rating",
            )
        },
        score=statistics.score,
        statistics=statistics.statistics,
        relations=relationships.relations,
        external_links=relationships.external_links,
        images=[mirrored(image, mirror) for image in metadata.images],
        confidence=confidence(metadata),
        provenance=metadata.provenance,
    )  # fmt: skip
    return GoldenRecord(
        entry=entry,
        episodes=[
            one.model_copy(update={"image": _mirrored(one.image, mirror)}) for one in episodes.episodes
        ],
        characters=[
            one.model_copy(update={"image": _mirrored(one.image, mirror)}) for one in characters.characters
        ],
        assembled_at=assembled_at,
    )


def refresh(
    live: GoldenRecord, episodes: Sequence[EpisodeDetailEntry], mirror: Mirror, now: datetime
) -> GoldenRecord:
    """The live record with fresh episodes and nothing else new; one that vanished upstream stays."""
    fresh = {one.number: one.model_copy(update={"image": _mirrored(one.image, mirror)}) for one in episodes}
    merged = {one.number: one for one in live.episodes} | fresh
    return live.model_copy(
        update={"episodes": [merged[number] for number in sorted(merged)], "assembled_at": now}
    )


def vanished(live: GoldenRecord, episodes: Sequence[EpisodeDetailEntry]) -> list[str]:
    """Stored episodes that nobody lists any more; they stay, and a reviewer hears of it."""
    gone = {one.number for one in live.episodes} - {one.number for one in episodes}
    return [f"{len(gone)} stored episodes are no longer listed by any provider"] if gone else []


def mirrored(image: Image, mirror: Mirror) -> Image:
    """An image with what became of its URL."""
    found = mirror.get(image.source_url)
    if found is None:
        return image.model_copy(update={"error": "it was not fetched"})
    return found.model_copy(update={"kind": image.kind, "provider": image.provider})


def _mirrored(image: Image | None, mirror: Mirror) -> Image | None:
    return mirrored(image, mirror) if image else None


def confidence(metadata: MetadataStage) -> float:
    """Mean of the key fields'; one that nobody knows counts half, if the anime should have it."""
    upcoming = metadata.merged.status is AnimeStatus.UPCOMING
    optional = ("season",) if metadata.merged.type.value != "TV" else ()
    fields = [f for f in KEY_FIELDS if f in metadata.provenance or not (upcoming or f in optional)]
    said = metadata.provenance
    return round(fmean(said[field].confidence if field in said else _UNSAID for field in fields), 2)
