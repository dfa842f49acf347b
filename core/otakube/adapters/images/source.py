# SPDX-License-Identifier: Apache-2.0
"""The image source: downloads many at once, decodes one after the other in one child process."""

import asyncio
import json
import os
import sys
from types import TracebackType
from typing import Self

from otakube.adapters.images.addresses import Allowed, refused
from otakube.adapters.images.download import Download, download, new_client
from otakube.ports.images import CleanImage

WALL_SECONDS = 30.0  # for one image in the child; its processor time ends earlier
_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_HEADER = 4


class WebImages:
    """`async with WebImages(...)`: the child is started with the first image, and ended at the end."""

    def __init__(self, allowed: Allowed, *, size: int) -> None:
        self._allowed = allowed
        self._size = size
        self._client = new_client()
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()
        await self._end_child()

    async def fetch(self, url: str) -> CleanImage:
        """Download, check and clean one image."""
        return await self._clean(await download(self._client, url, allowed=self._allowed, size=self._size))

    async def _clean(self, found: Download) -> CleanImage:
        async with self._turn:
            try:
                async with asyncio.timeout(WALL_SECONDS):
                    reply = await self._exchange(found.content_type.encode() + b"\n" + found.body)
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
                await self._end_child()
                raise refused("decoding it took more memory or time than an image may take") from error
        line, _, body = reply.partition(b"\n")
        facts = json.loads(line)
        if "error" in facts:
            raise refused(facts["error"])
        return CleanImage(body=body, content_type=_TYPES[facts["extension"]], **facts)

    async def _exchange(self, frame: bytes) -> bytes:
        child = self._child = self._child or await _start_child()
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(len(frame).to_bytes(_HEADER) + frame)
        await child.stdin.drain()
        size = int.from_bytes(await child.stdout.readexactly(_HEADER))
        return await child.stdout.readexactly(size)

    async def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            if child.returncode is None:
                child.kill()
            await child.wait()


async def _start_child() -> asyncio.subprocess.Process:
    # No secret for a decoder that a hostile file took over: of the environment only where the modules are.
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-sP",
        "-m",
        "otakube.adapters.images.decoder",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.defpath, "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )
