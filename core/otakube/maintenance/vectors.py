# SPDX-License-Identifier: Apache-2.0
"""The vectors of a live version, from wherever they can still be had."""

from collections.abc import Callable

from pydantic import ValidationError

from otakube.commit.embedding import vectors_of
from otakube.commit.recovery import CommitStores, vectors_key
from otakube.commit.request import payload
from otakube.domain.record.handover import VectorSet
from otakube.errors import Fatal
from otakube.ports.catalogue import LiveEntry
from otakube.ports.embedding import TextEmbedder
from otakube.ports.vectors import Version
from otakube_api.contract import FailureReason


async def recovered(
    stores: CommitStores, load: Callable[[], TextEmbedder] | None, live: LiveEntry, *, points: int
) -> VectorSet:
    """From the bucket, else from the stored points if all are there, else embedded anew; or Fatal."""
    key = vectors_key(live)
    try:
        return VectorSet.model_validate_json(await stores.objects.get(key))
    except (KeyError, ValidationError):
        stored = await stores.vectors.stored(live.entry_id, version=live.version, digest=live.digest)
    if stored and len(stored) == points:
        dimension = len(stored[0].vector)
        return VectorSet(model=live.model, dimension=dimension, golden_digest=live.digest, points=stored)
    embedder = load() if load else None
    if embedder is None or embedder.name != live.model:
        made_by = embedder.name if embedder else "not here"
        message = (
            f"{key} is gone and {len(stored)} of {points} points are left; the text model that made them, "
            f"{live.model}, is {made_by}: enrich the entry again"
        )
        raise Fatal(FailureReason.INPUT_MISSING, message)
    made = vectors_of(live.record, embedder, digest=live.digest)
    if len(made.points) != points:
        message = f"{key} is gone; the record gives {len(made.points)} points, not {points}: enrich it again"
        raise Fatal(FailureReason.INPUT_MISSING, message)
    return made


async def insert_missing(stores: CommitStores, live: LiveEntry, vectors: VectorSet) -> None:
    """Put the missing points back; those that are there stay."""
    version = Version(entry_id=live.entry_id, version=live.version, digest=live.digest)
    left = await stores.vectors.stored(live.entry_id, version=live.version, digest=live.digest)
    names = {(point.kind, point.number) for point in left}  # their ids may be an older release's
    missing = [point for point in vectors.points if (point.kind, point.number) not in names]
    await stores.vectors.insert(version, missing, payload=payload(live.record.entry))
