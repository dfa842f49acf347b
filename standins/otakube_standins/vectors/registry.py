# SPDX-License-Identifier: Apache-2.0
"""All collections below one data folder, each in a folder of its name."""

import re
import shutil
import tarfile
import tempfile
import threading
from pathlib import Path

from otakube_standins.vectors.collection import Collection
from otakube_standins.vectors.requests import BadRequest, Json

# Names become folders.
_NAME = re.compile(r"^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}$")


class CollectionNotFound(Exception):
    """Status 404."""


class CollectionConflict(Exception):
    """Status 409."""


class Collections:
    """All collections below one data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "collections"
        self.snapshots = data / "snapshots"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        for aside in self.folder.glob(".*.part"):
            shutil.rmtree(aside)
        self._open = {path.name: Collection(path) for path in sorted(self.folder.iterdir())}

    def __getitem__(self, name: str) -> Collection:
        try:
            return self._open[name]
        except KeyError:
            raise CollectionNotFound(f"Not found: Collection `{name}` doesn't exist!") from None

    def __contains__(self, name: str) -> bool:
        return name in self._open

    def names(self) -> list[str]:
        """Names in order."""
        return sorted(self._open)

    def create(self, name: str, body: Json) -> None:
        """Create; a name that is taken is a conflict."""
        with self._lock:
            if name in self._open:
                raise CollectionConflict(f"Wrong input: Collection `{name}` already exists!")
            folder = self.folder / self.checked(name)
            self._open[name] = Collection.create(folder, body)

    def delete(self, name: str) -> bool:
        """Remove the collection and its files; False if there is none."""
        with self._lock:
            collection = self._open.pop(name, None)
            if collection is None:
                return False
            collection.close()
            aside = self.folder / f".{name}.part"
            collection.folder.rename(aside)
            shutil.rmtree(aside)
        return True

    def recover(self, name: str, location: str) -> None:
        """Replace the collection by one of this server's snapshots, file:///.../<collection>/<snapshot>."""
        archive = self._snapshot(*Path(location.removeprefix("file://")).parts[-2:])
        aside = Path(tempfile.mkdtemp(dir=self.folder, prefix=".", suffix=".part"))
        with tarfile.open(archive) as opened:
            opened.extractall(aside, filter="data")
        self.delete(self.checked(name))
        with self._lock:
            aside.rename(self.folder / name)
            self._open[name] = Collection(self.folder / name)

    def checked(self, name: str) -> str:
        """The name, if it can be a folder."""
        if not _NAME.match(name):
            raise BadRequest(f"Wrong input: {name!r} cannot be a collection's name")
        return name

    def snapshot(self, collection: str, name: str) -> Path:
        """The file of a snapshot that exists."""
        return self._snapshot(self[collection].name, name)

    def _snapshot(self, collection: str, name: str) -> Path:
        path = self.snapshots / self.checked(collection) / self.checked(name)
        if not path.is_file():
            raise CollectionNotFound(f"Not found: Snapshot {name} not found")
        return path

    def optimize(self) -> None:
        """Let every collection tidy up."""
        for collection in list(self._open.values()):
            collection.optimize()

    def close(self) -> None:
        """Flush and close every collection."""
        for collection in self._open.values():
            collection.close()
