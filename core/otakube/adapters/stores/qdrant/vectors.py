# SPDX-License-Identifier: Apache-2.0
"""VectorStore over `qdrant-client`: the same calls to a server and to the local mode."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from otakube.adapters.stores.qdrant.connection import Qdrant
from otakube.domain.publish.passages import KINDS
from otakube.domain.record.handover import Point
from otakube.errors import Fatal
from otakube.ports.vectors import Version
from otakube_api.contract import FailureReason

if TYPE_CHECKING:
    from qdrant_client.http.models import CollectionInfo, Filter, PointStruct, Record

# A point is 4 to 8 KB of JSON at 384 dimensions; Qdrant's default request limit is 32 MB.
_BATCH = 200
_PAGE = 1_000
_STAMP = ("entry_id", "version", "digest")
_NAMESPACE = uuid5(NAMESPACE_URL, "https://otakube.dev/points")


def point_id(version: Version, kind: str, number: int) -> str:
    """The same point of the same record and version has the same id; others never overwrite each other."""
    name = f"{version.entry_id}/{version.version}/{version.digest}/{kind}/{number}"
    return str(uuid5(_NAMESPACE, name))


class QdrantVectors:
    """One collection."""

    def __init__(self, qdrant: Qdrant) -> None:
        self.qdrant = qdrant
        self.collection = qdrant.collection

    async def ensure(self, *, model: str, dimension: int) -> None:
        """Create what is missing of collection and indexes; Fatal if another model made it."""
        client = await self.qdrant.client()
        from qdrant_client.http.models import PayloadSchemaType

        with self.qdrant.translated("preparing the collection"):
            info = await self.qdrant.info()
            if info is None:
                await self._create(model=model, dimension=dimension)
                info = await client.get_collection(self.collection)
            check_model(self.collection, info, model=model, dimension=dimension)
            for field in self.qdrant.indexes.keys() - (info.payload_schema or {}).keys():
                schema = PayloadSchemaType(self.qdrant.indexes[field])
                await client.create_payload_index(self.collection, field, schema, wait=True)

    async def insert(self, version: Version, points: Sequence[Point], *, payload: dict[str, object]) -> None:
        """Insert absent points and wait until they are stored."""
        from qdrant_client.http.models import UpdateMode

        client = await self.qdrant.client()
        structs = [_struct(version, point, payload) for point in points]
        with self.qdrant.translated(f"inserting {len(structs)} points of {version.entry_id}"):
            for start in range(0, len(structs), _BATCH):
                batch = structs[start : start + _BATCH]
                await client.upsert(self.collection, batch, wait=True, update_mode=UpdateMode.INSERT_ONLY)

    async def count(self, entry_id: str, *, version: int | None = None, digest: str | None = None) -> int:
        """Points of an entry, or of one version of it; 0 without a collection."""
        client = await self.qdrant.client()
        with self.qdrant.translated(f"counting points of {entry_id}"):
            if not await client.collection_exists(self.collection):
                return 0
            counted = await client.count(
                self.collection, _of(entry_id, equal=version, digest=digest), exact=True
            )
        return int(counted.count)

    async def stored(self, entry_id: str, *, version: int, digest: str) -> list[Point]:
        """One version's points; none without a collection."""
        client = await self.qdrant.client()
        found: list[Point] = []
        offset = None
        with self.qdrant.translated(f"reading points of {entry_id}"):
            while await client.collection_exists(self.collection):
                points, offset = await client.scroll(
                    self.collection,
                    scroll_filter=_of(entry_id, equal=version, digest=digest),
                    limit=_BATCH,
                    offset=offset,
                    with_vectors=True,
                )
                found += [_point(point) for point in points]
                if offset is None:
                    break
        return sorted(found, key=lambda point: (KINDS.index(point.kind), point.number))

    async def delete(self, entry_id: str, *, version: int, digest: str | None = None) -> None:
        """Delete one version's points."""
        await self._delete(entry_id, _of(entry_id, equal=version, digest=digest))

    async def delete_before(self, entry_id: str, *, version: int) -> None:
        """Delete the points of older versions."""
        await self._delete(entry_id, _of(entry_id, below=version))

    async def _delete(self, entry_id: str, those: "Filter") -> None:
        client = await self.qdrant.client()
        from qdrant_client.http.models import FilterSelector

        chosen = FilterSelector(filter=those)
        with self.qdrant.translated(f"deleting points of {entry_id}"):
            if await client.collection_exists(self.collection):
                await client.delete(self.collection, chosen, wait=True)

    async def versions(self) -> AsyncIterator[tuple[Version, int]]:
        """Version and number of points of all that is stored."""
        client = await self.qdrant.client()
        found: Counter[Version] = Counter()
        offset = None
        with self.qdrant.translated("reading points"):
            if not await client.collection_exists(self.collection):
                return
            while True:
                points, offset = await client.scroll(
                    self.collection, limit=_PAGE, offset=offset, with_payload=list(_STAMP)
                )
                found.update(
                    Version(**{name: p.payload[name] for name in _STAMP}) for p in points if p.payload
                )
                if offset is None:
                    break
        for version, number in found.items():
            yield version, number

    async def _create(self, *, model: str, dimension: int) -> None:
        """Create, unless another step was faster."""
        from qdrant_client.http import models
        from qdrant_client.http.exceptions import UnexpectedResponse

        int8 = models.ScalarQuantizationConfig(type=models.ScalarType.INT8, always_ram=True)
        vector = models.VectorParams(
            size=dimension,
            distance=models.Distance.COSINE,
            on_disk=True,
            quantization_config=models.ScalarQuantization(scalar=int8),
        )
        try:
            await (await self.qdrant.client()).create_collection(
                self.collection,
                vectors_config=dict.fromkeys(KINDS, vector),
                on_disk_payload=True,
                metadata={"model": model, "dimension": dimension},
            )
        except UnexpectedResponse as error:
            if error.status_code not in {400, 409}:
                raise


