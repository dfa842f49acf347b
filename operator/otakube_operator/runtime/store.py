# SPDX-License-Identifier: Apache-2.0
"""Last known state of one controller's objects, kept small: trimmed JSON of those served, parsed owned ones.

Nothing here matters after a restart. It may lag behind the API server; every write therefore carries a
precondition or a name that follows from its inputs, and full lists correct what a watch missed (kopf reports
no deletion that happened between two watches).
"""

import json
from typing import Generic

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

_META = ("name", "namespace", "uid", "generation", "resourceVersion", "finalizers", "deletionTimestamp")
_ANNOTATIONS = (labels.REQUESTED_AT,)


class ControllerStore(Generic[ObjectT, OwnedT]):
    """Served objects by key, owned objects by their owner's uid."""

    def __init__(self, resource: CustomResource[ObjectT], owned: OwnedResource[OwnedT] | None = None) -> None:
        self._resource, self._owned_resource = resource, owned
        self._objects: dict[ObjectKey, tuple[int, bytes]] = {}
        self._owned: dict[str, dict[str, OwnedT]] = {}

    def object(self, key: ObjectKey) -> ObjectT | UnreadableObject | None:
        """The object as last seen."""
        stored = self._objects.get(key)
        return None if stored is None else self._resource.read(json.loads(stored[1]))

    def owned(self, owner_uid: str) -> tuple[OwnedT, ...]:
        """The objects that this one owns."""
        return tuple(self._owned.get(owner_uid, {}).values())

    def known_keys(self) -> list[ObjectKey]:
        """Every served object known."""
        return list(self._objects)

    def counts(self) -> dict[str, int]:
        """The number of known objects of each kind."""
        counts = {self._resource.kind: len(self._objects)}
        if self._owned_resource is not None:
            counts[self._owned_resource.kind] = sum(map(len, self._owned.values()))
        return counts

    def put(self, body: Body) -> bool:
        """Remember an object; False if its state is not newer than the one known."""
        key, version = key_of(body), version_of(body)
        if version <= self._version(key):
            return False
        self._objects[key] = (version, _trimmed(body))
        return True

    def drop(self, body: Body) -> bool:
        """Forget an object, unless a newer one of that name is known."""
        key = key_of(body)
        return version_of(body) >= self._version(key) and self.forget(key)

    def forget(self, key: ObjectKey) -> bool:
        """Forget an object that the API server does not know."""
        return self._objects.pop(key, None) is not None

    def put_owned(self, body: Body) -> bool:
        """Remember an owned object; False if nothing that matters to a plan has changed.

        Other controllers touch an object far more often than they change what a plan reads.
        """
        fresh = self._read_owned(body)
        if fresh is None:
            return False
        siblings = self._owned.setdefault(fresh.owner_uid, {})
        stored = siblings.get(fresh.name)
        if (
            stored is not None
            and stored.uid == fresh.uid
            and version_number(stored.resource_version) >= version_of(body)
        ):
            return False
        siblings[fresh.name] = fresh
        return stored != fresh

    def drop_owned(self, body: Body) -> bool:
        """Forget an owned object; False if it was not known."""
        gone = self._read_owned(body)
        stored = self._owned.get(gone.owner_uid, {}).get(gone.name) if gone is not None else None
        if gone is None or stored is None or stored.uid != gone.uid:
            return False
        self.forget_owned(stored)
        return True

    def forget_owned(self, owned: OwnedT) -> None:
        """Forget an owned object that the API server does not know."""
        siblings = self._owned.get(owned.owner_uid, {})
        siblings.pop(owned.name, None)
        if not siblings:
            self._owned.pop(owned.owner_uid, None)

    def drop_absent(
        self, *, version: str, namespace: str | None, keys: set[ObjectKey], owned_uids: set[str]
    ) -> None:
        """Forget what a full list at `version` does not hold and no later event has told of."""
        limit = version_number(version)
        for key in self.known_keys():
            if namespace in {None, key.namespace} and key not in keys and self._version(key) <= limit:
                self.forget(key)
        for owned in [owned for siblings in self._owned.values() for owned in siblings.values()]:
            gone = owned.uid not in owned_uids and namespace in {None, owned.namespace}
            if gone and version_number(owned.resource_version) <= limit:
                self.forget_owned(owned)

    def _version(self, key: ObjectKey) -> int:
        return self._objects.get(key, (0, b""))[0]

    def _read_owned(self, body: Body) -> OwnedT | None:
        return None if self._owned_resource is None else self._owned_resource.read(body)


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
