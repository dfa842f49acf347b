# SPDX-License-Identifier: Apache-2.0
"""The place of a drill: stores behind proxies, and step processes to start, stop, kill and run again."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drill import records
from drill.checker import Content, Endpoints, Raw
from drill.proxy import Proxy
from drill.reader import Reader
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from stores import BUCKET, Server, Stores, running_stores

OTAKUBE = str(Path(sys.executable).parent / "otakube")
DATABASE, COLLECTION = "otakube", "anime"
LEASE_SECONDS = 1
FATAL, RETRIABLE = 65, 75
ATTEMPTS = 6  # more than Argo's retryStrategy grants a commit
POSTER = "d" * 64


@dataclass
class Site:
    """Stores, proxies, and one entry after the other whose history of commits is known."""

    stores: Stores
    proxies: dict[str, Proxy]
    raw: Raw
    folder: Path
    runs: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    options: list[str] = field(default_factory=list)  # of every command

    def server(self, name: str) -> Server:
        """The store called documents, vectors or objects."""
        server: Server = getattr(self.stores, name)
        return server

    def content(self, entry_id: str, revision: int) -> Content:
        """A run's objects in the bucket, as the steps before the commit leave them."""
        run = f"work/drill/{next(self.runs)}-1"
        key = f"images/{POSTER}.png"
        made = records.golden(entry_id, revision, images={POSTER: key})
        golden = GoldenRecord.model_validate_json(records.body(made))
        text = golden.model_dump_json().encode()
        vectors = records.vectors(json.loads(text), handover.digest(golden))
        self.raw.put(key, b"\x89PNG drill")
        content = Content(run=run, golden=json.loads(text), vectors=vectors)
        self.leave(content)
        return content

    def leave(self, content: Content) -> None:
        """Write a run's record and vectors, over what is there."""
        self.raw.put(f"{content.run}/golden.json", records.body(content.golden))
        self.raw.put(f"{content.run}/vectors.json", records.body(content.vectors))

    def reader(self, entry_id: str, allowed: list[Content]) -> Reader:
        """A polling reader of its own connections."""
        return Reader(Raw(self.raw.at, patience_ms=300), entry_id, allowed)

    def start(
        self, content: Content, *options: str, failpoint: str = "", decision: str = "automatic"
    ) -> "Step":
        """Start `otakube step commit` on a run whose review saw `content`, as its pod does."""
        outputs = self.folder / "outputs" / content.run
        command = [OTAKUBE, "step", "commit", "--work", content.run, "--digest", content.digest]
        command += ["--decision", decision, *options]
        command += ["--outputs", str(outputs), "--termination-log", os.devnull, *self.options]
        environment = self.environment() | ({"OTAKUBE_FAILPOINT": failpoint} if failpoint else {})
        return Step(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True), outputs)

    def environment(self) -> dict[str, str]:
        """The environment of a step: every store behind its proxy, leases short."""
        ports = {name: proxy.port for name, proxy in self.proxies.items()}
        return self.stores.environment(
            self.folder / "secrets",
            mongodb_uri=f"mongodb://127.0.0.1:{ports['documents']}/",
            qdrant_url=f"http://127.0.0.1:{ports['vectors']}",
            s3_endpoint=f"http://127.0.0.1:{ports['objects']}",
            lease_seconds=str(LEASE_SECONDS),
        )

    def commit(self, content: Content) -> dict[str, str]:
        """Run the step until it succeeds, as Argo's retries do; its outputs."""
        for _ in range(ATTEMPTS):
            step = self.start(content)
            if step.wait() == 0:
                return step.outputs
            assert step.process.returncode == RETRIABLE, step.describe()
        raise AssertionError(f"{content.run} does not commit: {step.describe()}")

    def begun(self, content: Content) -> float:
        """Wait for the commit's first side effect; when that was."""
        while not (review := self.raw.db.reviews.find_one({"_id": content.run})):
            time.sleep(0.005)
        return float(review["decided_at"].timestamp())

    def at_work(self, content: Content) -> bool:
        """True while a commit that has begun is not done."""
        intent = self.raw.db.intents.find_one({"run": content.run}) or {}
        return intent.get("state") != "Done"

    def scrub(self, *, full: bool = False) -> dict[str, Any]:
        """Run `otakube scrub` until no lease is in its way; the last report."""
        command = [OTAKUBE, "scrub", "--output", "json", *self.options]
        command += ["--full", "--blobs-older-than", "0s"] if full else []
        while True:
            done = subprocess.run(
                command, env=self.environment(), capture_output=True, text=True, timeout=120
            )
            assert done.returncode in {0, 1, RETRIABLE}, done.stderr
            assert "UnexpectedError" not in done.stderr, done.stderr
            report: dict[str, Any] = json.loads(done.stdout) if done.returncode < RETRIABLE else {}
            if report and all(found["outcome"] != "Held" for found in report["findings"]):
                return report
            time.sleep(LEASE_SECONDS / 4)  # until the lease is over by the clock


@dataclass
class Step:
    """One step process."""

    process: "subprocess.Popen[str]"
    folder: Path
    said: str = ""

    def wait_stopped(self) -> bool:
        """Block until it stopped itself at a failpoint; False if it ended instead."""
        flags = os.WSTOPPED | os.WEXITED | os.WNOWAIT
        status = os.waitid(os.P_PID, self.process.pid, flags)
        return status is not None and status.si_code == os.CLD_STOPPED

    def resume(self) -> None:
        """SIGCONT."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()

    @property
    def running(self) -> bool:
        """True until it has ended."""
        return self.process.poll() is None

    def wait(self) -> int:
        """Its exit status, negative for a signal."""
        _, error = self.process.communicate(timeout=120)
        self.said += error or ""
        return self.process.returncode

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs, as the workflow would read them."""
        return {path.name: path.read_text() for path in self.folder.iterdir()}

    def describe(self) -> str:
        """Exit status and last words."""
        return f"exit {self.process.returncode}: {self.said[-1500:]}"


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Start everything; stop it at the end."""
    with running_stores(folder) as stores:
        ports = {name: getattr(stores, name).port for name in ("documents", "vectors", "objects")}
        proxies = {name: Proxy(port) for name, port in ports.items()}
        at = Endpoints(
            mongodb_port=ports["documents"],
            database=DATABASE,
            qdrant_port=ports["vectors"],
            collection=COLLECTION,
            s3_port=ports["objects"],
            bucket=BUCKET,
            access_key_id=stores.access_key_id,
            secret_access_key=stores.secret_access_key,
        )
        try:
            yield Site(stores=stores, proxies=proxies, raw=Raw(at), folder=folder)
        finally:
            for proxy in proxies.values():
                proxy.close()


Action = Callable[[], None]
