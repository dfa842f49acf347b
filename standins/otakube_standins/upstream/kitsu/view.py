# SPDX-License-Identifier: Apache-2.0
"""Context of every shape of the Kitsu stand-in besides its title."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from otakube_standins.upstream.catalogue import InventedTitle
from otakube_standins.upstream.kitsu.resources import ResourceObject

# Every resource carries them; nothing depends on their values.
TIMES = {"createdAt": "2026-01-05T09:12:44.301Z", "updatedAt": "2026-11-01T12:00:07.837Z"}


@dataclass(frozen=True, slots=True)
class KitsuView:
    """The other titles, the beginning of URLs, the time, and the shape of an anime: people refer to it."""

    others: dict[str, InventedTitle]
    base: str
    now: datetime
    anime: "Callable[[InventedTitle, KitsuView], ResourceObject]"
