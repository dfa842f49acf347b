# SPDX-License-Identifier: Apache-2.0
"""Durations as the API writes them (`1h30m`), which the CRD has already checked."""

import re
from datetime import timedelta

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def parse_duration(text: str) -> timedelta:
    """`1h30m` as a timedelta; raises ValueError for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None or not text:
        raise ValueError(f"duration {text!r} is not of the form 1h30m10s")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
