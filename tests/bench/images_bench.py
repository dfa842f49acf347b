# SPDX-License-Identifier: Apache-2.0
"""The ingest of images against a sequential loop, on a server that takes 50 ms for each answer.

One server, a process of its own, has the images and is the bucket; it counts what is sent to it. The loop is
what a plain script does: download and clean, hash, put, note; image after image, with the same parts. Then
comes the ingester, over empty stores, and once more over what it left.

    make bench-images           python tests/bench/images_bench.py --images 96
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import httpx2

sys.path.insert(0, str(Path(__file__).parents[1]))

from ingests import embedded_stores
from otakube.adapters.images.addresses import Allowed
from otakube.adapters.images.source import WebImages
from otakube.adapters.memory import PodMemory
from otakube.adapters.stores.s3.objects import S3Objects
from otakube.ingest.ingester import CONCURRENCY, ImageStores, Ingester, stored_form
from otakube.settings import Settings
from pictures import encoded, picture
from ports import free_port

LATENCY = 0.05
IMAGES = 320
SAME = 4  # every fourth image is the one before it, at another address
LEAST_RATIO = 25


class Site:
    """Images below /NUMBER.png, and a bucket of one prefix: enough of S3 for GET, HEAD and PUT."""

    def __init__(self, images: Sequence[bytes]) -> None:
        self.images = images
        self.blobs: dict[str, bytes] = {}
        self.asked = Counter[str]()

    async def serve(self, port: int, ready: Connection) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", port, limit=1 << 20)
        ready.send(True)
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, path, _ = head.split(" ", 2)
                headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                sent = await reader.readexactly(int(headers.get("content-length", 0)))
                status, body = await self._answer(method, path, sent)
                length = f'Content-Length: {len(body)}\r\nETag: "1"\r\nLast-Modified: {DAY}\r\n'
                writer.write(f"HTTP/1.1 {status}\r\n{length}\r\n".encode())
                writer.write(b"" if method == "HEAD" else body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, method: str, path: str, sent: bytes) -> tuple[str, bytes]:
        if path == "/admin":
            return "200 OK", json.dumps(self.asked).encode()
        if path == "/erase":
            self.blobs.clear()
            self.asked.clear()
            return "200 OK", b""
        await asyncio.sleep(LATENCY)
        if path.endswith(".png") and path[1:-4].isdigit():
            self.asked["images"] += 1
            return "200 OK", self.images[int(path[1:-4])]
        self.asked[method] += 1
        if method == "HEAD":
            return ("200 OK", self.blobs[path]) if path in self.blobs else ("404 Not Found", b"")
        if path in self.blobs:
            return "412 Precondition Failed", b"<Error><Code>PreconditionFailed</Code></Error>"
        self.blobs[path] = sent
        return "200 OK", b""


DAY = "Fri, 27 Nov 2026 12:00:00 GMT"


def serve(images: Sequence[bytes], port: int, ready: Connection) -> None:
    """The server's process."""
    asyncio.run(Site(images).serve(port, ready))


Keys = dict[str, str | None]
Work = Callable[[WebImages, ImageStores, Sequence[str]], Awaitable[Keys]]


class Run(NamedTuple):
    """Seconds of one run, and the blobs' keys by URL."""

    seconds: float
    keys: Keys


class Measured(NamedTuple):
    """One run, and what it sent."""

    seconds: float
    asked: dict[str, int]
    keys: Keys


def made(number: int) -> bytes:
    """An image unlike the others, but for each fourth."""
    shown = number - (number % SAME == SAME - 1)
    image = picture()
    image.putpixel((shown % 60, shown // 60), (255, 255, 255))
    return encoded(image, "PNG")


def new_source() -> WebImages:
    return WebImages(Allowed([], ["127.0.0.1"]), size=1 << 24, memory=PodMemory(768 << 20))


async def timed(stores: ImageStores, urls: Sequence[str], work: Work) -> Run:
    """Time the work alone: the decoder's start takes half a second whatever follows."""
    async with new_source() as source:
        async with source.fetch(urls[0]):
            began = time.perf_counter()
        keys = await work(source, stores, urls)
        return Run(time.perf_counter() - began, keys)


async def loop(source: WebImages, stores: ImageStores, urls: Sequence[str]) -> Keys:
    """One image after the other."""
    keys: Keys = {}
    for url in urls:
        async with source.fetch(url) as image:
            stored = stored_form(url, image, now())
            await stores.objects.put_new(str(stored.key), image.body, content_type=image.content_type)
        await stores.image_map.put([stored])
        keys[url] = stored.key
    return keys


async def ingest(source: WebImages, stores: ImageStores, urls: Sequence[str]) -> Keys:
    """The product."""
    found = await Ingester(source=source, stores=stores, clock=now).ingest(urls)
    return {url: image.key for url, image in found.items()}


def now() -> datetime:
    return datetime.now(UTC)


def measure(work: Work, stores: ImageStores, urls: Sequence[str], base: str) -> Measured:
    before = Counter(httpx2.get(f"{base}/admin").json())
    run = asyncio.run(timed(stores, urls, work))
    asked = Counter(httpx2.get(f"{base}/admin").json()) - before
    asked["images"] -= 1  # the warm-up's
    return Measured(run.seconds, dict(asked), run.keys)


def stores_at(folder: Path, base: str) -> ImageStores:
    settings = Settings(s3_endpoint=base, s3_access_key_id="k", s3_secret_access_key="s")
    stores = embedded_stores(folder)
    return ImageStores(
        objects=S3Objects(settings), image_map=stores.image_map, blob_uses=stores.blob_uses,
        failures=stores.failures, take_downs=stores.take_downs,
    )  # fmt: skip


def report(name: str, run: Measured, images: int) -> None:
    per = run.seconds / images * 1000
    print(f"{name:<22} {run.seconds:8.2f} s  {per:7.2f} ms an image  {run.asked}", flush=True)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, default=IMAGES, help="how many addresses there are")
    count = arguments.parse_args().images
    images = [made(number) for number in range(count)]
    port, (here, there) = free_port(), multiprocessing.Pipe()
    base = f"http://127.0.0.1:{port}"
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(images, port, there), daemon=True
    )
    server.start()
    here.recv()
    urls = [f"{base}/{number}.png" for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        plain = measure(loop, stores_at(Path(folder) / "loop", base), urls, base)
        report("sequential loop", plain, count)
        httpx2.get(f"{base}/erase")
        ours = measure(ingest, stores_at(Path(folder) / "ours", base), urls, base)
        report(f"ingest, {CONCURRENCY} at once", ours, count)
        again = measure(ingest, stores_at(Path(folder) / "ours", base), urls, base)
        report("the same again", again, count)
    server.terminate()
    unique = len(set(ours.keys.values()))
    sent = again.asked.get("images", 0) + again.asked.get("PUT", 0)
    puts = ours.asked["PUT"]
    print(f"unique contents {unique}, PUTs {puts}; the second run: {sent} downloads and PUTs")
    ratio = plain.seconds / ours.seconds
    good = ratio >= LEAST_RATIO and puts == unique and sent == 0 and ours.keys == plain.keys
    print(f"ratio {ratio:.1f} (at least {LEAST_RATIO}): {'good' if good else 'BAD'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
