# SPDX-License-Identifier: Apache-2.0
"""Settings of kopf as this operator needs them; the tests show the effect of each line.

kopf watches and reconnects, and no more: no finalizer, no annotation, no Event of its own.
"""

import itertools
import logging
from collections.abc import Iterator
from random import Random
from typing import Any

import kopf

from otakube_api.labels import GROUP


class Backoffs:
    """Seconds between tries of one request: 1, 2, 4, ... 30, jittered, more than five minutes in all.

    kopf iterates anew for each request. Its own delays give up after a minute, which an API server's restart
    may outlast.
    """

    def __init__(self, random: Random, tries: int = 16) -> None:
        self._random, self._tries = random, tries

    def __iter__(self) -> Iterator[float]:
        full = itertools.chain((1.0, 2.0, 4.0, 8.0, 16.0), itertools.repeat(30.0))
        return (delay * (0.9 + self._random.random() / 5) for delay in itertools.islice(full, self._tries))


class NoDiffBase(kopf.DiffBaseStorage):
    """Keeps no last-handled copy of an object.

    We compare nothing with it, and building it is a third of what kopf spends on an event.
    """

    def build(self, **_: Any) -> kopf.BodyEssence:
        """Nothing."""
        return kopf.BodyEssence()

    def fetch(self, **_: Any) -> None:
        """Nothing."""

    def store(self, **_: Any) -> None:
        """Write no annotation."""


class NoProgress(kopf.ProgressStorage):
    """Keeps no progress of handlers: ours have none."""

    def fetch(self, **_: Any) -> None:
        """Nothing."""

    def store(self, **_: Any) -> None:
        """Write no annotation."""

    def purge(self, **_: Any) -> None:
        """There is nothing to remove."""

    def touch(self, **_: Any) -> None:
        """Write no annotation."""

    def clear(self, *, essence: kopf.BodyEssence) -> kopf.BodyEssence:
        """The same; nothing of ours is in it."""
        return essence


def kopf_settings(random: Random) -> kopf.OperatorSettings:
    """A fresh settings object."""
    settings = kopf.OperatorSettings()
    settings.watching.server_timeout = 600
    settings.watching.connect_timeout = 10
    settings.networking.request_timeout = 60
    settings.networking.connect_timeout = 10
    settings.networking.error_backoffs = Backoffs(random)
    settings.queueing.idle_timeout = (
        0.5  # of one object's worker: thousands of idle ones cost memory in a burst
    )
    settings.posting.enabled = False  # events.py posts
    settings.posting.level = logging.WARNING
    settings.scanning.disabled = (
        True  # else it lists CRDs and namespaces, for which it needs cluster-wide rights
    )
    settings.peering.standalone = True  # one replica, Recreate; two do no harm, since names are deterministic
    settings.execution.max_workers = 20
    settings.execution.default_backoff = 10
    settings.persistence.finalizer = f"{GROUP}/kopf"  # never ours: kopf takes its own off whenever it sees it
    settings.persistence.consistency_timeout = 5
    settings.persistence.progress_storage = NoProgress()
    settings.persistence.diffbase_storage = NoDiffBase()
    settings.process.ultimate_exiting_timeout = 25  # below a pod's grace period
    return settings
