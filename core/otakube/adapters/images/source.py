# SPDX-License-Identifier: Apache-2.0
"""The image source: downloads many at once, decodes one after the other in one child process."""

import asyncio
import json
import os
import platform
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from otakube.adapters.images.addresses import Allowed, refused
from otakube.adapters.images.download import Download, Downloader, cleaned_size
from otakube.adapters.images.sandbox import MACHINES
from otakube.adapters.memory import PodMemory
from otakube.ports.images import CleanImage, ImageRefused

WALL_SECONDS = 30.0  # for one image in the child; its processor time ends earlier
_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_HEADER = 4
_PIECE = 65_536  # bytes written to the child at once: more would be copied while they wait


class WebImages:
    """`async with WebImages(...)`: the child is started with the first image, and ended at the end."""

    def __init__(self, allowed: Allowed, *, size: int, memory: PodMemory) -> None:
        self._downloader = Downloader(allowed, size=size, memory=memory.arriving)
        self._decoding = memory.contents
        self._size = min(size, memory.arriving.total)
        self._child: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._downloader.aclose()
        await self._end_child()

    @asynccontextmanager
    async def fetch(self, url: str) -> AsyncIterator[CleanImage]:
        """Download, check and clean one image."""
        async with self._downloader.download(url) as found:
            yield await self._clean(found)

    async def _clean(self, found: Download) -> CleanImage:
        async with self._decoding.reserve(self._decoding.total):  # the child's, so one image at a time
            try:
                async with asyncio.timeout(WALL_SECONDS):
                    line, body = await self._exchange(found)
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
                await self._end_child()
                raise refused("decoding it took more memory or time than an image may take") from error
        facts = json.loads(line)
        if "error" in facts:
            raise refused(facts["error"])
        return CleanImage(body=body, content_type=_TYPES[facts["extension"]], **facts)

    async def _exchange(self, found: Download) -> tuple[bytes, bytes]:
        """Ask the child; what was downloaded is gone afterwards, since the answer takes its place."""
        child = self._child = self._child or await _start_child(self._decoding.total)
        assert child.stdin is not None
        assert child.stdout is not None
        most = min(cleaned_size(len(found.body)), self._size)
        line = f"{found.content_type} {most}\n".encode()
        child.stdin.write((len(line) + len(found.body)).to_bytes(_HEADER) + line)
        for offset in range(0, len(found.body), _PIECE):
            child.stdin.write(bytes(found.body[offset : offset + _PIECE]))
            await child.stdin.drain()
        found.body.clear()
        size = int.from_bytes(await child.stdout.readexactly(_HEADER))
        line = await child.stdout.readline()
        return line, await child.stdout.readexactly(size - len(line))

    async def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            if child.returncode is None:
                child.kill()
            await child.wait()


async def _start_child(memory: int) -> asyncio.subprocess.Process:
    if platform.machine() not in MACHINES:
        raise ImageRefused(f"images cannot be decoded safely on {platform.machine()}", lasting=False)
    # No secret for a decoder that a hostile file took over: of the environment only where the modules are.
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-sP",
        "-m",
        "otakube.adapters.images.decoder",
        str(memory),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.defpath, "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )
