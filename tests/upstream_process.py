# SPDX-License-Identifier: Apache-2.0
"""The stand-in upstream as a real process on loopback, and steps run against it as a person runs them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from otakube_standins.upstream.provider import otakube_environment
from ports import free_port
from raw_documents import SqliteFile

START_SECONDS = 120


@dataclass(frozen=True)
class Upstream:
    """A running stand-in."""

    url: str

    def faults(self, *faults: dict[str, object]) -> None:
        """Put these faults in force instead of the present ones."""
        httpx2.put(f"{self.url}/admin/faults", json=list(faults)).raise_for_status()

    def move_clock(self, ahead: timedelta) -> None:
        """Have its episodes be those of another time."""
        body = {"ahead_seconds": ahead.total_seconds()}
        httpx2.put(f"{self.url}/admin/clock", json=body).raise_for_status()

    def get(self, path: str) -> Any:
        """What it answers."""
        return httpx2.get(f"{self.url}{path}").raise_for_status().json()

    def asked(self) -> int:
        """Requests since the last `forget`."""
        return sum(row["count"] for row in httpx2.get(f"{self.url}/admin/requests").json())

    def forget(self) -> None:
        """Count requests from here on."""
        httpx2.delete(f"{self.url}/admin/requests").raise_for_status()

    def environment(self, **more: str) -> dict[str, str]:
        """Settings that point steps at it: those that need no credentials are on."""
        return {
            **otakube_environment(self.url, "jikan", "anilist", "kitsu"),
            "OTAKUBE_IMAGE_HOSTS": '["127.0.0.1"]',
            "OTAKUBE_IMAGE_PRIVATE_HOSTS": '["127.0.0.1"]',
            "OTAKUBE_PROVIDER_TIMEOUT_SECONDS": "10",
            "OTAKUBE_PROVIDER_CLOCK_SCALE": "20",  # it has no limits, and nobody waits for ours
        } | more


@contextmanager
def running_upstream(*options: str) -> Iterator[Upstream]:
    """Start it on a free port, without limits unless `options` set some; stop it by its id."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "otakube_standins.upstream", "--port", str(port), "--unlimited", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        upstream = Upstream(f"http://127.0.0.1:{port}")
        _wait(upstream, process)
        yield upstream
    finally:
        process.kill()
        process.wait()


def _wait(upstream: Upstream, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx2.get(f"{upstream.url}/healthz").raise_for_status()
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the stand-in upstream did not start; exit status {process.poll()}")


@dataclass(frozen=True)
class Outcome:
    """The end of a step: its status and its outputs."""

    status: int
    failure: str  # the termination message
    outputs: dict[str, str]


@dataclass(frozen=True)
class Workbench:
    """Embedded stores in a folder, and steps over them."""

    folder: Path
    upstream: Upstream

    def step(self, name: str, *options: str, uid: str = "uid-1", **settings: str) -> Outcome:
        """Run one step to its end."""
        outputs, log = self.folder / "outputs" / name, self.folder / "termination-log"
        log.unlink(missing_ok=True)
        common = [f"--objects=file:{self.folder}/bucket", f"--outputs={outputs}", f"--uid={uid}"]
        done = subprocess.run(
            [
                Path(sys.executable).with_name("otakube"),
                "step",
                name,
                *options,
                *common,
                f"--termination-log={log}",
            ],
            env={"PATH": os.defpath, "OTAKUBE_SECRETS_DIR": "/nonexistent"}
            | self.upstream.environment(**settings),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        found = {file.name: file.read_text() for file in outputs.glob("*")} if done.returncode == 0 else {}
        assert "Traceback" not in done.stderr, done.stderr
        return Outcome(done.returncode, log.read_text() if log.exists() else "", found)

    def objects(self, prefix: str = "") -> list[str]:
        """Keys in the bucket."""
        root = self.folder / "bucket/objects"
        keys = (file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file())
        return sorted(key for key in keys if key.startswith(prefix))

    def read(self, key: str) -> Any:
        """One object as JSON."""
        return json.loads((self.folder / "bucket/objects" / key).read_bytes())

    def owners(self) -> dict[str, str]:
        """Entry id by source URL."""
        rows = self._documents.run("SELECT * FROM identities")
        return {row["source_url"]: row["entry_id"] for row in rows}

    def rows(self) -> int:
        """Rows that a run could have left in the document store."""
        if not self._documents.path.exists():
            return 0
        tables = ("identities", "image_map", "provider_titles", "provider_health", "reviews", "animes")
        return sum(len(self._documents.run(f"SELECT 1 FROM {table}")) for table in tables)

    @property
    def _documents(self) -> SqliteFile:
        return SqliteFile(self.folder / "bucket/documents.sqlite3")

    def golden(self, uid: str = "uid-1") -> Any:
        """The run's golden record."""
        return self.read(f"work/{uid}/1-1/golden.json")
