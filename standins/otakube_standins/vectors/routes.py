# SPDX-License-Identifier: Apache-2.0
"""The REST routes that `qdrant-client` calls, in Qdrant's envelope: result, status, time."""

import time
from typing import Any

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import FileResponse

from otakube_standins.vectors.collection import describe_snapshot
from otakube_standins.vectors.registry import CollectionNotFound, Collections

# What clients are told: the release whose REST behaviour is answered here.
VERSION = "1.20.0"


def elapsed(request: Request) -> float:
    """Seconds since the request was read."""
    return time.perf_counter() - getattr(request.state, "started", time.perf_counter())


def _ok(request: Request, result: object) -> dict[str, Any]:
    return {"result": result, "status": "ok", "time": elapsed(request)}


def _updated(request: Request) -> dict[str, Any]:
    """Every update is complete when it is answered, whether the caller waits or not."""
    return _ok(request, {"operation_id": 0, "status": "completed"})


def service() -> APIRouter:
    """Version and probes."""
    router = APIRouter()

    @router.get("/")
    def version() -> dict[str, str]:
        return {"title": "qdrant - vector search engine", "version": VERSION, "server": "development server"}

    @router.get("/healthz")
    @router.get("/readyz")
    @router.get("/livez")
    def health() -> Response:
        return Response("healthz check passed", media_type="text/plain")

    return router


def of_collections(collections: Collections) -> APIRouter:
    """Collections and their payload indexes."""
    router = APIRouter(prefix="/collections")

    @router.get("")
    def names(request: Request) -> dict[str, Any]:
        return _ok(request, {"collections": [{"name": name} for name in collections.names()]})

    @router.get("/{name}/exists")
    def exists(request: Request, name: str) -> dict[str, Any]:
        return _ok(request, {"exists": name in collections})

    @router.get("/{name}")
    def info(request: Request, name: str) -> dict[str, Any]:
        return _ok(request, collections[name].info())

    @router.put("/{name}")
    def create(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        collections.create(name, body)
        return _ok(request, True)

    @router.delete("/{name}")
    def delete(request: Request, name: str) -> dict[str, Any]:
        return _ok(request, collections.delete(name))

    @router.put("/{name}/index")
    def create_index(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        collections[name].create_index(body)
        return _updated(request)

    @router.delete("/{name}/index/{field}")
    def delete_index(request: Request, name: str, field: str) -> dict[str, Any]:
        collections[name].delete_index(field)
        return _updated(request)

    return router


def of_writes(collections: Collections) -> APIRouter:
    """Changes of points."""
    router = APIRouter(prefix="/collections/{name}/points")

    @router.put("")
    def upsert(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        collections[name].upsert(body)
        return _updated(request)

    @router.post("/delete")
    def delete(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        collections[name].delete(body)
        return _updated(request)

    @router.post("/payload")
    def set_payload(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        collections[name].payload(body, overwrite=False)
        return _updated(request)

    @router.put("/payload")
    def overwrite_payload(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        collections[name].payload(body, overwrite=True)
        return _updated(request)

    return router


def of_reads(collections: Collections) -> APIRouter:
    """Reads of points."""
    router = APIRouter(prefix="/collections/{name}/points")

    @router.post("")
    def retrieve(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        return _ok(request, collections[name].retrieve(body))

    @router.get("/{point}")
    def one(request: Request, name: str, point: str) -> dict[str, Any]:
        wanted: int | str = int(point) if point.isdecimal() else point
        found = collections[name].retrieve({"ids": [wanted], "with_payload": True, "with_vector": True})
        if not found:
            raise CollectionNotFound(f"Not found: Point with id {point} does not exists!")
        return _ok(request, found[0])

    @router.post("/query")
    def query(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        return _ok(request, {"points": collections[name].query(body)})

    @router.post("/query/batch")
    def batch(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        return _ok(request, [{"points": collections[name].query(each)} for each in body["searches"]])

    @router.post("/scroll")
    def scroll(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        return _ok(request, collections[name].scroll(body))

    @router.post("/count")
    def count(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        return _ok(request, {"count": collections[name].count(body)})

    return router


def of_snapshots(collections: Collections) -> APIRouter:
    """Snapshots in this server's own format, which Qdrant does not read."""
    router = APIRouter(prefix="/collections/{name}/snapshots")

    @router.get("")
    def names(request: Request, name: str) -> dict[str, Any]:
        found = (collections.snapshots / collections[name].name).glob("*.snapshot")
        return _ok(request, [describe_snapshot(path) for path in sorted(found)])

    @router.post("")
    def create(request: Request, name: str) -> dict[str, Any]:
        return _ok(request, collections[name].snapshot(collections.snapshots / name))

    @router.get("/{snapshot}")
    def download(name: str, snapshot: str) -> FileResponse:
        return FileResponse(collections.snapshot(name, snapshot))

    @router.delete("/{snapshot}")
    def delete(request: Request, name: str, snapshot: str) -> dict[str, Any]:
        collections.snapshot(name, snapshot).unlink()
        return _ok(request, True)

    @router.put("/recover")
    def recover(request: Request, name: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        collections.recover(name, body["location"])
        return _ok(request, True)

    return router
