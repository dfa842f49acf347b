# SPDX-License-Identifier: Apache-2.0
"""Durations as users write them, in objects and on the command line: `90s`, `1h30m`, `168h`.

Argo and the API server read the same text, so there is no letter for days.
"""

import re
from datetime import timedelta

PATTERN = "^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$"
"""In the dialect that CEL and Python share; it also admits the empty text, which is no duration."""

_UNITS = {"h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}


def parse_duration(text: str) -> timedelta:
    """`1h30m` as a timedelta; ValueError says how to write one."""
    if not text or re.fullmatch(PATTERN, text) is None:
        raise ValueError(f"{text!r} is no duration: write hours, minutes and seconds, such as 24h or 1h30m")
    parts = re.findall("([0-9]+)([hms])", text)
    return sum((int(number) * _UNITS[unit] for number, unit in parts), timedelta())
