# SPDX-License-Identifier: Apache-2.0
"""The catalogue as a process of its own, over stores that run."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from ports import free_port

START_SECONDS = 300
"""The model is loaded first, which takes seconds on a machine that does nothing else."""


@dataclass(frozen=True, slots=True)
class CatalogueProcess:
    """A running catalogue: a client for each of its ports, and its log."""

    client: httpx2.Client
    internal: httpx2.Client
    log: Path


@contextmanager
def running_catalogue(folder: Path, environment: Mapping[str, str]) -> Iterator[CatalogueProcess]:
    """Start it, wait until it is ready, end it."""
    port, internal_port, log = free_port(), free_port(), folder / "catalogue.log"
    ports = {"OTAKUBE_CATALOGUE_PORT": str(port), "OTAKUBE_CATALOGUE_INTERNAL_PORT": str(internal_port)}
    command = [sys.executable, "-m", "otakube_services.catalogue"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, env={**os.environ, **environment, **ports}, stdout=output, stderr=output
        ) as process,
    ):
        try:
            with client_of(port) as client, client_of(internal_port) as internal:
                _wait_until_ready(internal, process, log)
                yield CatalogueProcess(client, internal, log)
        finally:
            process.terminate()


def client_of(port: int) -> httpx2.Client:
    """A client of a port on loopback."""
    return httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)


def _wait_until_ready(client: httpx2.Client, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.get("/readyz").raise_for_status()
            return
        except httpx2.HTTPError:  # not up, or a store was too slow for its first look
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
