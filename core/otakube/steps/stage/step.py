# SPDX-License-Identifier: Apache-2.0
"""The step `stage`: five pure stages over converted records, each a checkpoint from which a retry goes on."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import ValidationError

from otakube import logs
from otakube.domain.licences.terms import LICENCES
from otakube.domain.locks.effects import RunLocks, locked_fields, without_foreign_pages
from otakube.domain.matching.agreement import agreement
from otakube.domain.merge import stages
from otakube.domain.merge.carry import Carried, CarryTerms, absent_providers, carry_over
from otakube.domain.merge.numbering import RUNNING
from otakube.domain.merge.policies import POLICIES, TRUST
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
from otakube.domain.record.claims import ConvertedRecord
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import FetchSummary
from otakube.errors import Fatal
from otakube.ports.objects import ObjectStore
from otakube.steps.inputs import read_checkpoint, read_input
from otakube.steps.stage.claims import Claims
from otakube_api.contract import FailureReason, Mode, Output, Provider
from otakube_api.providers import Licence


async def stage(
    objects: ObjectStore,
    *,
    work_prefix: str,
    mode: str,
    licences: Mapping[Provider, Licence] = LICENCES,
) -> dict[Output, str]:
    """Run the stages that have no checkpoint yet; an episode update needs only the second."""
    if await objects.exists(f"{work_prefix}/{handover.ROLLBACK}"):
        return {}  # an earlier version is whole
    summary = await read_input(objects, f"{work_prefix}/{handover.FETCH}", FetchSummary, made_by="fetch")
    live = await read_checkpoint(objects, f"{work_prefix}/{handover.LIVE}", GoldenRecord)
    locks = await read_checkpoint(objects, f"{work_prefix}/{handover.LOCKS}", RunLocks) or RunLocks()
    update = mode == Mode.EPISODE_UPDATE and live is not None
    terms = CarryTerms(licences=licences, locks=locks, now=summary.fetched_at, episodes=update)
    records = await converted_records(objects, work_prefix, summary)
    carried = carry_over(records, absent_providers(summary.failed, summary.answered), live, terms)
    claims = Claims(carried, licences, summary.agreement | agreements(carried, records))
    run = StagedRun(claims, summary, live, locks)
    makers: dict[type[Stage], Callable[[], Stage]] = {
        MetadataStage: run.metadata,
        EpisodesStage: run.episodes,
        RelationshipsStage: run.relationships,
        StatisticsStage: run.statistics,
        CharactersStage: run.characters,
    }
    due = [EpisodesStage] if update else list(CHECKPOINTS)
    for shape in due:
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


class StagedRun:
    """The five stages of one run, from all that fetch left."""

    def __init__(
        self, claims: Claims, summary: FetchSummary, live: GoldenRecord | None, locks: RunLocks
    ) -> None:
        self._claims = claims
        self._summary = summary
        self._live = live
        # Without pages that a person said are another's.
        self._described = without_foreign_pages(locks, claims.part(lambda record: record.metadata))
        pages = [url for about in self._described.values() for url in (about.source_url, *about.same_as)]
        self._locked = locked_fields(locks.locks, pages).fields

    def metadata(self) -> MetadataStage:
        """Stage 1."""
        if not self._described:
            raise Fatal(FailureReason.INPUT_MISSING, nothing_to_merge(self._claims))
        return stages.metadata_stage(self._described, self._claims.claimants("metadata"), self._locked)

    def episodes(self) -> EpisodesStage:
        """Stage 2."""
        stage = stages.episodes_stage(
            self._summary.entry_id,
            self._claims.part(lambda record: record.episodes),
            self._claims.claimants("episodes"),
            known=self._live.episodes if self._live else (),
            slot=self._field("broadcast"),
            offset=self._summary.episodes_before if self._field("type") in RUNNING else None,
            expected=self._expected_episodes(),
            carried=self._claims.carried,
        )
        said, findings = self._claims.attributions(), [*self._claims.findings(), *stage.findings]
        return stage.model_copy(
            update={"attributions": [said[p] for p in TRUST if p in said], "findings": findings}
        )

    def _expected_episodes(self) -> int | None:
        """The season's length by which lists are aligned.

        While a provider does not answer, the live version's stands: a vote that has aged must drop no row.
        """
        live = self._live.entry.episode_count if self._live and self._claims.carried else None
        expected: int | None = live or self._field("episode_count")
        return expected

    def _field(self, name: str) -> Any:
        """A field of the anime itself, locked or merged; None if nobody claims it."""
        if lock := self._locked.get(name):
            return lock.value
        claims = {provider: getattr(about, name) for provider, about in self._described.items()}
        merged = self._claims.claimants("metadata").merge(POLICIES[name], claims)
        return merged.value if merged else None

    def relationships(self) -> RelationshipsStage:
        """Stage 3."""
        return stages.relationships_stage(
            self._claims.part(lambda record: record.relationships), self._claims.claimants("relationships")
        )

    def statistics(self) -> StatisticsStage:
        """Stage 4."""
        return stages.statistics_stage(
            self._claims.part(lambda record: record.statistics), self._claims.claimants("statistics")
        )

    def characters(self) -> CharactersStage:
        """Stage 5."""
        return stages.characters_stage(
            self._summary.entry_id,
            self._claims.part(lambda record: record.characters),
            self._claims.part(lambda record: record.staff),
            self._claims.claimants("characters"),
            known=self._live.characters if self._live else (),
        )


def nothing_to_merge(claims: Claims) -> str:
    """Why there is no anime, and the cure."""
    if not claims.left_out:
        return "no record of this run is there: run fetch again"
    names = ", ".join(claims.left_out)
    return f"the licences of all that answered ({names}) let nothing be stored: see the setting licence"


def agreements(carried: Carried, answered: Collection[Provider]) -> dict[Provider, float]:
    """Agreement of earlier words with the other providers' anime, as fetch measures that of answers."""
    about = {provider: record.metadata for provider, record in carried.records.items()}
    return {
        provider: round(
            max((agreement(one, about[other]) for other in about if other != provider), default=1), 3
        )
        for provider, one in about.items()
        if provider not in answered
    }


async def converted_records(
    objects: ObjectStore, work_prefix: str, summary: FetchSummary
) -> dict[Provider, ConvertedRecord]:
    """The records that fetch left."""
    return {
        provider: await read_input(
            objects, f"{work_prefix}/{handover.converted(provider)}", ConvertedRecord, made_by="fetch"
        )
        for provider in summary.answered
    }
