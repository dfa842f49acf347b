# SPDX-License-Identifier: Apache-2.0
"""The step `embed`: the reviewed record's texts become vectors, one object beside it."""

from otakube.commit.embedding import vectors_of
from otakube.domain.record import handover
from otakube.domain.record.handover import VectorSet
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
