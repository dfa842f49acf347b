# SPDX-License-Identifier: Apache-2.0
"""The step `embed`: the reviewed record's texts become vectors, one object beside it."""

from otakube.domain.publish.passages import TEXT_LIMIT, passages_of
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Point, VectorSet
from otakube.ports.embedding import TextEmbedder
from otakube.ports.objects import ObjectStore
from otakube.steps.inputs import read_checkpoint
from otakube.steps.reviewed import ReviewAnswer, read_reviewed
from otakube_api.contract import Output


async def embed(
    objects: ObjectStore, embedder: TextEmbedder, answer: ReviewAnswer, *, work_prefix: str
) -> dict[Output, str]:
    """Write vectors of the reviewed record with its accepted suggestions, unless they are there already."""
    record = await read_reviewed(objects, answer, work_prefix=work_prefix)
    digest = handover.digest(record)
    key = f"{work_prefix}/{handover.VECTORS}"
    vectors = await read_checkpoint(objects, key, VectorSet)
    if vectors is None or (vectors.golden_digest, vectors.model) != (digest, embedder.name):
        vectors = vectors_of(record, embedder, digest=digest)
        await objects.put(key, vectors.model_dump_json().encode())
    return {}


def vectors_of(record: GoldenRecord, embedder: TextEmbedder, *, digest: str) -> VectorSet:
    """Embed every text of the record."""
    passages = passages_of(record, count=embedder.count, limit=embedder.max_tokens)
    vectors = embedder.embed([passage.text for passage in passages])
    points = [
        Point(kind=passage.kind, number=passage.number, text=passage.text[:TEXT_LIMIT], vector=vector)
        for passage, vector in zip(passages, vectors, strict=True)
    ]
    return VectorSet(model=embedder.name, dimension=embedder.dimension, golden_digest=digest, points=points)
