# SPDX-License-Identifier: Apache-2.0
"""A small service over the kit, as a process of its own on two free ports of loopback."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from fastapi import Request, Response

from otakube_services.kit.service import Service, create_service, serve
from ports import free_port

BIG = 64 * 2**20
START_SECONDS = 120


@dataclass(frozen=True)
class Greeter:
    """Its ports, its process and its log."""

    port: int
    internal_port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    def internal(self, path: str) -> httpx2.Response:
        """Ask the internal port."""
        with httpx2.Client(trust_env=False, timeout=60) as client:
            return client.get(f"http://127.0.0.1:{self.internal_port}{path}")

    def has_established(self, peer_port: int) -> bool:
        """True while the kernel holds its end of a connection for it; Linux' /proc/net/tcp."""
        wanted = (f"0100007F:{self.port:04X}", f"0100007F:{peer_port:04X}", "01")
        rows = (line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return any(tuple(row) == wanted for row in rows)

    def end(self) -> int:
        """Ask it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(START_SECONDS)


@contextmanager
def running_greeter(folder: Path, *, patience: float) -> Iterator[Greeter]:
    """Start one, with its patience for peers."""
    ports = free_port(), free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "OTAKUBE_GREETER_PORT": str(ports[0]),
        "OTAKUBE_GREETER_INTERNAL_PORT": str(ports[1]),
        "OTAKUBE_GREETER_PATIENCE_SECONDS": str(patience),
    }
    path = folder / "greeter.log"
    with path.open("wb") as log:
        process = subprocess.Popen([sys.executable, __file__], env=environment, stdout=log, stderr=log)
    try:
        greeter = Greeter(*ports, process, path)
        _wait_until_ready(greeter)
        yield greeter
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(greeter: Greeter) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            greeter.internal("/readyz").raise_for_status()
            return
        except httpx2.TransportError:
            assert greeter.process.poll() is None, greeter.log.read_text()
            assert time.monotonic() < deadline, greeter.log.read_text()
            time.sleep(0.05)


@asynccontextmanager
async def _connected() -> AsyncIterator[str]:
    yield "hello"


def create() -> Service:
    """Greets; takes a body; answers more than a socket holds."""
    service = create_service("greeter", description="Greets.", connect=_connected)

    @service.public.get("/greetings/{name}")
    async def greet(request: Request, name: str) -> str:
        return f"{request.app.state.ports} {name}"

    @service.public.post("/letters")
    async def letter(request: Request) -> int:
        return len(await request.body())

    @service.public.get("/big")
    async def big() -> Response:
        return Response(b"x" * BIG)

    return service


if __name__ == "__main__":
    serve("greeter", create)
