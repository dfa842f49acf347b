# SPDX-License-Identifier: Apache-2.0
"""Answers of every command, in the form that was asked for: a table for people, JSON or YAML for programs.

Nothing that is printed steers the reader's terminal: texts come from providers.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from otakube_api.contract import one_line

WIDEST = 10_000  # columns; tables are cut by nobody, so that they can be piped


class OutputFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


Output = Annotated[OutputFormat, typer.Option("--output", "-o", help="Form of the answer.")]


def show(answer: Any, output: OutputFormat, *, table: Callable[[], None]) -> None:
    """Print an answer in the form that was asked for."""
    if output is OutputFormat.JSON:
        print(_harmless(json.dumps(answer, indent=2, ensure_ascii=False)))
    elif output is OutputFormat.YAML:
        import yaml

        print(yaml.safe_dump(answer, sort_keys=False, allow_unicode=True).rstrip())
    else:
        table()


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print columns as kubectl does: plain, aligned, in capitals."""
    _print_aligned(rows, headings=[column.upper() for column in columns])


def print_facts(heading: str, facts: Iterable[tuple[str, object]]) -> None:
    """Print a heading, then one line a fact; empty ones are left out."""
    print(one_line(heading))
    _print_aligned((f"  {name}", fact) for name, fact in facts if fact not in (None, ""))


def _print_aligned(rows: Iterable[Sequence[object]], headings: Sequence[str] = ()) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=None, show_header=bool(headings), padding=(0, 3, 0, 0), header_style="")
    for row in rows:
        table.add_row(*(Text(_cell(cell), no_wrap=True) for cell in row))
    console = Console(width=WIDEST, color_system=None)
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        print(line.rstrip())


def _cell(value: object) -> str:
    """One line that keeps its margin."""
    text = str(value)
    return " " * (len(text) - len(text.lstrip(" "))) + one_line(text)


def _harmless(text: str) -> str:
    """JSON whose text steers no terminal: escapes what JSON itself leaves as it is, such as U+009B."""
    return "".join(
        letter if letter.isprintable() or letter.isspace() else json.dumps(letter)[1:-1] for letter in text
    )
