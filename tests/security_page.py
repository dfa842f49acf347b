# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/security.md as tests read them: what the page promises is what they look for."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[1] / "docs/security.md"


class Promise(NamedTuple):
    """One row about Workflows: who does what, and the answer."""

    who: str
    does: str
    answer: str


@cache
def table(heading: str) -> list[tuple[str, ...]]:
    """The rows of the table below a heading, without its head."""
    _, found, rest = PAGE.read_text().partition(f"## {heading}\n")
    assert found, f"docs/security.md has no part {heading!r}"
    lines = [line for line in re.split(r"^#+ ", rest, flags=re.MULTILINE)[0].splitlines() if line[:1] == "|"]
    assert len(lines) > 2, f"docs/security.md has no table below {heading!r}"
    return [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines[2:]]


def promises() -> list[Promise]:
    """What may be done to Workflows."""
    return [Promise(*row) for row in table("Workflows, field by field")]


def names(cell: str) -> list[str]:
    """The names in a cell: what stands between backticks, or between commas where nothing does."""
    return re.findall(r"`([^`]+)`", cell) or [word.strip() for word in cell.split(",") if word.strip("- ")]
