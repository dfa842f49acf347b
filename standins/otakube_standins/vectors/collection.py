# SPDX-License-Identifier: Apache-2.0
"""One collection: a folder with its settings and the engine's shard, and the updates that change it."""

import json
import shutil
import tarfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from otakube_standins.vectors import requests
from otakube_standins.vectors.requests import BadRequest, Json

_DISTANCES = {d: getattr(edge.Distance, d) for d in ("Cosine", "Euclid", "Dot", "Manhattan")}
_SCHEMAS = {
    name: getattr(edge.PayloadSchemaType, name.capitalize())
    for name in ("keyword", "integer", "float", "geo", "text", "bool", "datetime", "uuid")
}


class Collection:
    """One engine shard behind one lock: the engine is asked by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self.settings: dict[str, Any] = json.loads((folder / "collection.json").read_text())
        self.lock = threading.Lock()
        self.shard = edge.EdgeShard.load(str(folder / "shard"))
        self._changed = False

    @classmethod
    def create(cls, folder: Path, body: Json) -> "Collection":
        """Make the folder aside and move it in place, so that a crash leaves all of it or nothing."""
        aside = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        edge.EdgeShard.create(str(aside / "shard"), _config(body)).close()
        kept = {
            key: body.get(key) for key in ("vectors", "quantization_config", "on_disk_payload", "metadata")
        }
        (aside / "collection.json").write_text(json.dumps(kept))
        aside.rename(folder)
        return cls(folder)

    def update(self, operation: Any) -> None:
        """Apply one operation; it is in the write-ahead log when this returns."""
        with self.lock:
            self.shard.update(operation)
            self._changed = True

    def upsert(self, body: Json) -> None:
        """Insert or update points, as `update_mode` and `update_filter` say."""
        points = requests.points(body)
        self._check(points)
        mode = requests.UPDATE_MODES.get(body.get("update_mode"))
        if mode is None:
            raise BadRequest(f"unknown update_mode {body['update_mode']!r}")
        condition = requests.filter_(body.get("update_filter"))
        self.update(edge.UpdateOperation.upsert_points(points, condition, mode))

    def _check(self, points: list[Any]) -> None:
        """Refuse vectors that the collection has no place for, before they are logged."""
        known = _sizes(self.settings["vectors"])
        for point in points:
            vectors = point.vector if isinstance(point.vector, dict) else {"": point.vector}
            for name, vector in vectors.items():
                if name not in known:
                    raise BadRequest(f"Wrong input: Not existing vector name error: {name}")
                if len(vector) != known[name]:
                    message = f"expected dim: {known[name]}, got {len(vector)}"
                    raise BadRequest(f"Wrong input: Vector dimension error: {message}")

    def delete(self, body: Json) -> None:
        """Delete points by ids or filter."""
        if "points" in body:
            self.update(edge.UpdateOperation.delete_points(_ids(body["points"])))
        else:
            chosen = requests.filter_(body.get("filter")) or edge.Filter()
            self.update(edge.UpdateOperation.delete_points_by_filter(chosen))

    def payload(self, body: Json, *, overwrite: bool) -> None:
        """Set or replace payload by ids or filter."""
        word = "overwrite_payload" if overwrite else "set_payload"
        if body.get("points") is not None:
            change = getattr(edge.UpdateOperation, word)(
                _ids(body["points"]), body["payload"], body.get("key")
            )
        else:
            chosen = requests.filter_(body.get("filter")) or edge.Filter()
            by_filter = getattr(edge.UpdateOperation, f"{word}_by_filter")
            change = by_filter(chosen, body["payload"], body.get("key"))
        self.update(change)

    def create_index(self, body: Json) -> None:
        """Index a payload field."""
        schema = body.get("field_schema") or "keyword"
        kind = schema["type"] if isinstance(schema, dict) else schema
        if kind not in _SCHEMAS:
            raise BadRequest(f"unknown payload schema {kind!r}")
        self.update(edge.UpdateOperation.create_field_index(body["field_name"], _SCHEMAS[kind]))

    def delete_index(self, field: str) -> None:
        """Drop a payload field's index."""
        self.update(edge.UpdateOperation.delete_field_index(field))

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Under the lock; what the engine refuses to answer is the caller's error."""
        try:
            with self.lock:
                yield
        except Exception as error:
            # The engine has one exception class for all: the bare one.
            raise BadRequest(f"Wrong input: {error}") from error

    def retrieve(self, body: Json) -> list[dict[str, Any]]:
        """Points by id; absent ones are left out."""
        with self._asked():
            found = self.shard.retrieve(
                _ids(body["ids"]),
                requests.selection(body.get("with_payload"), default=True),
                requests.selection(body.get("with_vector")),
            )
        return [requests.record(one) for one in found]

    def query(self, body: Json) -> list[dict[str, Any]]:
        """Points by score."""
        wanted = requests.query_request(body)
        with self._asked():
            found = self.shard.query(wanted)
        return [requests.scored(one) for one in found]

    def scroll(self, body: Json) -> dict[str, Any]:
        """A page of points in the order of their ids or of a payload field."""
        offset = body.get("offset")
        wanted = edge.ScrollRequest(
            offset=None if offset is None else requests.point_id(offset),
            limit=body.get("limit") or 10,
            filter=requests.filter_(body.get("filter")),
            with_payload=requests.selection(body.get("with_payload"), default=True),
            with_vector=requests.selection(body.get("with_vector")),
            order_by=requests.order_by(body["order_by"]) if body.get("order_by") else None,
        )
        with self._asked():
            found, following = self.shard.scroll(wanted)
        return {
            "points": [requests.record(one) for one in found],
            "next_page_offset": requests.next_page(following),
        }

    def count(self, body: Json) -> int:
        """Number of points that match."""
        wanted = edge.CountRequest(
            exact=body.get("exact") is not False, filter=requests.filter_(body.get("filter"))
        )
        with self._asked():
            return int(self.shard.count(wanted))

    def info(self) -> dict[str, Any]:
        """Qdrant's description of a collection."""
        with self.lock:
            info = self.shard.info()
        schema = {
            field: {"data_type": str(index.data_type).rpartition(".")[2].lower(), "points": index.points}
            for field, index in info.payload_schema.items()
        }
        return {
            "status": "green",
            "optimizer_status": "ok",
            "indexed_vectors_count": info.indexed_vectors_count,
            "points_count": info.points_count,
            "segments_count": info.segments_count,
            "config": _shown_config(self.settings),
            "payload_schema": schema,
        }

    def optimize(self) -> None:
        """Build what large segments lack, if anything changed since the last time."""
        with self.lock:
            if self._changed:
                self.shard.optimize()
                self._changed = False

    def snapshot(self, target: Path) -> dict[str, Any]:
        """An archive of the folder, taken between two updates; this server's own format."""
        name = f"{self.name}-{datetime.now(UTC):%Y-%m-%d-%H-%M-%S-%f}.snapshot"
        target.mkdir(parents=True, exist_ok=True)
        aside = target / f".{name}.part"
        with self.lock:
            self.shard.flush()
            with tarfile.open(aside, "w:gz", compresslevel=1) as archive:
                archive.add(self.folder, arcname=".")
        aside.rename(target / name)
        return describe_snapshot(target / name)

    def close(self) -> None:
        """Flush and let go of the files."""
        with self.lock:
            self.shard.close()


