# SPDX-License-Identifier: Apache-2.0
"""Answers of every command, in the form that was asked for: a table for people, JSON or YAML for programs.

Nothing that is printed steers the reader's terminal: texts come from providers.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from otakube_api.contract import one_line

GAP = 3  # columns between two columns, as kubectl has it


class OutputFormat(StrEnum):
    TABLE = "table"
    WIDE = "wide"
    NAME = "name"
    JSON = "json"
    YAML = "yaml"


Output = Annotated[OutputFormat, typer.Option("--output", "-o", help="Form of the answer.")]
NoHeaders = Annotated[bool, typer.Option("--no-headers", help="Print tables without their headings.")]


@dataclass(frozen=True, slots=True)
class Printer:
    """The form in which a command answers."""

    output: OutputFormat = OutputFormat.TABLE
    headers: bool = True

    @property
    def wide(self) -> bool:
        """True if further columns are asked for."""
        return self.output is OutputFormat.WIDE

    def show(
        self, answer: Any, *, table: Callable[[], None], names: Callable[[], Iterable[str]] | None = None
    ) -> None:
        """Print an answer; `names` are those of its objects, for `kubectl` to take."""
        if self.output is OutputFormat.NAME and names is not None:
            print("\n".join(names()))
        else:
            show(answer, self.output, table=table)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print columns as kubectl does."""
        print_table(columns, rows, headers=self.headers)

    def stream(self, columns: Sequence[str]) -> "TableStream":
        """A table that goes on: its headings come once."""
        return TableStream(self, [column.upper() for column in columns])


class TableStream:
    """Objects printed as they change; columns keep the widths that they began with."""

    def __init__(self, printer: Printer, headings: Sequence[str]) -> None:
        self._printer = printer
        self._headings = headings if printer.headers else []
        self._widths: list[int] = []

    def show(self, answers: Sequence[Any], *, rows: Sequence[Sequence[str]], names: Sequence[str]) -> None:
        """Print these, each in one piece, at once."""
        if self._printer.output in (OutputFormat.TABLE, OutputFormat.WIDE):
            self._print(rows)
        elif self._printer.output is OutputFormat.NAME:
            print("\n".join(names))
        else:
            for answer in answers:
                show(answer, self._printer.output, table=lambda: None)
        sys.stdout.flush()

    def _print(self, rows: Sequence[Sequence[str]]) -> None:
        lines = _cells([self._headings, *rows] if rows and not self._widths and self._headings else rows)
        self._widths = self._widths or widths(lines)
        _print_lines(lines, self._widths)


TABLE = Printer()


def show(answer: Any, output: OutputFormat, *, table: Callable[[], None]) -> None:
    """Print an answer in the form that was asked for."""
    if output is OutputFormat.JSON:
        print(_harmless(json.dumps(answer, indent=2, ensure_ascii=False)))
    elif output is OutputFormat.YAML:
        import yaml

        print(yaml.safe_dump(answer, sort_keys=False, allow_unicode=True).rstrip())
    elif output is OutputFormat.NAME:
        raise typer.BadParameter("--output name: this answer is no list of objects; take json or yaml")
    else:
        table()


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, headers: bool = True) -> None:
    """Print columns as kubectl does: plain, aligned, in capitals."""
    _print_aligned(rows, headings=[column.upper() for column in columns] if headers else [])


def print_facts(heading: str, facts: Iterable[tuple[str, object]]) -> None:
    """Print a heading, then one line a fact; empty ones are left out."""
    print(one_line(heading))
    _print_aligned((f"  {name}", fact) for name, fact in facts if fact not in (None, ""))


def _print_aligned(rows: Iterable[Sequence[object]], headings: Sequence[str] = ()) -> None:
    """Nobody cuts a column, so that tables can be piped."""
    lines = _cells([headings, *rows] if headings else rows)
    _print_lines(lines, widths(lines))


def widths(lines: Sequence[Sequence[str]]) -> list[int]:
    """The width of each column."""
    from rich.cells import cell_len  # the library of tables itself takes a tenth of a second to import

    return [max(map(cell_len, column)) + GAP for column in zip(*lines, strict=True)]


def _print_lines(lines: Sequence[Sequence[str]], columns: Sequence[int]) -> None:
    from rich.cells import cell_len

    for line in lines:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(line, columns, strict=True))
        print("".join(padded).rstrip())


def _cells(rows: Iterable[Sequence[object]]) -> list[list[str]]:
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(value: object) -> str:
    """One line that keeps its margin."""
    text = str(value)
    return " " * (len(text) - len(text.lstrip(" "))) + one_line(text)


def _harmless(text: str) -> str:
    """JSON whose text steers no terminal: escapes what JSON itself leaves as it is, such as U+009B."""
    return "".join(
        letter if letter.isprintable() or letter.isspace() else json.dumps(letter)[1:-1] for letter in text
    )
