# SPDX-License-Identifier: Apache-2.0
"""A reader that polls an entry while faults happen: what it sees must be one whole version at any instant."""

import http.client
import sqlite3
import threading
from typing import Self

import pymongo.errors

from drill.checker import Content, Raw, digest

POLL_SECONDS = 0.01


class Reader:
    """Reads the entry, then the points of the version seen, then the entry; a change voids it all."""

    def __init__(self, raw: Raw, entry_id: str, allowed: list[Content]) -> None:
        self._raw, self._entry_id = raw, entry_id
        self._allowed = {content.digest: content for content in allowed}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._newest = 0
        self.samples = 0
        self.violations: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(POLL_SECONDS):
            try:
                self._look()
            except (OSError, http.client.HTTPException, pymongo.errors.PyMongoError, sqlite3.Error):
                continue  # a store is down: the reader sees an error, not half an entry

    def _look(self) -> None:
        before = self._raw.entry(self._entry_id)
        version = before.get("live_version")
        if version is None:
            return
        points = self._raw.points(self._entry_id, vectors=False)
        if self._raw.entry(self._entry_id).get("live_version") != version:
            return
        self.samples += 1
        if version < self._newest:
            self.violations.append(f"I4: version {version} after {self._newest}")
        self._newest = max(version, self._newest)
        content = self._allowed.get(before["digest"])
        if content is None or digest(before["record"]) != before["digest"]:
            self.violations.append(f"I2: version {version} shows a body that nobody committed")
            return
        seen = {
            (p["payload"]["kind"], p["payload"]["number"])
            for p in points
            if p["payload"]["version"] == version
        }
        if seen != content.point_names:
            missing = sorted(content.point_names - seen)
            self.violations.append(f"I2: version {version} was visible without points {missing[:3]}")
