# SPDX-License-Identifier: Apache-2.0
"""Owned objects by their own uid and by that of their owner."""

from collections.abc import Iterator
from typing import Generic

from otakube_operator.runtime.owned import OwnedT


class OwnedIndex(Generic[OwnedT]):
    """A set of owned objects; each uid is there once."""

    def __init__(self) -> None:
        self._by_owner: dict[str, dict[str, OwnedT]] = {}
        self._owner_of: dict[str, str] = {}

    def __iter__(self) -> Iterator[OwnedT]:
        return (owned for siblings in self._by_owner.values() for owned in siblings.values())

    def __len__(self) -> int:
        return len(self._owner_of)

    def get(self, uid: str) -> OwnedT | None:
        """The object of that uid."""
        return self._by_owner.get(self._owner_of.get(uid, ""), {}).get(uid)

    def of(self, owner_uid: str) -> tuple[OwnedT, ...]:
        """The objects of one owner."""
        return tuple(self._by_owner.get(owner_uid, {}).values())

    def put(self, owned: OwnedT) -> None:
        """Add, or replace what was there of that uid, whoever owned it then."""
        if self._owner_of.get(owned.uid) != owned.owner_uid:
            self.pop(owned.uid)
        self._by_owner.setdefault(owned.owner_uid, {})[owned.uid] = owned
        self._owner_of[owned.uid] = owned.owner_uid

    def pop(self, uid: str) -> OwnedT | None:
        """Take the object of that uid out."""
        owner_uid = self._owner_of.pop(uid, None)
        if owner_uid is None:
            return None
        siblings = self._by_owner[owner_uid]
        owned = siblings.pop(uid)
        if not siblings:
            del self._by_owner[owner_uid]
        return owned
