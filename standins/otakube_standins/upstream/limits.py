# SPDX-License-Identifier: Apache-2.0
"""Rate limits like the providers' own: so many requests in a sliding window, refused ones not counted.

One budget a provider for all clients together: in life they share one egress address. All seconds are
those of the given clock, so a scaled clock scales limits and the answers about them alike.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Verdict(NamedTuple):
    """Admission or refusal of a request, and the numbers of its headers."""

    allowed: bool
    limit: int  # of the longest window
    remaining: int
    retry_after: int  # whole seconds, 0 when allowed


class Limiter:
    """Counts requests of one provider in each of its windows."""

    def __init__(self, limits: Mapping[float, int], clock: Callable[[], float]) -> None:
        self._limits = dict(sorted(limits.items()))
        self._clock = clock
        self._seen: deque[float] = deque(maxlen=max(self._limits.values(), default=1))

    def admit(self) -> Verdict:
        """Count one request unless a window is full."""
        if not self._limits:
            return Verdict(True, 0, 0, 0)
        now = self._clock()
        waits = [self._wait(now, seconds, limit) for seconds, limit in self._limits.items()]
        longest, limit = list(self._limits.items())[-1]
        if max(waits) > 0:
            return Verdict(False, limit, max(0, limit - self._used(now, longest)), math.ceil(max(waits)))
        self._seen.append(now)
        return Verdict(True, limit, limit - self._used(now, longest), 0)

    def _used(self, now: float, seconds: float) -> int:
        return sum(seen > now - seconds for seen in self._seen)

    def _wait(self, now: float, seconds: float, limit: int) -> float:
        inside = [seen for seen in self._seen if seen > now - seconds]
        return 0.0 if len(inside) < limit else inside[-limit] + seconds - now
