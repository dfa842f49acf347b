# SPDX-License-Identifier: Apache-2.0
"""Puts the golden record together, validates it, decides on the review; part of the step `assemble`."""

from typing import TypeVar

from pydantic import ValidationError

from otakube.domain.checks.review import with_findings
from otakube.domain.merge.airing import with_next_episode, with_status
from otakube.domain.merge.assembly import Mirror, Stages, assemble, refresh, vanished
from otakube.domain.merge.carry import absent_providers
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
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import FetchSummary
from otakube.errors import Fatal
from otakube.ports.objects import ObjectStore
from otakube.steps.inputs import read_checkpoint, read_input
from otakube_api.contract import FailureReason

Shape = TypeVar("Shape", bound=Stage)


class Staged:
    """Results of the steps before: the summary, the stages, and the live record of an episode update."""

    def __init__(
        self,
        summary: FetchSummary,
        episodes: EpisodesStage,
        whole: Stages | GoldenRecord,
    ) -> None:
        self.summary = summary
        self.episodes = episodes
        self.whole = whole

    @classmethod
    async def read(cls, objects: ObjectStore, work_prefix: str, *, episode_update: bool) -> "Staged":
        """From the bucket; an episode update of an entry that is not live yet is a full enrichment."""
        summary = await read_input(objects, f"{work_prefix}/{handover.FETCH}", FetchSummary, made_by="fetch")
        episodes = await read_stage(objects, work_prefix, EpisodesStage)
        live = (
            await read_checkpoint(objects, f"{work_prefix}/{handover.LIVE}", GoldenRecord)
            if episode_update
            else None
        )
        if live is not None:
            return cls(summary, episodes, live)
        return cls(
            summary,
            episodes,
            Stages(
                await read_stage(objects, work_prefix, MetadataStage),
                episodes,
                await read_stage(objects, work_prefix, RelationshipsStage),
                await read_stage(objects, work_prefix, StatisticsStage),
                await read_stage(objects, work_prefix, CharactersStage),
            ),
        )

    def source_urls(self) -> list[str]:
        """Every image that the record will show, each once."""
        images = [one.image for one in self.episodes.episodes]
        if not isinstance(self.whole, GoldenRecord):
            people = self.whole.characters.characters
            images = [*self.whole.metadata.images, *(one.image for one in people), *images]
        return list(dict.fromkeys(image.source_url for image in images if image))

    def record(self, mirror: Mirror) -> GoldenRecord:
        """The golden record, with images as the mirror knows them."""
        now = self.summary.fetched_at  # the run's own time: a second assembly gives the same digest
        if isinstance(self.whole, GoldenRecord):
            record = refresh(self.whole, self.episodes.episodes, mirror, now, self.episodes.attributions)
            record = with_next_episode(with_status(record, now), now)
            return with_findings(record, vanished(self.whole, self.episodes.episodes))
        record = assemble(
            self.summary.entry_id,
            stages=self.whole,
            mirror=mirror,
            assembled_at=now,
            attributions=self.episodes.attributions,
        )
        whole = self.whole
        findings = [
            *self.episodes.findings, *whole.relationships.findings, *whole.characters.findings,
        ]  # fmt: skip
        record = with_next_episode(record, now)
        return with_findings(record, [*source_findings(self.summary, record), *findings])


async def read_stage(objects: ObjectStore, work_prefix: str, shape: type[Shape]) -> Shape:
    """A stage's checkpoint."""
    return await read_input(objects, f"{work_prefix}/{CHECKPOINTS[shape]}", shape, made_by="stage")


def source_findings(summary: FetchSummary, record: GoldenRecord) -> list[str]:
    """Providers that are missing; those that seem to speak of another anime are the identity gate's.

    What one that did not answer said before stays, with the day on which it was said.
    """
    absent = absent_providers(summary.failed, summary.answered)
    since = {one.provider: one.fetched_at for one in record.attributions if one.provider in absent}
    stays = {provider.value: f"; what it said on {at:%Y-%m-%d} stays" for provider, at in since.items()}
    return [
        f"{one['provider']} is missing: {one['reason']}: {one['message']}{stays.get(one['provider'], '')}"
        for one in summary.failed
    ] + summary.notes


def validated(record: GoldenRecord) -> GoldenRecord:
    """The record as readers will see it, or Fatal with the first field that does not fit."""
    try:
        return GoldenRecord.model_validate_json(record.model_dump_json())
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = ".".join(map(str, fault["loc"]))
        raise Fatal(
            FailureReason.RECORD_INVALID, f"{field} is {fault['input']!r:.200}: {fault['msg']}"
        ) from error
