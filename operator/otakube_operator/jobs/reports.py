# SPDX-License-Identifier: Apache-2.0
"""Values of a step's report, as a status can hold them: whoever may write a Workflow may write a report."""

from collections.abc import Sequence


def count(value: object) -> int | None:
    """A number of things."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def text(value: object, limit: int) -> str | None:
    """A text of at most so many characters; None for none."""
    return value[:limit] if isinstance(value, str) and value else None


def items(value: object) -> Sequence[object]:
    """The items of a list; none of anything else."""
    return value if isinstance(value, list) else []
