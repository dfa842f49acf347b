# SPDX-License-Identifier: Apache-2.0
"""The place of a drill over embedded stores: no server to kill, so the only party is the step itself."""

import math
import os
import pickle
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drill.checker import Json, Raw
from drill.reader import Reader
from drill.site import COLLECTION, LEASE_SECONDS, Site
from raw_documents import SqliteFile


class Collection:
    """One collection of the file, by the two calls of PyMongo that the checker makes."""

    def __init__(self, file: SqliteFile, name: str) -> None:
        self._file, self._name = file, name

    def find(self, equal: Json) -> list[Json]:
        return self._file.documents(self._name, **equal)

    def find_one(self, equal: Json) -> Json | None:
        return next(iter(self.find(equal)), None)


class Collections:
    """All collections, by attribute or by name."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Collection:
        return Collection(self._file, name)

    def __getitem__(self, name: str) -> Collection:
        return Collection(self._file, name)


class EmbeddedRaw(Raw):
    """Raw reads of the files themselves: the standard library's SQLite, and the folder's entries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db: Any = Collections(SqliteFile(folder / "documents.sqlite3"))

    def entry(self, entry_id: str) -> Json:
        return self.db.animes.find_one({"entry_id": entry_id}) or {}

    def points(self, entry_id: str, *, vectors: bool = True) -> list[Json]:
        file = self.folder / f"vectors/collection/{COLLECTION}/storage.sqlite"
        if not file.exists():
            return []
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)) as connection:
            rows = connection.execute("SELECT point FROM points").fetchall()
        points = [pickle.loads(row[0]) for row in rows]
        return [
            {"id": point.id, "payload": point.payload, "vector": _unit(point.vector) if vectors else {}}
            for point in points
            if point.payload["entry_id"] == entry_id
        ]

    def keys(self, prefix: str) -> set[str]:
        root = self.folder / "objects"
        files = (file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file())
        return {key for key in files if key.startswith(prefix) and "/.part-" not in key}

    def put(self, key: str, body: bytes) -> None:
        path = self.folder / "objects" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def get(self, key: str) -> bytes:
        return (self.folder / "objects" / key).read_bytes()


@dataclass
class EmbeddedSite(Site):
    """Steps over the stores of one folder."""

    def reader(self, entry_id: str, allowed: list[Any]) -> Reader:
        return Reader(self.raw, entry_id, allowed)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "OTAKUBE_SECRETS_DIR": os.devnull,
            "OTAKUBE_LEASE_SECONDS": str(LEASE_SECONDS),
        }


def _unit(vectors: dict[str, list[float]]) -> dict[str, list[float]]:
    """At length 1, as the server keeps them: the local mode stores what it was given."""
    return {kind: [x / math.hypot(*vector) for x in vector] for kind, vector in vectors.items()}


def embedded_site(folder: Path) -> Iterator[EmbeddedSite]:
    """An empty folder of stores."""
    stores = folder / "stores"
    raw = EmbeddedRaw(stores)
    yield EmbeddedSite(
        stores=None,  # type: ignore[arg-type]  # there is no server
        proxies={},
        raw=raw,
        folder=folder,
        options=[f"--objects=file:{stores}"],
    )