def _struct(version: Version, point: Point, payload: dict[str, object]) -> "PointStruct":
    from qdrant_client.http.models import PointStruct

    return PointStruct(
        id=point_id(version, point.kind, point.number),
        vector={point.kind: point.vector},
        payload={
            **payload,
            "entry_id": version.entry_id,
            "version": version.version,
            "digest": version.digest,
            "kind": point.kind,
            "number": point.number,
            "text": point.text,
        },
    )


def _point(record: "Record") -> Point:
    payload, vectors = record.payload or {}, record.vector
    kind = payload["kind"]
    vector = vectors[kind] if isinstance(vectors, dict) else vectors
    return Point.model_validate(
        {name: payload[name] for name in ("kind", "number", "text")} | {"vector": vector}
    )


def _of(
    entry_id: str, *, equal: int | None = None, below: int | None = None, digest: str | None = None
) -> "Filter":
    from qdrant_client.http.models import FieldCondition, Filter, MatchValue, Range

    must = [FieldCondition(key="entry_id", match=MatchValue(value=entry_id))]
    if equal is not None:
        must.append(FieldCondition(key="version", match=MatchValue(value=equal)))
    if digest is not None:
        must.append(FieldCondition(key="digest", match=MatchValue(value=digest)))
    if below is not None:
        must.append(FieldCondition(key="version", range=Range(lt=below)))
    return Filter(must=must)


def check_model(collection: str, info: "CollectionInfo", *, model: str, dimension: int) -> None:
    """Fatal, with the cure, unless this model made the collection."""
    made_by = (info.config.metadata or {}).get("model")
    if made_by == model and (info.config.metadata or {}).get("dimension") == dimension:
        return
    message = (
        f"collection {collection!r} holds vectors of {made_by or 'an unknown model'}, this run has {model} "
        f"with {dimension} dimensions; set OTAKUBE_EMBEDDING_MODEL back, or OTAKUBE_QDRANT_COLLECTION to a "
        "new name and enrich the catalogue again"
    )
    raise Fatal(FailureReason.SETTINGS_INVALID, message)
