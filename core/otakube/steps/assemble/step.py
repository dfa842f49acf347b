# SPDX-License-Identifier: Apache-2.0
"""The step `assemble`: mirrors what the record shows into the bucket by content, then assembles the record.

An image that cannot be had is noted in the record and never fails the run. One that the map knows and
the bucket holds is not downloaded again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

import orjson

from otakube import logs
from otakube.domain.checks.review import new_findings, review_needed, with_gate_findings
from otakube.domain.merge.past_episodes import with_past_episodes
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord, Image, ImageKind
from otakube.domain.record.handover import EarlierVersion, FetchSummary
from otakube.domain.suggestions.suggestion import carried_over
from otakube.ports.catalogue import ImageMap, MirroredImage
from otakube.ports.images import CleanImage, ImageRefused, ImageSource
from otakube.ports.objects import ObjectStore, Prefix
from otakube.ports.suggestions import Suggester
from otakube.steps.assemble.record import Staged, validated
from otakube.steps.assemble.rollback import Rollback
from otakube.steps.assemble.suggestions import format_suggestions, suggest
from otakube.steps.inputs import read_checkpoint, read_input
from otakube_api.contract import Gate, Mode, Output, Provider, ReviewNeed

CONCURRENCY = 16
ASK_AGAIN = timedelta(days=1)  # after which an image that was refused is asked for again


class ReviewSettings(NamedTuple):
    """spec.review.policy and the setting review_confidence_threshold."""

    policy: str
    threshold: float


async def assemble(  # noqa: PLR0913 - the step's ports
    source: ImageSource,
    objects: ObjectStore,
    image_map: ImageMap,
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
    mirror = await mirror_all(source, objects, image_map, staged.source_urls())
    assembled = staged.record(as_images(mirror))
    if rollback is None:
        assembled = with_past_episodes(carried_over(assembled, live), live)
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


async def mirror_all(
    source: ImageSource, objects: ObjectStore, image_map: ImageMap, urls: Sequence[str]
) -> dict[str, MirroredImage]:
    """Each URL's image: as the map knows it while that holds, else by download."""
    now = datetime.now(UTC)
    remembered = await image_map.get_many(urls)
    slots = asyncio.Semaphore(CONCURRENCY)

    async def one(url: str) -> MirroredImage:
        async with slots:
            known = remembered.get(url)
            if known is not None and await holds(known, objects, now):
                return known
            return await mirror_one(source, objects, image_map, url)

    mirror = dict(zip(urls, await asyncio.gather(*map(one, urls)), strict=True))
    fresh = [image for url, image in mirror.items() if image is not remembered.get(url)]
    failed = sum(image.error is not None for image in fresh)
    logs.logger().info(
        "images mirrored", known=len(mirror) - len(fresh), fetched=len(fresh) - failed, failed=failed
    )
    return mirror


async def holds(known: MirroredImage, objects: ObjectStore, now: datetime) -> bool:
    """True if the map is still right: a bucket may have lost the image, a refusal may be over."""
    if known.key is not None:
        return await objects.exists(known.key)
    return known.retry_after is not None and known.retry_after > now


async def mirror_one(
    source: ImageSource, objects: ObjectStore, image_map: ImageMap, url: str
) -> MirroredImage:
    """Download one image, store it by its content, and remember what became of its URL."""
    now = datetime.now(UTC)
    try:
        async with source.fetch(url) as image:  # it takes memory until it is stored
            found = stored_form(url, image, now)
            await objects.put_new(str(found.key), image.body, content_type=image.content_type)
    except ImageRefused as error:
        logs.logger().warning("image refused", url=url[:200], message=str(error))
        found = refused_form(url, error, now)
    if found.key is not None or found.retry_after is not None:
        await image_map.put(found)
    return found


def refused_form(url: str, error: ImageRefused, now: datetime) -> MirroredImage:
    """An image that cannot be had, and when to ask for it again; a lasting refusal is remembered."""
    retry_after = now + ASK_AGAIN if error.lasting else None
    return MirroredImage(source_url=url, error=str(error)[:500], retry_after=retry_after, fetched_at=now)


def stored_form(url: str, image: CleanImage, now: datetime) -> MirroredImage:
    """An image under the name of its content."""
    digest = sha256(image.body).hexdigest()
    return MirroredImage(
        source_url=url,
        sha256=digest,
        key=f"{Prefix.IMAGES}{digest}.{image.extension}",
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        size_bytes=len(image.body),
        phash=image.phash,
        fetched_at=now,
    )


def as_images(mirror: Mapping[str, MirroredImage]) -> dict[str, Image]:
    """The mirror in the record's form; kind and provider are set where an image is shown."""
    return {
        url: Image(
            kind=ImageKind.POSTER,
            provider=Provider.JIKAN,
            source_url=url,
            sha256=one.sha256,
            key=one.key,
            content_type=one.content_type,
            width=one.width,
            height=one.height,
            size_bytes=one.size_bytes,
            phash=one.phash,
            error=one.error,
        )
        for url, one in mirror.items()
    }
