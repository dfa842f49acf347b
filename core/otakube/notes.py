# SPDX-License-Identifier: Apache-2.0
"""Notes on an answer that is read in spite of its faults: null fields, days that do not exist, rows left out.

Whoever wants them opens `collected`; converters stay functions of the answer alone, whose result is the same
without it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

MOST = 20  # notes of one kind; more of them say no more


@dataclass(slots=True)
class Notes:
    """`absent` are fields that an answer has as null, `impossible` days that no calendar has.

    `left_out` counts rows by why they cannot be read.
    """

    absent: dict[str, None] = field(default_factory=dict)
    impossible: dict[str, None] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def sentences(self) -> list[str]:
        """Each note as a sentence."""
        rows = [
            f"{count} row{'s' if count > 1 else ''} left out: {why}" for why, count in self.left_out.items()
        ]
        days = [f"no such day: {', '.join(self.impossible)}"] if self.impossible else []
        return [*rows, *days, *([f"null: {', '.join(self.absent)}"] if self.absent else [])]


_collected: ContextVar[Notes | None] = ContextVar("notes", default=None)


@contextmanager
def collected() -> Iterator[Notes]:
    """Notes of everything that is read inside."""
    notes = Notes()
    token = _collected.set(notes)
    try:
        yield notes
    finally:
        _collected.reset(token)


def note_absent(name: str) -> None:
    """A field is null that has a value elsewhere."""
    notes = _collected.get()
    if notes is not None and len(notes.absent) < MOST:
        notes.absent.setdefault(name[:100])


def note_impossible(day: str) -> None:
    """A day does not exist; the field says what of it does."""
    notes = _collected.get()
    if notes is not None and len(notes.impossible) < MOST:
        notes.impossible.setdefault(day[:100])


def note_left_out(why: str) -> None:
    """A row cannot be read."""
    notes = _collected.get()
    if notes is not None and (why in notes.left_out or len(notes.left_out) < MOST):
        notes.left_out[why] = notes.left_out.get(why, 0) + 1
