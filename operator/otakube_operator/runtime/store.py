# SPDX-License-Identifier: Apache-2.0
"""Last known state of one controller's objects, kept small: trimmed JSON of those served, parsed owned ones.

Nothing here matters after a restart. It may lag behind the API server; every write therefore carries a
precondition or a name that follows from its inputs, and full lists correct what a watch missed (kopf reports
no deletion that happened between two watches).
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from sys import intern
from typing import Any, Generic

from otakube_api import labels
from otakube_operator.runtime.objects import (
    Body,
    CustomResource,
    ObjectKey,
    ObjectT,
    UnreadableObject,
    key_of,
    version_number,
    version_of,
)
from otakube_operator.runtime.owned import OwnedResource, OwnedT
from otakube_operator.runtime.owned_index import OwnedIndex
from otakube_operator.runtime.peers import PeerIndex

_META = (
    "name", "namespace", "uid", "generation", "resourceVersion", "creationTimestamp", "finalizers",
    "deletionTimestamp",
)  # fmt: skip
_ANNOTATIONS = (labels.REQUESTED_AT, labels.LEFT_TO_OTHERS)


ConditionState = tuple[str, str, str]
"""Type, status and reason of a condition."""


class ControllerStore(Generic[ObjectT, OwnedT]):
    """Served objects by key, owned objects by their owner's uid."""

    def __init__(self, resource: CustomResource[ObjectT], owned: OwnedResource[OwnedT] | None = None) -> None:
        self._resource, self._owned_resource = resource, owned
        self._objects: dict[ObjectKey, tuple[int, bytes]] = {}
        self._uids: dict[ObjectKey, str] = {}
        self._keys: dict[str, ObjectKey] = {}  # by uid
        self._owned: OwnedIndex[OwnedT] = OwnedIndex()
        self._missing: OwnedIndex[OwnedT] = OwnedIndex()
        self._peers = PeerIndex(self._peer)
        self._conditions: dict[ObjectKey, tuple[ConditionState, ...]] = {}

    def object(self, key: ObjectKey) -> ObjectT | UnreadableObject | None:
        """The object as last seen."""
        stored = self._objects.get(key)
        return None if stored is None else self._resource.read(json.loads(stored[1]))

    def owned(self, owner_uid: str) -> tuple[OwnedT, ...]:
        """The objects that this one owns."""
        return self._owned.of(owner_uid)

    def missing(self, owner_uid: str) -> tuple[OwnedT, ...]:
        """Those that a watch or a list no longer holds: gone, or only without the label of the watch."""
        return self._missing.of(owner_uid)

    def key_of_owner(self, owner_uid: str) -> ObjectKey | None:
        """The known object of that uid."""
        return self._keys.get(owner_uid)

    def peers(self, now: datetime) -> Mapping[ObjectKey, Any]:
        """The part of each object that the plans of the others know, by key."""
        return self._peers.values(now) if self._resource.peer is not None else {}

    def known_keys(self) -> list[ObjectKey]:
        """Every served object known."""
        return list(self._objects)

    def counts(self) -> dict[str, int]:
        """The number of known objects of each kind."""
        counts = {self._resource.kind: len(self._objects)}
        if self._owned_resource is not None:
            counts[self._owned_resource.kind] = len(self._owned)
        return counts

    def condition_counts(self) -> Counter[ConditionState]:
        """The number of served objects in each state of each condition."""
        return Counter(state for states in self._conditions.values() for state in states)

    def put(self, body: Body) -> bool:
        """Remember an object; False if its state is not newer than the one known."""
        key, version = key_of(body), version_of(body)
        if version <= self._version(key):
            return False
        self._keys.pop(self._uids.get(key, ""), None)
        self._uids[key] = body["metadata"]["uid"]
        self._keys[self._uids[key]] = key
        self._objects[key] = (version, _trimmed(body))
        self._peers.touch(key)
        self._conditions[key] = _condition_states(body)
        return True

    def drop(self, body: Body) -> bool:
        """Forget an object, unless a newer one of that name is known."""
        key = key_of(body)
        return version_of(body) >= self._version(key) and self.forget(key)

    def forget(self, key: ObjectKey) -> bool:
        """Forget an object that the API server does not know."""
        self._peers.touch(key)
        uid = self._uids.pop(key, "")
        self._keys.pop(uid, None)
        for missing in self._missing.of(uid):
            self._missing.pop(missing.uid)
        self._conditions.pop(key, None)
        return self._objects.pop(key, None) is not None

    def put_owned(self, body: Body, known: OwnedT | None = None) -> str:
        """Remember an owned object; the uid of its owner if something that matters to a plan has changed.

        Other controllers touch an object far more often than they change what a plan reads. `known` is what
        the caller knows of it, if it is the same.
        """
        uid = body["metadata"]["uid"]
        stored = self._owned.get(uid)
        if stored is not None and version_number(stored.resource_version) >= version_of(body):
            return ""
        same = known if known is not None and known.uid == uid else None
        before = stored or self._missing.get(uid) or same
        fresh = self._read_owned(body, before)
        if fresh is None:
            return ""
        self._missing.pop(uid)
        self._owned.put(fresh)
        self._touch_owner(fresh)
        return fresh.owner_uid if stored != fresh else ""

    def drop_owned(self, body: Body) -> str:
        """Note that the watch no longer holds an object; the uid of its owner if it was known."""
        stored = self._owned.pop(body["metadata"]["uid"])
        if stored is None:
            return ""
        self._touch_owner(stored)
        self._missing.put(stored)
        return stored.owner_uid

    def forget_owned(self, owned: OwnedT) -> None:
        """Forget an owned object that the API server does not know."""
        self._touch_owner(owned)
        self._owned.pop(owned.uid)
        self._missing.pop(owned.uid)

    def drop_absent(
        self, *, version: str, namespace: str | None, keys: set[ObjectKey], owned_uids: set[str]
    ) -> list[str]:
        """Forget what a full list at `version` does not hold and no later event has told of.

        Returns the uids of the owners of what is missing now.
        """
        limit = version_number(version)
        for key in self.known_keys():
            if namespace in {None, key.namespace} and key not in keys and self._version(key) <= limit:
                self.forget(key)
        owners = []
        for owned in list(self._owned):
            gone = owned.uid not in owned_uids and namespace in {None, owned.namespace}
            if gone and version_number(owned.resource_version) <= limit:
                self._touch_owner(owned)
                self._owned.pop(owned.uid)
                self._missing.put(owned)
                owners.append(owned.owner_uid)
        return owners

    def _touch_owner(self, owned: OwnedT) -> None:
        if (key := self._keys.get(owned.owner_uid)) is not None:
            self._peers.touch(key)

    def _peer(self, key: ObjectKey, now: datetime) -> Any:
        seen, peer = self.object(key), self._resource.peer
        if seen is None or isinstance(seen, UnreadableObject) or peer is None:
            return None
        return peer(seen, self.owned(seen.uid), now)

    def _version(self, key: ObjectKey) -> int:
        return self._objects.get(key, (0, b""))[0]

    def _read_owned(self, body: Body, known: OwnedT | None) -> OwnedT | None:
        return None if self._owned_resource is None else self._owned_resource.read(body, known)


def _condition_states(body: Body) -> tuple[ConditionState, ...]:
    conditions = (body.get("status") or {}).get("conditions") or ()
    type_, status, reason = (
        [intern(str(condition.get(name, ""))) for condition in conditions]
        for name in ("type", "status", "reason")
    )
    return tuple(zip(type_, status, reason, strict=True))


def _trimmed(body: Body) -> bytes:
    meta = body["metadata"]
    kept = {name: meta[name] for name in _META if name in meta}
    annotations = {
        name: text for name, text in (meta.get("annotations") or {}).items() if name in _ANNOTATIONS
    }
    small = {
        "metadata": kept | ({"annotations": annotations} if annotations else {}),
        "spec": body["spec"],
        "status": body.get("status") or {},
    }
    return json.dumps(small, separators=(",", ":"), ensure_ascii=False).encode()
