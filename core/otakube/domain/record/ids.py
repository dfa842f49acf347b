# SPDX-License-Identifier: Apache-2.0
"""Ids that follow from what they name, so that a step that runs twice names everything the same."""

from hashlib import sha256
from typing import Literal

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def derived_id(prefix: Literal["ani", "ep", "char"], *parts: str) -> str:
    """A ULID-shaped id of 128 bits from the SHA-256 of the parts; its time part means nothing."""
    number = int.from_bytes(sha256("\0".join(parts).encode()).digest()[:16])
    digits = (number >> shift & 31 for shift in range(125, -1, -5))
    return f"{prefix}_" + "".join(_CROCKFORD[digit] for digit in digits)
