# SPDX-License-Identifier: Apache-2.0
"""The golden record put together from the stages, or refreshed in its episodes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import fmean
from typing import NamedTuple, TypeVar

from otakube.domain.merge.airing import is_placeholder
from otakube.domain.merge.character_images import merge_by_phash
from otakube.domain.merge.episodes import episode_key
from otakube.domain.merge.past_episodes import looks_forward, unlisted, was_broadcast
from otakube.domain.merge.policies import KEY_FIELDS, POLICIES
from otakube.domain.merge.stages import (
    CharactersStage,
    EpisodesStage,
    MetadataStage,
    RelationshipsStage,
    StatisticsStage,
    version_of,
)
from otakube.domain.record.golden import (
    SCHEMA_VERSION,
    AnimeEntry,
    AnimeStatus,
    Attribution,
    CharacterEntry,
    DatePrecision,
    EpisodeDetailEntry,
    Exactness,
    GoldenRecord,
    Image,
    Titles,
)

Mirror = Mapping[str, Image]
Illustrated = TypeVar("Illustrated", EpisodeDetailEntry, CharacterEntry)

_UNSAID = 0.5  # confidence of a key field that no provider knows
_TITLES = ("title", "title_english", "title_japanese", "synonyms")
_OWN = tuple(field for field in POLICIES if field not in _TITLES)


class Stages(NamedTuple):
    """All that is said of one anime, merged."""

    metadata: MetadataStage
    episodes: EpisodesStage
    relationships: RelationshipsStage
    statistics: StatisticsStage
    characters: CharactersStage


def assemble(
    entry_id: str,
    *,
    stages: Stages,
    mirror: Mirror,
    assembled_at: datetime,
    attributions: Sequence[Attribution] = (),
) -> GoldenRecord:
    """One record from the stages, with images as the mirror knows them."""
    phashes = {url: image.phash for url, image in mirror.items() if image.phash}
    characters = with_images(stages.characters.characters, mirror)
    return GoldenRecord(
        entry=_entry(entry_id, stages, mirror),
        episodes=with_images(stages.episodes.episodes, mirror),
        characters=merge_by_phash(characters, phashes, stages.characters.known),
        staff=stages.characters.staff,
        attributions=list(attributions),
        stage_versions={name: version_of(name) for name in Stages._fields},
        assembled_at=assembled_at,
    )


def _entry(entry_id: str, stages: Stages, mirror: Mirror) -> AnimeEntry:
    metadata, _, relationships, statistics, _ = stages
    said = metadata.merged
    return AnimeEntry(
        id=entry_id,
        sources=said.same_as,
        titles=Titles(
            main=said.title, english=said.title_english, japanese=said.title_japanese, synonyms=said.synonyms
        ),
        **{field: getattr(said, field) for field in _OWN},
        aired_from_precision=_precision(said.exactness.get("aired_from")),
        aired_to_precision=_precision(said.exactness.get("aired_to")),
        score=statistics.score,
        statistics=statistics.statistics,
        relations=relationships.relations,
        recommendations=relationships.recommendations,
        external_links=relationships.external_links,
        streaming=relationships.streaming,
        images=[with_mirror(image, mirror) for image in metadata.images],
        confidence=confidence(metadata),
        provenance=metadata.provenance | relationships.provenance | statistics.provenance,
    )


def _precision(exactness: Exactness | None) -> DatePrecision:
    match exactness:
        case Exactness.YEAR:
            return "Year"
        case Exactness.MONTH:
            return "Month"
        case _:
            return "Day"


def refresh(
    live: GoldenRecord,
    episodes: Sequence[EpisodeDetailEntry],
    mirror: Mirror,
    now: datetime,
    attributions: Sequence[Attribution] = (),
) -> GoldenRecord:
    """The live record with fresh episodes and nothing else new; one that vanished upstream stays.

    What was taken off the schedule before its time goes. `attributions` are those of this run: they are
    about episodes alone.
    """
    fresh = {episode_key(one): one for one in with_images(episodes, mirror)}
    answered = {one.provider for one in attributions}
    off = {
        episode_key(one)
        for one in unlisted(live, episodes)
        if one.aired and answered.issuperset(one.providers) and not was_broadcast(one, live, episodes, now)
    }
    merged = {key: one for one in live.episodes if (key := episode_key(one)) not in off} | fresh
    updated = {one.provider: one.model_copy(update={"episodes_only": True}) for one in attributions}
    earlier = [one for one in live.attributions if not (one.episodes_only and one.provider in updated)]
    return live.model_copy(
        update={
            "entry": live.entry.model_copy(update={"schema_version": SCHEMA_VERSION}),
            "episodes": [merged[one] for one in sorted(merged, key=lambda one: one.order)],
            "attributions": [*updated.values(), *earlier],
            "stage_versions": live.stage_versions | {"episodes": version_of("episodes")},
            "assembled_at": now,
        }
    )


def vanished(live: GoldenRecord, episodes: Sequence[EpisodeDetailEntry]) -> list[str]:
    """Stored episodes that nobody lists any more, though somebody promised to; they stay, with a finding."""
    promised = [one for one in live.episodes if not is_placeholder(one) and not looks_forward(one)]
    stored = {episode_key(one) for one in promised}
    gone = stored - {episode_key(one) for one in episodes}
    return [f"{len(gone)} stored episodes are no longer listed by any provider"] if gone else []


def with_images(rows: Sequence[Illustrated], mirror: Mirror) -> list[Illustrated]:
    """Rows with what became of their pictures."""
    return [
        one.model_copy(update={"image": with_mirror(one.image, mirror)}) if one.image else one for one in rows
    ]


def with_mirror(image: Image, mirror: Mirror) -> Image:
    """An image with what became of its URL."""
    found = mirror.get(image.source_url)
    if found is None:
        return image.model_copy(update={"error": "it was not fetched"})
    return found.model_copy(update={"kind": image.kind, "provider": image.provider})


def confidence(metadata: MetadataStage) -> float:
    """Mean of the key fields'; one that nobody knows counts half, if the anime should have it."""
    upcoming = metadata.merged.status is AnimeStatus.UPCOMING
    optional = ("season",) if metadata.merged.type.value != "TV" else ()
    fields = [f for f in KEY_FIELDS if f in metadata.provenance or not (upcoming or f in optional)]
    said = metadata.provenance
    return round(fmean(said[field].confidence if field in said else _UNSAID for field in fields), 2)
