# SPDX-License-Identifier: Apache-2.0
"""Writes to served objects: finalizer and status, each if the object is still as it was seen."""

from collections.abc import Sequence
from typing import Any, Generic

import structlog

from otakube_api.v1alpha1.meta import Condition
from otakube_operator.runtime.api import ApiServer
from otakube_operator.runtime.conditions import transitions
from otakube_operator.runtime.events import EventPoster, Occurrence
from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.objects import CustomResource, ObjectStatus, ObjectT, UnreadableObject
from otakube_operator.runtime.owned import OwnedT
from otakube_operator.runtime.store import ControllerStore

logger = structlog.stdlib.get_logger(__name__)


class ObjectWriter(Generic[ObjectT, OwnedT]):
    """Writes one kind's objects; each answer goes into the store at once.

    Every method takes the resourceVersion that the write is for and returns that of the object afterwards.
    """

    def __init__(
        self,
        resource: CustomResource[ObjectT],
        *,
        server: ApiServer,
        store: ControllerStore[ObjectT, OwnedT],
        events: EventPoster,
        metrics: Metrics,
    ) -> None:
        self._resource = resource
        self._server, self._store, self._events, self._metrics = server, store, events, metrics

    async def add_finalizer(self, seen: ObjectT, version: str) -> str:
        """Have a deletion wait for us."""
        return await self._set_finalizers(seen, (*seen.finalizers, self._resource.finalizer), version)

    async def remove_finalizer(self, seen: ObjectT, version: str) -> str:
        """Let a deletion go on; finalizers of others stay."""
        rest = tuple(name for name in seen.finalizers if name != self._resource.finalizer)
        return await self._set_finalizers(seen, rest, version)

    async def write_status(
        self,
        seen: ObjectT | UnreadableObject,
        status: ObjectStatus,
        version: str,
        occurrences: Sequence[Occurrence] = (),
    ) -> str:
        """Write what has changed, if anything; Events tell of conditions that did, and of occurrences."""
        patch = merge_patch(seen.status.to_body(), status.to_body())
        if not patch:
            return version
        body = {"metadata": {"resourceVersion": version}, "status": patch}
        version = await self._patch(seen, body, "status")
        self._report(seen, transitions(seen.status.conditions, status.conditions), occurrences)
        return version

    def _report(
        self,
        seen: ObjectT | UnreadableObject,
        changed: Sequence[Condition],
        occurrences: Sequence[Occurrence],
    ) -> None:
        kind = self._resource.kind
        for condition in changed:
            self._metrics.transitions.labels(kind, condition.type, condition.status, condition.reason).inc()
            logger.info(
                "condition changed",
                kind=kind,
                key="/".join(seen.key),
                type=condition.type,
                status=condition.status,
                reason=condition.reason,
                message=condition.message,
            )
        for each in occurrences:
            logger.info("occurrence", kind=kind, key="/".join(seen.key), **each._asdict())
        self._events.report(self._resource, seen, changed, occurrences)

    async def _set_finalizers(self, seen: ObjectT, names: tuple[str, ...], version: str) -> str:
        body = {"metadata": {"resourceVersion": version, "finalizers": list(names)}}
        return await self._patch(seen, body)

    async def _patch(
        self, seen: ObjectT | UnreadableObject, body: dict[str, Any], subresource: str = ""
    ) -> str:
        namespace, name = seen.key
        body["metadata"]["uid"] = seen.uid
        answer = await self._server.patch(self._resource.api, namespace, name, body, subresource)
        self._store.put(answer)
        version: str = answer["metadata"]["resourceVersion"]
        return version


def merge_patch(before: Any, after: Any) -> Any:
    """The RFC 7386 patch that turns JSON object `before` into `after`; empty if they are equal."""
    removed = {name: None for name in before if name not in after}
    changed: dict[str, Any] = {}
    for name, value in after.items():
        old = before.get(name)
        if old == value and name in before:
            continue
        changed[name] = (
            merge_patch(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return removed | changed
