# SPDX-License-Identifier: Apache-2.0
"""A server on loopback that answers with exactly the bytes that a test gives, well formed or not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

PIECE = 65_536  # bytes

Reply = Callable[[str, bytes], bytes]
"""Target (`/anime/1?page=2`) and body of a request -> all bytes of the answer."""


@contextlib.asynccontextmanager
async def raw_server(reply: Reply) -> AsyncIterator[str]:
    """Its URL; each connection serves one request."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A client may leave in the middle.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            body = await reader.readexactly(_length(head))
            said = memoryview(reply(head.split(" ")[1], body))
            for begin in range(0, len(said), PIECE):  # whole, its copy would count as the reader's memory
                writer.write(said[begin : begin + PIECE])
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def answer(
    body: bytes, *headers: tuple[str, bytes], status: int = 200, kind: str = "application/json"
) -> bytes:
    """An answer with a true length, and headers of any bytes."""
    lines = [b"HTTP/1.1 %d Said" % status, b"Content-Length: %d" % len(body), b"Connection: close"]
    lines += [b"Content-Type: " + kind.encode(), *(name.encode() + b": " + value for name, value in headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _length(head: str) -> int:
    lines = (line.partition(":") for line in head.split("\r\n"))
    return next((int(value) for name, _, value in lines if name.lower() == "content-length"), 0)
