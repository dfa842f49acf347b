# SPDX-License-Identifier: Apache-2.0
"""Hostile URLs, as an image's address and as where it is redirected to: refused, and nothing is reached."""

import asyncio
import os
import random
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from fuzz.hostile_urls import hostile_url
from fuzz.network import only_to
from otakube.adapters.images.addresses import Allowed
from otakube.adapters.images.source import WebImages
from otakube.adapters.memory import PodMemory
from otakube.ports.images import ImageRefused
from pictures import encoded, picture

COUNT = int(os.environ.get("FUZZ_URLS", "300"))
SEED = int(os.environ.get("FUZZ_SEED", "9"))
PNG = encoded(picture(), "PNG")
PRIVATE, PUBLIC = "10.0.0.1", "93.184.215.14"
numeric = socket.getaddrinfo
HERE = "127.0.0.2"  # the upstream, and no other spelling of this machine


class Redirects:
    """A server that redirects `/N` to the Nth location, byte for byte, and answers `/good` with a picture."""

    def __init__(self, locations: list[str]) -> None:
        self.locations = locations
        self.port = 0

    @asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._answer, HERE, 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split()[1].decode()[1:]
        if path.isdigit():
            location = self.locations[int(path)].encode("utf-8", "surrogateescape")
            location = location.replace(b"\r", b"").replace(b"\n", b"")
            writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %b\r\n\r\n" % location)
        elif path == "good":
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % len(PNG)
            )
            writer.write(PNG)
        else:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()


def resolver(host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """No name is asked for outside: the upstream is here, the other allowed host private, all else public."""
    address = {"upstream.test": HERE, "cdn.example": PRIVATE, "localhost": "127.0.0.1"}.get(host, PUBLIC)
    try:
        return numeric(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, ValueError):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


async def outcome(source: WebImages, url: str) -> str:
    """One word; an exception that is not the image's failure goes up."""
    try:
        async with source.fetch(url):
            return "image"
    except ImageRefused:
        return "refused"


async def test_a_hostile_url_is_refused_and_nothing_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(SEED)
    urls = ["https://[::1", "http://[foo]/", "https://ﬁle.test＠upstream.test/", f"http://{'a' * 65_536}/"]
    urls += [hostile_url(draw) for _ in range(COUNT - len(urls))]
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    server = Redirects(urls)
    allowed = Allowed(hosts=["cdn.example"], private=["upstream.test"])
    async with server.started(), WebImages(allowed, size=1 << 20, memory=PodMemory(768 << 20)) as source:
        base = f"http://upstream.test:{server.port}"
        with only_to(HERE) as stopped:
            assert await outcome(source, f"{base}/good") == "image"
            found = Counter[str]()
            for number, url in enumerate(urls):
                found[await outcome(source, url)] += 1
                found[await outcome(source, f"{base}/{number}")] += 1
    assert stopped == []
    assert found == {"refused": 2 * len(urls)}
