# SPDX-License-Identifier: Apache-2.0
"""Progress of long work: how much is done, how fast, and how long the rest takes at that pace."""

from collections.abc import Callable
from dataclasses import dataclass, field

from otakube import logs

_EVERY = 5.0  # seconds between two lines

Monotonic = Callable[[], float]


@dataclass(slots=True)
class Progress:
    """Counts work, and tells of it in the log now and then; `before` was done by an earlier call.

    `told` hears of it as often, and at the end, as numbers: done and total.
    """

    doing: str
    total: int
    monotonic: Monotonic
    before: int = 0
    told: Callable[[int, int], None] | None = None
    done: int = 0
    began: float = field(init=False)
    _told: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self._told = self.monotonic()

    def add(self, number: int = 1) -> None:
        """Count what is done."""
        self.done += number
        now = self.monotonic()
        if self.told is not None and (now - self._told >= _EVERY or self.before + self.done == self.total):
            self.told(self.before + self.done, self.total)
        if now - self._told >= _EVERY:
            self._told = now
            logs.logger().info(
                self.doing,
                done=self.before + self.done,
                total=self.total,
                rate=self.rate(),
                left=self.time_left(),
            )

    def rate(self) -> str:
        """The pace of this call, such as `42/s`; empty while nobody knows."""
        elapsed = self.monotonic() - self.began
        return f"{self.done / elapsed:.3g}/s" if self.done and elapsed > 0 else ""

    def time_left(self) -> str:
        """The rest at the pace so far, such as `7m`; empty while nobody knows."""
        elapsed = self.monotonic() - self.began
        rest = self.total - self.before - self.done
        if not self.done or elapsed <= 0 or rest <= 0:
            return ""
        return format_seconds(elapsed / self.done * rest)


def format_seconds(seconds: float) -> str:
    """A duration as people say it, in its largest unit and the next: `1h20m`, `7m`, `12s`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    minutes = round(seconds / 60)
    return f"{minutes}m" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02d}m"
