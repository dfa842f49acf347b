# SPDX-License-Identifier: Apache-2.0
"""The golden record put together, looked at critically, and the decision whether a person must look too."""

from collections.abc import Callable, Mapping, Sequence
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
    findings: Sequence[str],
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
    record = GoldenRecord(
        entry=entry,
        episodes=[
            one.model_copy(update={"image": _mirrored(one.image, mirror)}) for one in episodes.episodes
        ],
        characters=[
            one.model_copy(update={"image": _mirrored(one.image, mirror)}) for one in characters.characters
        ],
        assembled_at=assembled_at,
    )
    found = [*findings, *episodes.findings, *(finding for check in CHECKS for finding in check(record))]
    return record.model_copy(update={"findings": [finding[:500] for finding in found[:200]]})


def refresh(
    live: GoldenRecord, episodes: Sequence[EpisodeDetailEntry], mirror: Mirror, now: datetime
) -> GoldenRecord:
    """The live record with fresh episodes and nothing else new; one that vanished upstream stays."""
    fresh = {one.number: one.model_copy(update={"image": _mirrored(one.image, mirror)}) for one in episodes}
    merged = {one.number: one for one in live.episodes} | fresh
    record = live.model_copy(
        update={
            "episodes": [merged[number] for number in sorted(merged)],
            "assembled_at": now,
            "findings": [],
        }
    )
    vanished = sorted({one.number for one in live.episodes} - fresh.keys())
    findings = [f"{len(vanished)} stored episodes are no longer listed by any provider"] if vanished else []
    found = [*findings, *(finding for check in CHECKS for finding in check(record))]
    return record.model_copy(update={"findings": found[:200]})


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


def review_needed(policy: str, confidence: float, threshold: float) -> bool:
    """Whether a person must look: `policy` is spec.review.policy."""
    return policy == "Required" or (policy != "Never" and confidence < threshold)


def episodes_missing(record: GoldenRecord) -> list[str]:
    """A finished anime lists all its episodes."""
    expected, listed = record.entry.episode_count, len({one.number for one in record.episodes if one.number})
    if record.entry.status is not AnimeStatus.FINISHED or not expected or listed >= expected:
        return []
    return [f"{listed} of {expected} episodes are listed"]


def too_many_episodes(record: GoldenRecord) -> list[str]:
    """No more episodes than the anime has."""
    expected = record.entry.episode_count
    highest = max((one.number for one in record.episodes), default=0)
    return (
        [f"episode {highest} is listed, but the anime has {expected}"]
        if expected and highest > expected
        else []
    )


def dates_crossed(record: GoldenRecord) -> list[str]:
    """It ends after it begins."""
    start, end = record.entry.aired_from, record.entry.aired_to
    return [f"it ends on {end}, before it begins on {start}"] if start and end and end < start else []


def no_poster(record: GoldenRecord) -> list[str]:
    """At least one picture could be mirrored."""
    return [] if any(image.key for image in record.entry.images) else ["no poster could be mirrored"]


def no_synopsis(record: GoldenRecord) -> list[str]:
    """It says what it is about."""
    return [] if record.entry.synopsis else ["no provider has a synopsis"]


def no_characters(record: GoldenRecord) -> list[str]:
    """Somebody is in it, once it has begun."""
    needed = record.entry.status not in (AnimeStatus.UPCOMING, AnimeStatus.CANCELLED)
    return ["no provider lists characters"] if needed and not record.characters else []


def contested(record: GoldenRecord) -> list[str]:
    """Key fields in which the providers contradict each other."""
    said = record.entry.provenance
    return [
        f"{field}: {said[field].provider} is believed, "
        + ", ".join(f"{one.provider} says {one.value}" for one in said[field].losing)
        for field in KEY_FIELDS
        if field != "title" and field in said and said[field].losing
    ]


CHECKS: tuple[Callable[[GoldenRecord], list[str]], ...] = (
    episodes_missing,
    too_many_episodes,
    dates_crossed,
    no_poster,
    no_synopsis,
    no_characters,
    contested,
)
"""What a reviewer must know; each is named for its finding."""
