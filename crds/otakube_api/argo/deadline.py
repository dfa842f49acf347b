# SPDX-License-Identifier: Apache-2.0
"""The deadline of a review, which holds for an approval too: Argo alone would take one that comes late."""

from datetime import datetime, timedelta

_ROUNDING = timedelta(seconds=1)
"""Argo writes whole seconds, so a gate that timed out may seem to end a second early."""


def timed_out(
    *, approved: bool, reviewer: str, finished_at: datetime | None, deadline: datetime | None
) -> bool:
    """True if a gate that is answered closed by its deadline, or was approved when that had passed.

    The workflow asks the same before it embeds: the deadline holds while a run is suspended too.
    """
    if finished_at is None or deadline is None:
        return False
    if approved:
        return finished_at >= deadline
    return not reviewer and finished_at >= deadline - _ROUNDING
