# SPDX-License-Identifier: Apache-2.0
"""The embed step: the golden record's texts become vectors, one object beside it."""

from collections.abc import Sequence

from pydantic import ValidationError

from otakube.domain.publish.passages import TEXT_LIMIT, passages_of
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Point, VectorSet
from otakube.errors import Fatal
from otakube.ports.embedding import TextEmbedder
from otakube.ports.objects import ObjectStore
from otakube.steps.reviewed import accept_suggestions
from otakube_api.contract import FailureReason, Output


async def embed(
    objects: ObjectStore,
    embedder: TextEmbedder,
    *,
    prefix: str,
    accepted: Sequence[str] = (),
    reviewer: str = "",
) -> dict[Output, str]:
    """Write `vectors.json` for the run's golden record, unless it is there already.

    `accepted` are ids of suggestions that the reviewer takes over into the record; one that this run does not
    have is Fatal.
    """
    assembled = await read_golden(objects, prefix)
    record = await accept_suggestions(assembled, accepted, reviewer, objects, work_prefix=prefix)
    if record != assembled:
        await objects.put(f"{prefix}/{handover.GOLDEN}", record.model_dump_json().encode())
    digest = handover.digest(record)
    key = f"{prefix}/{handover.VECTORS}"
    done = await _read_vectors(objects, key)
    if done is None or (done.golden_digest, done.model) != (digest, embedder.name):
        done = vectors_of(record, embedder, digest=digest)
        await objects.put(key, done.model_dump_json().encode())
    return {Output.MODEL: done.model}


def vectors_of(record: GoldenRecord, embedder: TextEmbedder, *, digest: str) -> VectorSet:
    """Embed every text of the record."""
    passages = passages_of(record, count=embedder.count, limit=embedder.max_tokens)
    vectors = embedder.embed([passage.text for passage in passages])
    points = [
        Point(kind=passage.kind, number=passage.number, text=passage.text[:TEXT_LIMIT], vector=vector)
        for passage, vector in zip(passages, vectors, strict=True)
    ]
    return VectorSet(model=embedder.name, dimension=embedder.dimension, golden_digest=digest, points=points)


async def read_golden(objects: ObjectStore, prefix: str) -> GoldenRecord:
    """The record that the step `assemble` left; Fatal if it is missing or no golden record."""
    key = f"{prefix}/{handover.GOLDEN}"
    try:
        return GoldenRecord.model_validate_json(await objects.get(key))
    except KeyError as error:
        raise Fatal(
            FailureReason.INPUT_MISSING,
            f"{key} is not in the bucket: run `otakube step assemble` for this run first",
        ) from error
    except ValidationError as error:
        raise Fatal(FailureReason.RECORD_INVALID, f"{key} is no golden record: {str(error)[:500]}") from error


async def _read_vectors(objects: ObjectStore, key: str) -> VectorSet | None:
    try:
        return VectorSet.model_validate_json(await objects.get(key))
    except (KeyError, ValidationError):  # absent, or of another release: made anew
        return None
