# SPDX-License-Identifier: Apache-2.0
"""The stage step: five pure stages over the raw records, each a checkpoint, so that a retry goes on."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from otakube import logs
from otakube.domain import work
from otakube.domain.characters import merge_characters
from otakube.domain.entry import Attribution, GoldenRecord, Provider
from otakube.domain.episodes import airing_findings, merge_episodes
from otakube.domain.stages import (
    CharactersStage,
    EpisodesStage,
    MetadataStage,
    RelationshipsStage,
    StatisticsStage,
    metadata_stage,
    relationships_stage,
    statistics_stage,
)
from otakube.domain.work import FetchSummary
from otakube.errors import Fatal, SourceError
from otakube.ports.objects import ObjectStore
from otakube.ports.providers import Converter, RawRecord
from otakube.steps.fetch import EPISODE_UPDATE
from otakube.steps.inputs import read_checkpoint, read_input
from otakube_api.contract import FailureReason, Output

Stage = TypeVar("Stage", bound=BaseModel)
Part = TypeVar("Part")

STAGES: dict[type[BaseModel], str] = {
    MetadataStage: work.stage(1, "metadata"),
    EpisodesStage: work.stage(2, "episodes"),
    RelationshipsStage: work.stage(3, "relationships"),
    StatisticsStage: work.stage(4, "statistics"),
    CharactersStage: work.stage(5, "characters"),
}


class Records:
    """The run's raw records, read when a stage asks for a part of them."""

    def __init__(
        self, records: Mapping[Provider, RawRecord], converters: Mapping[Provider, Converter]
    ) -> None:
        self._records = records
        self._converters = converters

    def attributions(self) -> dict[Provider, Attribution]:
        """Whose words the records are."""
        return {
            provider: Attribution(
                provider=provider,
                source_url=record.source_url,
                fetched_at=record.fetched_at,
                licence=record.licence,
                stale=record.stale,
            )
            for provider, record in self._records.items()
        }

    def part(self, read: Callable[[Converter, RawRecord], Part]) -> dict[Provider, Part]:
        """One part in every provider's words; fetch has reported those that cannot be read."""
        found = {}
        for provider, record in self._records.items():
            try:
                found[provider] = read(self._converters[provider], record)
            except SourceError as error:
                logs.logger().warning("part left out", provider=provider.value, message=str(error))
        return found


async def stage(
    objects: ObjectStore, converters: Mapping[Provider, Converter], *, work_prefix: str, mode: str
) -> dict[Output, str]:
    """Run the stages that have no checkpoint yet; an episode update needs only the second."""
    summary = await read_input(objects, f"{work_prefix}/{work.FETCH}", FetchSummary, made_by="fetch")
    live = await read_checkpoint(objects, f"{work_prefix}/{work.LIVE}", GoldenRecord)
    records = Records(await raw_records(objects, work_prefix, summary), converters)
    makers = {
        MetadataStage: lambda: metadata_of(records, summary),
        EpisodesStage: lambda: episodes_of(records, summary, live),
        RelationshipsStage: lambda: relationships_stage(records.part(lambda c, raw: c.relationships(raw))),
        StatisticsStage: lambda: statistics_stage(records.part(lambda c, raw: c.statistics(raw))),
        CharactersStage: lambda: characters_of(records, summary, live),
    }
    wanted = [EpisodesStage] if mode == EPISODE_UPDATE and live is not None else list(STAGES)
    for shape in wanted:
        await run_stage(objects, f"{work_prefix}/{STAGES[shape]}", shape, makers[shape])
    return {}


async def run_stage(
    objects: ObjectStore, key: str, shape: type[BaseModel], make: Callable[[], BaseModel]
) -> None:
    """Make one checkpoint, unless it is there."""
    if await read_checkpoint(objects, key, shape) is not None:
        return
    try:
        made = make()
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = ".".join(map(str, fault["loc"]))
        raise Fatal(FailureReason.RECORD_INVALID, f"{shape.__name__}: {field}: {fault['msg']}") from error
    await objects.put(key, made.model_dump_json().encode())
    logs.logger().info("stage done", stage=key.rpartition("/")[2])


def metadata_of(records: Records, summary: FetchSummary) -> MetadataStage:
    """Stage 1."""
    described = records.part(lambda converter, raw: converter.metadata(raw))
    if not described:
        raise Fatal(FailureReason.INPUT_MISSING, "no raw record of this run can be read: run fetch again")
    return metadata_stage(described, records.attributions(), summary.agreement)


def episodes_of(records: Records, summary: FetchSummary, live: GoldenRecord | None) -> EpisodesStage:
    """Stage 2."""
    said = records.part(lambda converter, raw: converter.episodes(raw))
    episodes = merge_episodes(summary.entry_id, said, live.episodes if live else ())
    return EpisodesStage(episodes=episodes, findings=airing_findings(said))


def characters_of(records: Records, summary: FetchSummary, live: GoldenRecord | None) -> CharactersStage:
    """Stage 5."""
    said = records.part(lambda converter, raw: converter.characters(raw))
    return CharactersStage(
        characters=merge_characters(summary.entry_id, said, live.characters if live else ())
    )


async def raw_records(
    objects: ObjectStore, work_prefix: str, summary: FetchSummary
) -> dict[Provider, RawRecord]:
    """The records that fetch left."""
    return {
        provider: await read_input(objects, f"{work_prefix}/{work.raw(provider)}", RawRecord, made_by="fetch")
        for provider in summary.answered
    }
