# SPDX-License-Identifier: Apache-2.0
"""The stand-in's clock: the real one, ahead of it or behind by what somebody set."""

from collections.abc import Callable
from datetime import datetime, timedelta


class MovableClock:
    """A clock that tests and demos move: what has aired follows it."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self._real = real
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return self._real() + self.ahead
