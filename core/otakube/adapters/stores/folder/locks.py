# SPDX-License-Identifier: Apache-2.0
"""Merge locks in a folder: the very file that is exported and imported."""

from collections.abc import Sequence
from pathlib import Path

from otakube.domain.locks import file
from otakube.domain.locks.effects import concerning
from otakube.domain.locks.lock import Lock, lock_id
from otakube.errors import Fatal
from otakube_api.contract import FailureReason


class FolderLocks:
    """The Locks port, in `root`/documents/merge-locks.jsonl, for one writer."""

    def __init__(self, root: Path) -> None:
        self._path = root / "documents" / "merge-locks.jsonl"

    async def prepare(self) -> None:
        """A file needs no index."""

    async def add(self, lock: Lock) -> Lock:
        known = self._read()
        standing = known.setdefault(lock_id(lock), lock)
        self._write(known)
        return standing

    async def remove(self, lock_id: str) -> bool:
        known = self._read()
        found = known.pop(lock_id, None)
        self._write(known)
        return found is not None

    async def get(self, lock_ids: Sequence[str]) -> list[Lock]:
        known = self._read()
        return [known[name] for name in sorted(set(lock_ids) & set(known))]

    async def about(self, pages: Sequence[str]) -> list[Lock]:
        known = self._read()
        return concerning([known[name] for name in sorted(known)], pages)

    async def after(self, lock_id: str, limit: int) -> list[Lock]:
        known = self._read()
        return [known[name] for name in sorted(known) if name > lock_id][:limit]

    def _read(self) -> dict[str, Lock]:
        if not self._path.exists():
            return {}
        lines, refused = file.parse_file(self._path.read_text())
        if refused:
            number, message = refused[0]
            raise Fatal(FailureReason.RECORD_INVALID, f"{self._path}, line {number}: {message}")
        return {lock_id(one.lock): one.lock for one in lines}

    def _write(self, locks: dict[str, Lock]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._path.with_suffix(".part")
        aside.write_text(file.format_file(locks.values()))
        aside.replace(self._path)
