# SPDX-License-Identifier: Apache-2.0
"""The choice of the stores that a process uses, made once."""

from contextlib import AsyncExitStack
from pathlib import Path

from otakube.bootstrap.stores.embedded import EmbeddedStores
from otakube.bootstrap.stores.ports import Load, Stores
from otakube.bootstrap.stores.servers import ServerStores
from otakube.errors import Fatal
from otakube_api.contract import FailureReason

EMBEDDED = "file:"
SERVERS = "s3:"


def choose(uri: str, load: Load, stack: AsyncExitStack) -> Stores:
    """`s3:` are the servers of the settings, `file:DIR` the embedded stores of a folder."""
    if uri == SERVERS:
        return ServerStores(load, stack)
    folder = uri.removeprefix(EMBEDDED)
    if folder and folder != uri:
        return EmbeddedStores(Path(folder), load, stack)
    raise Fatal(
        FailureReason.SETTINGS_INVALID,
        f"--objects is {uri!r}: give s3: for the stores of the settings, or file:DIR for those of a folder",
    )
