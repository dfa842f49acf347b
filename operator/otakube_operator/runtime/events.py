# SPDX-License-Identifier: Apache-2.0
"""Kubernetes Events: one for each condition that has changed, after the status that says so was written.

An Event bears the time of that write: a condition's own time moves only with its status, so a new reason
would read as old. Its name carries the microsecond, as client-go's does, since kubectl sorts by whole seconds
and leaves the rest in the order of names. Events are posted in the background and behind the work: one that
cannot be posted is counted, never retried.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import structlog

from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.meta import Condition
from otakube_operator.runtime.api import EVENTS, AlreadyExists, ApiError, ApiServer
from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.objects import CustomResource, KubeObject, UnreadableObject
from otakube_operator.runtime.owned import MANAGER

logger = structlog.stdlib.get_logger(__name__)

SeenObject = KubeObject[Any, Any] | UnreadableObject


class Occurrence(NamedTuple):
    """Something that an Event tells and no condition does."""

    type: str
    """The aspect that it belongs to."""
    reason: str
    message: str
    status: str = "True"


BACKLOG = 1000
WAIT_LIMIT = 50  # tenths of a second that one Event may wait for the work
MESSAGE_LIMIT = 1024  # of the Event API


class EventPoster:
    """A bounded backlog and the task that works it off."""

    def __init__(
        self,
        server: ApiServer,
        metrics: Metrics,
        *,
        host: str,
        busy: Callable[[], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._server, self._metrics, self._host, self._busy, self._now = server, metrics, host, busy, now
        self._backlog: asyncio.Queue[dict[str, Any]] = asyncio.Queue(BACKLOG)

    def report(
        self,
        resource: CustomResource[Any],
        seen: SeenObject,
        changed: Sequence[Condition],
        occurrences: Sequence[Occurrence] = (),
    ) -> None:
        """Plan one Event for each new reason, in the order of the conditions, and one for each occurrence."""
        at = self._now()
        first = {each.reason: each for each in reversed(changed)}
        changed = [each for each in changed if first[each.reason] is each]
        told: list[Condition | Occurrence] = [*changed, *occurrences]
        for place, each in enumerate(told):
            body = event_body(resource, seen, each, host=self._host, at=at + timedelta(microseconds=place))
            try:
                self._backlog.put_nowait(body)
            except asyncio.QueueFull:
                self._metrics.events_lost.inc()

    async def run(self) -> None:
        """Post until cancelled."""
        while True:
            body = await self._backlog.get()
            await self._let_work_pass()
            await self._post(body)

    async def _let_work_pass(self) -> None:
        """Wait while keys wait, but not for ever."""
        for _ in range(WAIT_LIMIT):
            if not self._busy():
                return
            await asyncio.sleep(0.1)

    async def _post(self, body: dict[str, Any]) -> None:
        try:
            await self._server.create(EVENTS, body["metadata"]["namespace"], body)
        except AlreadyExists:
            return  # the answer to the first attempt was lost
        except ApiError as error:
            self._metrics.events_lost.inc()
            logger.warning("Event not posted", name=body["metadata"]["name"], error=str(error))


def event_body(
    resource: CustomResource[Any],
    seen: SeenObject,
    condition: Condition | Occurrence,
    *,
    host: str,
    at: datetime,
) -> dict[str, Any]:
    """The Event of one transition or occurrence; its name follows from the object and the moment `at`."""
    second = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{seen.key.name[:200].rstrip('.-')}.{round(at.timestamp() * 1_000_000):016x}",
            "namespace": seen.key.namespace,
        },
        "involvedObject": {
            "apiVersion": resource.api.api_version,
            "kind": resource.kind,
            "namespace": seen.key.namespace,
            "name": seen.key.name,
            "uid": seen.uid,
            "resourceVersion": seen.resource_version,
        },
        "type": "Warning" if _is_warning(resource, condition) else "Normal",
        "reason": condition.reason,
        "message": condition.message[:MESSAGE_LIMIT] or condition.reason,
        "source": {"component": MANAGER},
        "reportingComponent": MANAGER,
        "reportingInstance": host,
        "action": condition.type,
        "firstTimestamp": second,
        "lastTimestamp": second,
        "count": 1,
    }


def _is_warning(resource: CustomResource[Any], condition: Condition | Occurrence) -> bool:
    if condition.reason in resource.warning_reasons:
        return True
    bad = "False" if condition.type == CommonCondition.READY else "True"
    return condition.status == bad and condition.type in {CommonCondition.READY, *resource.warnings}
