# SPDX-License-Identifier: Apache-2.0
"""A server of loopback as one that is far away: a proxy that holds all bytes back for a while, in order."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK = 1 << 18


@asynccontextmanager
async def distant(upstream: int, delay: float) -> AsyncIterator[int]:
    """The port of the proxy, a process of its own; `delay` in seconds a way."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(upstream, delay, theirs), daemon=True)
    process.start()
    try:
        yield await asyncio.to_thread(ours.recv)
    finally:
        process.terminate()
        process.join()


def _run(upstream: int, delay: float, told: "multiprocessing.connection.Connection") -> None:
    asyncio.run(_serve(upstream, delay, told))


async def _serve(upstream: int, delay: float, told: "multiprocessing.connection.Connection") -> None:
    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", upstream)
        with suppress(OSError):
            await asyncio.gather(_copy(reader, there_writer, delay), _copy(there_reader, writer, delay))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Write each piece `delay` after it was read; calls of one time keep their order."""
    loop = asyncio.get_running_loop()
    while data := await reader.read(CHUNK):
        loop.call_later(delay, writer.write, data)
    loop.call_later(delay, writer.close)
