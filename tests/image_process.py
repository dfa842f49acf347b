# SPDX-License-Identifier: Apache-2.0
"""Mirrors URLs as the step `assemble` does, and prints what became of them, and its peak of memory.

A process of its own, so that its peak is not the test runner's. `image_process.py FOLDER together|apart`
reads the URLs as lines of its standard input; apart, each has its own time.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ingests import an_ingester
from otakube.adapters.images.addresses import Allowed
from otakube.adapters.images.source import WebImages
from otakube.adapters.memory import PodMemory
from otakube.settings import load


class Outcome(NamedTuple):
    """One image: its key in the bucket or the failure, whether that is remembered, and what it took."""

    key: str | None
    error: str | None
    remembered: bool
    cpu_seconds: float


class Watched:
    """A source whose decoders are looked at while they live."""

    def __init__(self, source: WebImages) -> None:
        self._source = source
        self._child = 0
        self._gone = 0.0
        self._seen = (0, 0.0)

    async def watch(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(0.01)

    def look(self) -> None:
        child = self._source._child
        if child is None or child.returncode is not None:
            return
        self._child = max(self._child, peak(str(child.pid)))
        if child.pid != self._seen[0]:
            self._gone += self._seen[1]
        self._seen = (child.pid, cpu(child.pid))

    def cpu_seconds(self) -> float:
        self.look()
        return time.process_time() + self._gone + self._seen[1]

    def mebibytes(self) -> int:
        self.look()
        return (peak("self") + self._child) // 1024


def peak(process: str) -> int:
    """In KiB; getrusage would count what the process was before it became this program."""
    status = Path(f"/proc/{process}/status").read_text()
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def main(folder: Path, batches: Sequence[Sequence[str]]) -> None:
    settings = load()
    hosts = Allowed([], [urlsplit(url).hostname or "" for urls in batches for url in urls])
    memory = PodMemory(settings.memory_limit_bytes)
    outcomes: dict[str, Outcome] = {}
    async with WebImages(hosts, size=settings.image_limit_bytes, memory=memory) as source:
        watched = Watched(source)
        watch = asyncio.create_task(watched.watch())
        ingester = an_ingester(source, folder)
        for urls in batches:
            before = watched.cpu_seconds()
            mirror = await ingester.ingest(urls)
            took = watched.cpu_seconds() - before
            for url, one in mirror.items():
                outcomes[url] = Outcome(one.key, one.error, one.retry_after is not None, took)
        watch.cancel()
        mebibytes = watched.mebibytes()
    print(json.dumps({"mebibytes": mebibytes, "outcomes": {u: o._asdict() for u, o in outcomes.items()}}))


if __name__ == "__main__":
    lines = sys.stdin.read().split("\n")
    asyncio.run(main(Path(sys.argv[1]), [lines] if sys.argv[2] == "together" else [[one] for one in lines]))
