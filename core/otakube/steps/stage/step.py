# SPDX-License-Identifier: Apache-2.0
"""The stage step: five pure stages over the raw records, each a checkpoint, so that a retry goes on."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from otakube import logs
from otakube.domain.licences.terms import LICENCES
from otakube.domain.locks.effects import RunLocks, locked_fields, without_foreign_pages
from otakube.domain.locks.lock import FieldLock
from otakube.domain.merge import stages
from otakube.domain.merge.fields import Claimants
from otakube.domain.merge.numbering import RUNNING
from otakube.domain.merge.policies import POLICIES
from otakube.domain.merge.stages import (
    CHECKPOINTS,
    CharactersStage,
    EpisodesStage,
    MetadataStage,
    RelationshipsStage,
    Stage,
    StatisticsStage,
)
from otakube.domain.record import handover
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import Attribution, GoldenRecord
from otakube.domain.record.handover import FetchSummary
from otakube.errors import Fatal, SourceError
from otakube.ports.objects import ObjectStore
from otakube.ports.providers import Converter, RawRecord
from otakube.steps.inputs import read_checkpoint, read_input
from otakube_api.contract import FailureReason, Mode, Output, Provider
from otakube_api.providers import Licence

Part = TypeVar("Part")


class Records:
    """The run's raw records of providers whose words may be kept, read when a stage asks for a part."""

    def __init__(
        self,
        records: Mapping[Provider, RawRecord],
        converters: Mapping[Provider, Converter],
        licences: Mapping[Provider, Licence],
    ) -> None:
        self._records = {p: record for p, record in records.items() if licences[p].storable}
        self._converters = converters
        self._licences = licences
        self.left_out = [provider for provider in records if provider not in self._records]

    def claimants(self, summary: FetchSummary) -> Claimants:
        """Whose words the records are."""
        return Claimants(
            {provider: self._attribution(provider) for provider in self._records}, summary.agreement
        )

    def _attribution(self, provider: Provider) -> Attribution:
        record, licence = self._records[provider], self._licences[provider]
        return Attribution(
            provider=provider,
            source_url=record.source_url,
            fetched_at=record.fetched_at,
            licence=licence.name,
            stale=record.stale,
            publishable=licence.publishable,
            expires_at=licence.expires(record.fetched_at),
        )

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
    objects: ObjectStore,
    converters: Mapping[Provider, Converter],
    *,
    work_prefix: str,
    mode: str,
    licences: Mapping[Provider, Licence] = LICENCES,
) -> dict[Output, str]:
    """Run the stages that have no checkpoint yet; an episode update needs only the second."""
    summary = await read_input(objects, f"{work_prefix}/{handover.FETCH}", FetchSummary, made_by="fetch")
    live = await read_checkpoint(objects, f"{work_prefix}/{handover.LIVE}", GoldenRecord)
    records = Records(await raw_records(objects, work_prefix, summary), converters, licences)
    locks = await read_checkpoint(objects, f"{work_prefix}/{handover.LOCKS}", RunLocks) or RunLocks()
    run = Run(records, summary, live, locks)
    makers: dict[type[Stage], Callable[[], Stage]] = {
        MetadataStage: run.metadata,
        EpisodesStage: run.episodes,
        RelationshipsStage: run.relationships,
        StatisticsStage: run.statistics,
        CharactersStage: run.characters,
    }
    wanted = [EpisodesStage] if mode == Mode.EPISODE_UPDATE and live is not None else list(CHECKPOINTS)
    for shape in wanted:
        await run_stage(objects, f"{work_prefix}/{CHECKPOINTS[shape]}", shape, makers[shape])
    return {}


async def run_stage(objects: ObjectStore, key: str, shape: type[Stage], make: Callable[[], Stage]) -> None:
    """Make one checkpoint, unless it is there in this version of the stage."""
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


class Run:
    """The five stages of one run, from all that fetch left."""

    def __init__(
        self, records: Records, summary: FetchSummary, live: GoldenRecord | None, locks: RunLocks
    ) -> None:
        self._records = records
        self._summary = summary
        self._live = live
        self._claimants = records.claimants(summary)
        self._locks = locks

    def metadata(self) -> MetadataStage:
        """Stage 1."""
        described = self._described()
        if not described:
            raise Fatal(FailureReason.INPUT_MISSING, nothing_to_merge(self._records))
        return stages.metadata_stage(described, self._claimants, self._decided(described))

    def _described(self) -> dict[Provider, Metadata]:
        """The anime in every provider's words, without pages that a person said are another's."""
        said = self._records.part(lambda converter, raw: converter.metadata(raw))
        return without_foreign_pages(self._locks, said)

    def _decided(self, described: Mapping[Provider, Metadata]) -> dict[str, FieldLock]:
        pages = [url for one in described.values() for url in (one.source_url, *one.same_as)]
        return locked_fields(self._locks.locks, pages).fields

    def episodes(self) -> EpisodesStage:
        """Stage 2."""
        made = stages.episodes_stage(
            self._summary.entry_id,
            self._records.part(lambda converter, raw: converter.episodes(raw)),
            self._claimants,
            known=self._live.episodes if self._live else (),
            slot=self._said("broadcast"),
            offset=self._summary.episodes_before if self._said("type") in RUNNING else None,
        )
        left_out = [
            f"{one} is left out: its licence lets nothing be stored" for one in self._records.left_out
        ]
        return made.model_copy(update={"findings": [*left_out, *made.findings]})

    def _said(self, field: str) -> Any:
        """A field of the anime itself, decided or merged; None if nobody says it."""
        described = self._described()
        if lock := self._decided(described).get(field):
            return lock.value
        said = self._claimants.merge(
            POLICIES[field], {p: getattr(one, field) for p, one in described.items()}
        )
        return said.value if said else None

    def relationships(self) -> RelationshipsStage:
        """Stage 3."""
        said = self._records.part(lambda converter, raw: converter.relationships(raw))
        return stages.relationships_stage(said, self._claimants)

    def statistics(self) -> StatisticsStage:
        """Stage 4."""
        said = self._records.part(lambda converter, raw: converter.statistics(raw))
        return stages.statistics_stage(said, self._claimants)

    def characters(self) -> CharactersStage:
        """Stage 5."""
        return stages.characters_stage(
            self._summary.entry_id,
            self._records.part(lambda converter, raw: converter.characters(raw)),
            self._records.part(lambda converter, raw: converter.staff(raw)),
            self._claimants,
            known=self._live.characters if self._live else (),
        )


def nothing_to_merge(records: Records) -> str:
    """Why there is no anime, and the cure."""
    if not records.left_out:
        return "no raw record of this run can be read: run fetch again"
    names = ", ".join(records.left_out)
    return f"the licences of all that answered ({names}) let nothing be stored: see the setting licence"


async def raw_records(
    objects: ObjectStore, work_prefix: str, summary: FetchSummary
) -> dict[Provider, RawRecord]:
    """The records that fetch left."""
    return {
        provider: await read_input(
            objects, f"{work_prefix}/{handover.raw(provider)}", RawRecord, made_by="fetch"
        )
        for provider in summary.answered
    }
