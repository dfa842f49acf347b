# SPDX-License-Identifier: Apache-2.0
"""The demo on the terminal: lines as things happen, and a live board of the titles."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from otakube_cli.demo.progress import PHASES, StepTiming, TitleProgress, changes

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table

_MARKS = {
    "Succeeded": "[green]✓[/]",
    "Running": "[yellow]●[/]",
    "Pending": "[yellow]○[/]",
    "Skipped": "[dim]–[/]",
    "Omitted": "[dim]–[/]",
    "Failed": "[red]✗[/]",
    "Error": "[red]✗[/]",
}


class Screen:
    """Says each change once, with the seconds since the demo began."""

    def __init__(self, console: "Console", clock: Callable[[], float] = time.monotonic) -> None:
        self.console = console
        self._clock, self._start = clock, clock()
        self._seen: dict[str, TitleProgress] = {}
        self._live: Live | None = None

    def say(self, text: str = "") -> None:
        """One line, stamped."""
        from rich.text import Text

        self.console.print(Text(f"[{self._clock() - self._start:6.1f} s] {text}"), soft_wrap=True)

    def heading(self, text: str) -> None:
        from rich.text import Text

        self.console.print(Text(f"\n{text}", style="bold"), soft_wrap=True)

    def update(self, titles: Sequence[TitleProgress]) -> None:
        """Tell what changed, and redraw the board."""
        for title in titles:
            for change in changes(self._seen.get(title.name), title):
                self.say(f"{title.name}: {change}")
            self._seen[title.name] = title
        if self._live:
            self._live.update(board(list(self._seen.values())))

    @contextmanager
    def live(self) -> Iterator[None]:
        """Keep the board at the bottom; where nobody watches there is none."""
        from rich.live import Live

        if not self.console.is_terminal:
            yield
            return
        with Live(board([]), console=self.console, transient=True, refresh_per_second=4) as self._live:
            yield
        self._live = None


def board(titles: Sequence[TitleProgress]) -> "Table":
    """One row a title, one column a step."""
    from rich.table import Table

    table = Table("anime", *(node.value for node in PHASES), "ready", box=None, padding=(0, 2))
    for title in titles:
        cells = (_mark(title.steps.get(node)) for node in PHASES)
        ready = "[green]✓[/]" if title.ready else "[red]✗[/]" if title.failed else f"[dim]{title.reason}[/]"
        table.add_row(title.name, *cells, ready)
    return table


def _mark(step: StepTiming | None) -> str:
    if step is None:
        return "[dim]·[/]"
    seconds = "" if step.phase in {"Skipped", "Omitted"} else f" {step.seconds:.0f} s"
    return f"{_MARKS.get(step.phase, step.phase)}{seconds}"
