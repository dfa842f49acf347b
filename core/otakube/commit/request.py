# SPDX-License-Identifier: Apache-2.0
"""Request for a commit: checked before anything is written, and named by its content."""

import hashlib
from collections import Counter

from otakube.commit import storable
from otakube.commit.storable import unstorable
from otakube.domain.publish.passages import KINDS
from otakube.domain.record.golden import SCHEMA_VERSION, AnimeEntry, GoldenRecord
from otakube.domain.record.handover import Commit, VectorSet
from otakube.domain.record.images import images_of
from otakube.errors import Fatal
from otakube_api.contract import FailureReason


def check(request: Commit) -> None:
    """Refuse, before anything is written, what could not be carried through."""
    if request.vectors.golden_digest != request.digest:
        _invalid(
            f"vectors.json belongs to the record {request.vectors.golden_digest}, not to {request.digest}"
        )
    check_points(request.vectors)
    ids = Counter([*(e.id for e in request.record.episodes), *(c.id for c in request.record.characters)])
    if twice := sorted(one for one, times in ids.items() if times > 1):
        _invalid(f"ids are given twice: {', '.join(twice[:5])}")
    check_storable(request.record)


def check_storable(record: GoldenRecord) -> None:
    """Refuse values that no document store holds."""
    for fault in unstorable(record.model_dump(mode="json")):
        _invalid(f"{fault}; correct it by a merge lock, or leave out its provider, and apply again")


def check_size(size: int) -> None:
    """Refuse a record of more bytes, in the store's own form, than one document has."""
    if size > storable.RECORD_LIMIT_BYTES:
        limit = f"the record has {size} bytes, {storable.RECORD_LIMIT_BYTES} fit into one document"
        _invalid(f"{limit}; leave out a provider by spec.providers, and apply again")


def check_points(vectors: VectorSet) -> None:
    """Refuse points that the collection has no place for."""
    seen: set[tuple[str, int]] = set()
    for point in vectors.points:
        if point.kind not in KINDS:
            _invalid(f"there is no vector {point.kind!r}; there are {', '.join(KINDS)}")
        if len(point.vector) != vectors.dimension:
            _invalid(f"{point.kind} {point.number} has {len(point.vector)} dimensions")
        if (point.kind, point.number) in seen:
            _invalid(f"two points are {point.kind} {point.number}")
        seen.add((point.kind, point.number))


def commit_key(request: Commit) -> str:
    """The same content for the same entry is the same commit."""
    return content_key(request.record.entry.id, request.digest, request.vectors.model)


def content_key(entry_id: str, digest: str, model: str) -> str:
    """The key of a commit of this content."""
    parts = (entry_id, digest, str(SCHEMA_VERSION), model)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def payload(entry: AnimeEntry) -> dict[str, object]:
    """Fields by which searches filter points."""
    return {
        "title": entry.titles.main,
        "type": entry.type.value,
        "status": entry.status.value,
        "genres": entry.genres,
        "year": entry.season.year if entry.season else None,
        "score": entry.score,
    }


def image_keys(record: GoldenRecord) -> list[str]:
    """Bucket keys of all mirrored images of a record, each once."""
    return sorted({image.key for image in images_of(record) if image.key})


def _invalid(message: str) -> None:
    raise Fatal(FailureReason.RECORD_INVALID, message)
