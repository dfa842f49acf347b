# SPDX-License-Identifier: Apache-2.0
"""Mirrors the URLs of its arguments as the step `assemble` does; prints outcomes, and its peak of memory.

A process of its own, so that its peak is not the test runner's: `python image_process.py FOLDER URL…`.
"""

import asyncio
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from otakube.adapters.images.addresses import Allowed
from otakube.adapters.images.source import WebImages
from otakube.adapters.memory import PodMemory
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.adapters.stores.sqlite.catalogue import SqliteImageMap
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.settings import load
from otakube.steps.assemble.step import mirror_all


class Peaks:
    """The most memory of this process and of the decoders beside it, which are looked at while they live."""

    def __init__(self, source: WebImages) -> None:
        self._source = source
        self._child = 0

    async def watch(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(0.01)

    def look(self) -> None:
        child = self._source._child
        if child is not None and child.returncode is None:
            self._child = max(self._child, peak(str(child.pid)))

    def mebibytes(self) -> int:
        self.look()
        return (peak("self") + self._child) // 1024


def peak(process: str) -> int:
    """In KiB; getrusage would count what the process was before it became this program."""
    status = Path(f"/proc/{process}/status").read_text()
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


async def main(folder: Path, urls: list[str]) -> None:
    settings = load()
    hosts = Allowed([], [urlsplit(url).hostname or "" for url in urls])
    memory = PodMemory(settings.memory_limit_bytes)
    images = SqliteImageMap(SqliteDocuments(folder))
    async with WebImages(hosts, size=settings.image_limit_bytes, memory=memory) as source:
        peaks = Peaks(source)
        watch = asyncio.create_task(peaks.watch())
        mirror = await mirror_all(source, FolderObjects(folder), images, urls)
        watch.cancel()
        mebibytes = peaks.mebibytes()
    outcomes = {
        url: {"error": one.error, "remembered": one.retry_after is not None} for url, one in mirror.items()
    }
    print(json.dumps({"mebibytes": mebibytes, "outcomes": outcomes}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
