# SPDX-License-Identifier: Apache-2.0
"""The last part of a page's address where a provider names titles by words instead of numbers."""

from collections.abc import Iterable

from otakube_standins.upstream.catalogue import InventedTitle
from otakube_standins.upstream.names import slug


def slugs(titles: Iterable[InventedTitle]) -> dict[str, str]:
    """By key of the title; a later namesake carries its year."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for title in titles:
        name = slug(title.romaji).lower()
        year = title.aired_from.year if title.aired_from else title.ids.myanimelist
        found[title.key] = f"{name}-{year}" if name in taken else name
        taken.add(found[title.key])
    return found
