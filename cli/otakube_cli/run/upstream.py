# SPDX-License-Identifier: Apache-2.0
"""The stand-in upstream as a process of its own beside a run: invented anime behind the real protocols.

It is started by its module's name and never imported: a product has no test double in it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from otakube_api.contract import EXIT
from otakube_cli.errors import ConsoleError

MODULE = "otakube_standins.upstream.companion"
_ROUNDS, _PAUSE_SECONDS = 20, 0.25  # one that was orphaned by a kill frees its port in a moment


class StandIn(NamedTuple):
    """Its port on loopback, and the days by which its clock is ahead."""

    port: int
    days: int = 0


@contextmanager
def stand_in_upstream(stand_in: StandIn) -> Iterator[None]:
    """Point this process's settings at a stand-in on its port, for as long as the body runs."""
    process, settings = _start(stand_in)
    os.environ.update(settings)
    try:
        yield
    finally:
        if process.stdin:
            process.stdin.close()  # that ends it
        process.wait()


def _start(stand_in: StandIn) -> tuple["subprocess.Popen[str]", dict[str, str]]:
    for _ in range(_ROUNDS):
        process = subprocess.Popen(  # noqa: S603 - our own module, by the interpreter that runs us
            [sys.executable, "-m", MODULE, str(stand_in.port), str(stand_in.days)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = process.stdout.readline() if process.stdout else ""
        if line:
            settings: dict[str, str] = json.loads(line)
            return process, settings
        _, error = process.communicate()
        if "Address already in use" not in error:
            raise ConsoleError(_not_there(error), code=EXIT.fatal)
        time.sleep(_PAUSE_SECONDS)
    message = f"port {stand_in.port} of this machine is taken: choose another by --stand-in-port"
    raise ConsoleError(message, code=EXIT.retriable)


def _not_there(error: str) -> str:
    if "No module named" in error:
        return "the stand-in upstream is not installed here: install otakube with the extra upstream"
    last = (error.strip().splitlines() or ["no word"])[-1]
    return f"the stand-in upstream did not start: {last}"
