# SPDX-License-Identifier: Apache-2.0
"""The step `assemble`: mirrors what the record shows into the bucket by content, then assembles the record.

An image that cannot be had is noted in the record and never fails the run. One that was taken down is left
out of it.
"""

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from otakube.domain.checks.review import new_findings, review_needed, with_gate_findings
from otakube.domain.merge.past_episodes import with_past_episodes
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord, Image, ImageKind
from otakube.domain.record.handover import EarlierVersion, FetchSummary
from otakube.domain.record.images import without_images
from otakube.domain.suggestions.suggestion import carried_over
from otakube.ingest.ingester import Ingester
from otakube.ingest.record_image import as_image
from otakube.ports.catalogue import MirroredImage
from otakube.ports.objects import ObjectStore
from otakube.ports.suggestions import Suggester
from otakube.steps.assemble.record import Staged, validated
from otakube.steps.assemble.rollback import Rollback
from otakube.steps.assemble.suggestions import format_suggestions, suggest
from otakube.steps.inputs import read_checkpoint, read_input
from otakube_api.contract import Gate, Mode, Output, Provider, ReviewNeed


class ReviewSettings(NamedTuple):
    """spec.review.policy and the setting review_confidence_threshold."""

    policy: str
    threshold: float


async def assemble(
    ingester: Ingester,
    objects: ObjectStore,
    *,
    work_prefix: str,
    mode: str,
    review: ReviewSettings,
    suggester: Suggester | None = None,
) -> dict[Output, str]:
    """Mirror, assemble, validate, and leave `golden.json` with what is suggested for it."""
    live = await read_checkpoint(objects, f"{work_prefix}/{handover.LIVE}", GoldenRecord)
    rollback = await read_rollback(objects, work_prefix, live)
    staged = rollback or await Staged.read(objects, work_prefix, episode_update=mode == Mode.EPISODE_UPDATE)
    wanted = staged.source_urls()
    mirror = await ingester.ingest(wanted, anime_id=staged.summary.entry_id, context=work_prefix)
    assembled = staged.record(as_images(mirror))
    if rollback is None:
        assembled = with_past_episodes(carried_over(assembled, live), live)
    refused = set(wanted) - mirror.keys()
    assembled = without_images(assembled, lambda image: image.source_url in refused)
    record = validated(with_gate_findings(assembled, live, staged.summary))
    await objects.put(f"{work_prefix}/{handover.GOLDEN}", record.model_dump_json().encode())
    suggestions = await suggest(suggester, record, objects, work_prefix=work_prefix)
    stored = sum(one.key is not None for one in mirror.values())
    return {
        Output.REVIEW: ReviewNeed.REQUIRED if rollback else review_decision(record, live, review),
        Output.CONFIDENCE: f"{record.entry.confidence:.2f}",
        Output.FINDINGS: orjson.dumps(record.findings).decode(),
        Output.GATES: orjson.dumps([one.model_dump(mode="json") for one in record.gates]).decode(),
        Output.SUGGESTIONS: format_suggestions(suggestions),
        Output.DIGEST: handover.digest(record),
        Output.SUGGESTIONS_DIGEST: handover.digest(suggestions),
        Output.IMAGES_STORED: str(stored),
        Output.IMAGES_FAILED: str(len(mirror) - stored),
    }


async def read_rollback(objects: ObjectStore, work_prefix: str, live: GoldenRecord | None) -> Rollback | None:
    """The earlier version that the run brings back; None for a run that asked providers."""
    earlier = await read_checkpoint(objects, f"{work_prefix}/{handover.ROLLBACK}", EarlierVersion)
    if earlier is None or live is None:
        return None
    summary = await read_input(objects, f"{work_prefix}/{handover.FETCH}", FetchSummary, made_by="fetch")
    return Rollback(earlier, live, summary)


def review_decision(record: GoldenRecord, live: GoldenRecord | None, review: ReviewSettings) -> ReviewNeed:
    """The workflow's condition for the review."""
    news = new_findings(record, live)
    needed = review_needed(
        review.policy,
        record.entry.confidence,
        review.threshold,
        failed=bool(news),
        loses=any(one.gate is Gate.LOSS for one in news),
    )
    return ReviewNeed.REQUIRED if needed else ReviewNeed.SKIP


def as_images(mirror: Mapping[str, MirroredImage]) -> dict[str, Image]:
    """The mirror in the record's form; kind and provider are set where an image is shown."""
    return {url: as_image(one, kind=ImageKind.POSTER, provider=Provider.JIKAN) for url, one in mirror.items()}
