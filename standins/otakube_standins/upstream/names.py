# SPDX-License-Identifier: Apache-2.0
"""Names and numbers that providers derive from a title: slugs, ids of people, counts that add up."""

import re
import unicodedata
import zlib
from collections.abc import Sequence


def slug(name: str, separator: str = "-") -> str:
    """The name as a URL's last part."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", separator, plain).strip(separator)[:80] or "untitled"


def person_id(name: str) -> int:
    """A stable id: the same person has it in every title."""
    return 10_000 + zlib.crc32(name.encode()) % 90_000


def family_first(name: str) -> str:
    """`Aoi Minato` as MAL writes it: `Minato, Aoi`."""
    given, _, family = name.rpartition(" ")
    return f"{family}, {given}" if given else name


def spread(total: int, mean: float, steps: int) -> list[int]:
    """`total` votes over 1..steps, densest at `mean`, summing to `total`."""
    weights = [1.0 / (1.0 + (step - mean) ** 2) for step in range(1, steps + 1)]
    return apportion(total, weights)


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Split `total` in proportion to the weights, in whole numbers; the heaviest takes the rest."""
    shares = [int(total * weight / sum(weights)) for weight in weights]
    shares[max(range(len(weights)), key=weights.__getitem__)] += total - sum(shares)
    return shares
