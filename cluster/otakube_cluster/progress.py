# SPDX-License-Identifier: Apache-2.0
"""Show each step with the time it took: a spinner on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

SECONDS_BETWEEN_LINES = 30.0


class StepTimer:
    """Steps on standard error, so that standard output stays for results."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._started = clock()

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Time a step; the function given tells what the step is doing now."""
        begun = self._clock()
        with self._reporting(title, begun) as detail:
            try:
                yield detail
            except BaseException:
                self._line("[red]✗[/]", title, begun)
                raise
        self._line("[green]✓[/]", title, begun)

    @contextmanager
    def _reporting(self, title: str, begun: float) -> Iterator[Callable[[str], None]]:
        if self._console.is_terminal:
            with self._console.status(title) as status:
                yield lambda text: status.update(f"{title} [dim]{self._clock() - begun:.0f} s {text}[/]")
            return
        last = begun

        def plain(text: str) -> None:
            nonlocal last
            if self._clock() - last >= SECONDS_BETWEEN_LINES:
                last = self._clock()
                self._console.print(f"  {title} … {last - begun:.0f} s {text}", highlight=False, markup=False)

        yield plain

    def _line(self, mark: str, title: str, begun: float) -> None:
        now = self._clock()
        self._console.print(f"{mark} {title} [dim]{now - begun:.1f} s[/]", highlight=False)

    def elapsed(self) -> float:
        """Seconds since this progress began."""
        return self._clock() - self._started
