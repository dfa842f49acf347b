# SPDX-License-Identifier: Apache-2.0
"""Objects that a controller creates for those that it serves, such as the Workflows of an AnimeEnrichment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import structlog

from otakube_api import labels
from otakube_operator.runtime.api import (
    EVENTS,
    PODS,
    AlreadyExists,
    ApiResource,
    ApiServer,
    ObjectNotFound,
    RequestRefused,
)
from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.objects import Body

MANAGER = "otakube-operator"
OURS = f"{labels.MANAGED_BY}={MANAGER}"
"""Label selector of everything that the operator creates."""

logger = structlog.stdlib.get_logger(__name__)


class OwnedObject(Protocol):
    """The part of an owned object that the runtime reads; two are equal if a plan sees no difference."""

    @property
    def namespace(self) -> str:
        """metadata.namespace."""

    @property
    def name(self) -> str:
        """metadata.name."""

    @property
    def uid(self) -> str:
        """metadata.uid."""

    @property
    def owner_uid(self) -> str:
        """The uid of the object that it was created for."""

    @property
    def resource_version(self) -> str:
        """metadata.resourceVersion; no part of a comparison."""


OwnedT = TypeVar("OwnedT", bound=OwnedObject)


@dataclass(frozen=True, slots=True)
class OwnedResource(Generic[OwnedT]):
    """A kind that a controller creates objects of; `read` answers None for those of others.

    Its second argument is what was read of the same uid before: what is known stays known, whatever somebody
    takes off the object. `may_be` tells by its name whether an object without labels is worth a look.
    """

    kind: str
    api: ApiResource
    read: Callable[[Body, OwnedT | None], OwnedT | None]
    selector: str = OURS
    may_be: Callable[[str], bool] = lambda _name: False


class OwnedStore(Protocol[OwnedT]):
    """The last known state of owned objects."""

    def owned(self, owner_uid: str) -> tuple[OwnedT, ...]:
        """Those of one owner."""

    def missing(self, owner_uid: str) -> tuple[OwnedT, ...]:
        """Those of one owner that a watch or a list no longer holds, and that nobody has looked for."""

    def put_owned(self, body: Body, known: OwnedT | None = None) -> str:
        """Remember; `known` is what the caller knows of that uid."""

    def forget_owned(self, owned: OwnedT) -> None:
        """Forget."""


class PodReport(NamedTuple):
    """A pod, and the Events that warn about it."""

    body: Body
    warnings: tuple[Body, ...]


class ForeignObject(Exception):
    """An object of the name that was to be created exists and was not created for this owner."""


class OwnedObjects(Generic[OwnedT]):
    """Reads and writes the owned objects of one controller.

    Each answer goes into the store at once, so the next pass plans from no view older than our own writes.
    """

    def __init__(
        self,
        server: ApiServer,
        resource: OwnedResource[OwnedT] | None,
        store: OwnedStore[OwnedT],
        metrics: Metrics,
    ) -> None:
        self._server, self._owned, self._store, self._metrics = server, resource, store, metrics

    def of(self, owner_uid: str) -> tuple[OwnedT, ...]:
        """The objects of one owner, as last seen."""
        return self._store.owned(owner_uid)

    async def find(self, namespace: str, name: str, known: OwnedT | None = None) -> None:
        """Read an object that no watch tells of from the API server; `known` is forgotten if it is gone."""
        try:
            body = await self._server.get(self._resource.api, namespace, name)
        except ObjectNotFound:
            body = None
        if known is not None and (body is None or body["metadata"]["uid"] != known.uid):
            self._store.forget_owned(known)
        if body is not None:
            self._store.put_owned(body, known)

    async def pod(self, namespace: str, name: str) -> PodReport | None:
        """A pod that an owned object started, and the warnings about it; None if it cannot be read."""
        try:
            body = await self._server.get(PODS, namespace, name)
            about = f"involvedObject.uid={body['metadata']['uid']},type=Warning"
            pages = [page async for _, page in self._server.list(EVENTS, namespace, fields=about)]
        except (ObjectNotFound, RequestRefused) as error:
            logger.info("pod not read", namespace=namespace, name=name, error=str(error))
            return None
        return PodReport(body, tuple(event for page in pages for event in page))

    async def look_for_missing(self, owner_uid: str) -> None:
        """Tell objects that lost the label of the watch from those that are gone."""
        for known in self._store.missing(owner_uid):
            await self.find(known.namespace, known.name, known)

    async def create(self, body: dict[str, Any], is_ours: Callable[[OwnedT], bool]) -> bool:
        """Create; False if it was there already and is ours, since a crash or a twin came between.

        Raises ForeignObject if one of that name is not ours, RequestRefused if the API server admits none.
        """
        namespace, name = body["metadata"]["namespace"], body["metadata"]["name"]
        try:
            answer, created = await self._server.create(self._resource.api, namespace, body), True
        except AlreadyExists:
            answer, created = await self._server.get(self._resource.api, namespace, name), False
            existing = self._resource.read(answer, None)
            if existing is None or not is_ours(existing):
                raise ForeignObject(name) from None
        self._store.put_owned(answer)
        if created:
            self._metrics.created.labels(self._resource.kind).inc()
            logger.info("object created", kind=self._resource.kind, namespace=namespace, name=name)
        return created

    async def patch(self, owned: OwnedT, body: dict[str, Any]) -> None:
        """JSON merge patch of that very object."""
        patch = body | {"metadata": {**body.get("metadata", {}), "uid": owned.uid}}
        try:
            answer = await self._server.patch(self._resource.api, owned.namespace, owned.name, patch)
        except ObjectNotFound:
            self._store.forget_owned(owned)
            raise
        self._store.put_owned(answer)
        logger.info(
            "object patched", kind=self._resource.kind, namespace=owned.namespace, name=owned.name, patch=body
        )

    async def delete(self, owned: OwnedT) -> None:
        """Delete that very object; one that is gone already is fine."""
        await self._server.delete(self._resource.api, owned.namespace, owned.name, uid=owned.uid)
        self._store.forget_owned(owned)

    @property
    def _resource(self) -> OwnedResource[OwnedT]:
        if self._owned is None:
            raise TypeError("this controller owns no kind")
        return self._owned