def describe_snapshot(path: Path) -> dict[str, Any]:
    """Name, size and time of a snapshot."""
    status = path.stat()
    created = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return {"name": path.name, "size": status.st_size, "creation_time": created}


def _ids(raw: Sequence[object]) -> list[Any]:
    return [requests.point_id(each) for each in raw]


def _sizes(vectors: Json) -> dict[str, int]:
    if isinstance(vectors.get("size"), int):
        return {"": vectors["size"]}
    return {name: one["size"] for name, one in vectors.items()}


def _config(body: Json) -> Any:
    for beyond in ("sparse_vectors", "sharding_method"):
        if body.get(beyond):
            raise BadRequest(f"the development server has no {beyond}")
    vectors = body.get("vectors") or {}
    single = isinstance(vectors.get("size"), int)
    return edge.EdgeConfig(
        vectors=_vector(vectors) if single else {name: _vector(one) for name, one in vectors.items()},
        on_disk_payload=body.get("on_disk_payload", True),
        quantization_config=_quantization(body.get("quantization_config")),
        wal_enabled=True,
    )


def _vector(raw: Json) -> Any:
    if raw["distance"] not in _DISTANCES:
        raise BadRequest(f"unknown distance {raw['distance']!r}")
    return edge.EdgeVectorParams(
        size=raw["size"],
        distance=_DISTANCES[raw["distance"]],
        on_disk=raw.get("on_disk"),
        quantization_config=_quantization(raw.get("quantization_config")),
    )


def _quantization(raw: Json | None) -> Any:
    if not raw:
        return None
    if "scalar" not in raw:
        raise BadRequest("the development server has scalar quantization only")
    scalar = raw["scalar"]
    return edge.ScalarQuantizationConfig(
        edge.ScalarType.Int8, quantile=scalar.get("quantile"), always_ram=scalar.get("always_ram")
    )


def _shown_config(settings: Json) -> dict[str, Any]:
    """The parts that were chosen, and Qdrant's defaults where the client's types want a value."""
    return {
        "params": {
            "vectors": settings["vectors"],
            "on_disk_payload": settings["on_disk_payload"] is not False,
        },
        "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000},
        "optimizer_config": {
            "deleted_threshold": 0.2,
            "vacuum_min_vector_number": 1000,
            "default_segment_number": 0,
            "flush_interval_sec": 5,
        },
        "quantization_config": settings["quantization_config"],
        "metadata": settings["metadata"],
    }
