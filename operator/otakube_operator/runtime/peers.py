# SPDX-License-Identifier: Apache-2.0
"""Index of the part of each object that the plans of the others know, made anew where something changed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from otakube_operator.runtime.objects import ObjectKey


class PeerIndex:
    """One value a key; `summarise` answers None for an object that has nothing to tell."""

    def __init__(self, summarise: Callable[[ObjectKey, datetime], Any]) -> None:
        self._summarise = summarise
        self._changed: set[ObjectKey] = set()
        self._values: dict[ObjectKey, Any] = {}

    def touch(self, key: ObjectKey) -> None:
        """Have the value made anew when it is next wanted."""
        self._changed.add(key)

    def values(self, now: datetime) -> Mapping[ObjectKey, Any]:
        """All values; valid until the next change."""
        while self._changed:
            key = self._changed.pop()
            value = self._summarise(key, now)
            if value is None:
                self._values.pop(key, None)
            else:
                self._values[key] = value
        return self._values
