# SPDX-License-Identifier: Apache-2.0
"""The stand-in for one other process: `python -m otakube_standins.upstream.companion PORT [DAYS]`.

Prints the settings that point Otakube at it, one JSON line, as soon as it takes connections; ends when its
standard input does, so that it never outlives who started it, even one that was killed. Its clock is DAYS
ahead of the real one, or behind it.
"""

import json
import os
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta

import uvicorn

from otakube_standins.upstream.app import create
from otakube_standins.upstream.catalogue import load
from otakube_standins.upstream.generated import generate
from otakube_standins.upstream.provider import World, otakube_environment
from otakube_standins.upstream.settings import UpstreamSettings

CLOCK_SCALE = 20.0  # the real limits, but nobody waits a minute for one to pass
HOST = "127.0.0.1"


def environment(url: str) -> dict[str, str]:
    """OTAKUBE_* variables for a stand-in that is reached at `url`; its credentials are invented as well."""
    return otakube_environment(url) | {
        "OTAKUBE_CHECK_TITLE": "Hoshi no Toudaimori",
        "OTAKUBE_PROVIDER_CLOCK_SCALE": str(CLOCK_SCALE),
        "OTAKUBE_IMAGE_HOSTS": json.dumps([HOST]),
        "OTAKUBE_IMAGE_PRIVATE_HOSTS": json.dumps([HOST]),
    }


def main(port: int, days: int = 0) -> None:
    """Serve until standard input ends."""

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(days=days)

    settings = UpstreamSettings(clock_scale=CLOCK_SCALE)
    world = World(load(datetime.now(UTC).date(), generate(settings.generated)), now, settings.public_url)
    listener = socket.create_server((HOST, port))
    print(json.dumps(environment(f"http://{HOST}:{port}")), flush=True)
    threading.Thread(target=_end_with_input, daemon=True).start()
    config = uvicorn.Config(create(world, settings), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
