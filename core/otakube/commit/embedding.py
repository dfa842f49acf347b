# SPDX-License-Identifier: Apache-2.0
"""Turns a record's texts into the vectors that its commit stores."""

from otakube.domain.publish.passages import TEXT_LIMIT, passages_of
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Point, VectorSet
from otakube.ports.embedding import TextEmbedder


def vectors_of(record: GoldenRecord, embedder: TextEmbedder, *, digest: str) -> VectorSet:
    """Embed every text of the record."""
    passages = passages_of(record, count=embedder.count, limit=embedder.max_tokens)
    vectors = embedder.embed([passage.text for passage in passages])
    points = [
        Point(kind=passage.kind, number=passage.number, text=passage.text[:TEXT_LIMIT], vector=vector)
        for passage, vector in zip(passages, vectors, strict=True)
    ]
    return VectorSet(model=embedder.name, dimension=embedder.dimension, golden_digest=digest, points=points)
