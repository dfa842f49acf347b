# SPDX-License-Identifier: Apache-2.0
"""Retries of an image: within one ingest, and after one that failed."""

from datetime import datetime, timedelta
from typing import NamedTuple


class Patience(NamedTuple):
    """Limits of one image's download; seconds."""

    attempts: int = 4
    total: float = 45.0  # after which no further attempt begins
    first: float = 0.5  # the pause before the second attempt; each is twice the one before, with jitter
    longest: float = 8.0


PATIENCE = Patience()


class Believed(NamedTuple):
    """Time that a failure is believed: `first`, then twice as long after each that follows it."""

    first: timedelta
    longest: timedelta


LASTING = Believed(timedelta(days=1), timedelta(days=30))
"""A refusal: gone, no image, or from a host that is not allowed."""

PASSING = Believed(timedelta(minutes=10), timedelta(days=1))
"""A server that was away, or answered with an error of its own."""


def retry_after(now: datetime, *, attempts: int, lasting: bool) -> datetime:
    """Time from which to ask for an image again that failed `attempts` times in a row, this time included."""
    believed = LASTING if lasting else PASSING
    doubled = believed.first * (1 << min(max(attempts - 1, 0), 16))  # beyond it the longest is long reached
    return now + min(doubled, believed.longest)
