# SPDX-License-Identifier: Apache-2.0
"""Informer: turns watch events and periodic re-lists into work-queue keys."""

import asyncio
from random import Random
from typing import Generic

import structlog

from otakube_operator.runtime.api import ApiError, ApiServer, ObjectNotFound
from otakube_operator.runtime.objects import Body, CustomResource, ObjectKey, ObjectT, key_of
from otakube_operator.runtime.owned import OwnedResource, OwnedT
from otakube_operator.runtime.store import ControllerStore
from otakube_operator.runtime.work_queue import WorkQueue, backoff

logger = structlog.stdlib.get_logger(__name__)


class Informer(Generic[ObjectT, OwnedT]):
    """Keeps one controller's store up to date and its queue fed."""

    def __init__(
        self,
        resource: CustomResource[ObjectT],
        owned: OwnedResource[OwnedT] | None,
        *,
        server: ApiServer,
        store: ControllerStore[ObjectT, OwnedT],
        queue: WorkQueue[ObjectKey],
        random: Random,
    ) -> None:
        self._resource, self._owned = resource, owned
        self._server, self._store, self._queue, self._random = server, store, queue, random
        self._begun = asyncio.Event()

    def watch_began(self) -> None:
        """Take note that a watch goes on from a list that kopf has just made."""
        self._begun.set()

    def object_event(self, event: str | None, body: Body) -> None:
        """Take note of a served object that was listed, added, changed or deleted."""
        if event == "DELETED":
            self._store.drop(body)
        elif self._store.put(body):
            self._queue.add(key_of(body))

    def owned_event(self, event: str | None, body: Body) -> None:
        """Take note of an owned object that was listed, added, changed or deleted."""
        store = self._store
        self._add_owner(store.drop_owned(body) if event == "DELETED" else store.put_owned(body))

    async def fill(self, namespaces: tuple[str, ...]) -> None:
        """List everything, patiently: the kinds may not be installed yet, or the API server away."""
        failures = 0
        while True:
            try:
                await self.relist(namespaces)
            except ApiError as error:
                delay = backoff(min(failures, 5), self._random.random)
                failures += 1
                logger.warning("waiting for the API", error=_explain(error), retry_in=round(delay, 1))
                await asyncio.sleep(delay)
            else:
                return

    async def follow_watches(self, namespaces: tuple[str, ...]) -> None:
        """List everything again after each watch that began from a list.

        What went between our last list and that one is in neither the list nor an event. A list that is made
        while the watch is open misses nothing.
        """
        while True:
            await self._begun.wait()
            self._begun.clear()
            await self.fill(namespaces)

    async def resync(self, namespaces: tuple[str, ...], every: float) -> None:
        """List everything again now and then, and look at every key, spread over a tenth of the time."""
        while True:
            await asyncio.sleep(every * (0.9 + self._random.random() / 5))
            try:
                await self.relist(namespaces)
            except ApiError as error:
                logger.warning("relist failed", error=str(error))
                continue
            for key in self._store.known_keys():
                self._queue.add_later(key, self._random.random() * every / 10)

    async def relist(self, namespaces: tuple[str, ...]) -> None:
        """Make the store what the API server says, from consistent reads; no namespace means each.

        What differs from what the store knew is put into the queue.
        """
        for namespace in namespaces or (None,):
            version, keys = await self._list_objects(namespace)
            uids = await self._list_owned(namespace)
            gone = self._store.drop_absent(version=version, namespace=namespace, keys=keys, owned_uids=uids)
            for owner_uid in gone:
                self._add_owner(owner_uid)

    async def _list_objects(self, namespace: str | None) -> tuple[str, set[ObjectKey]]:
        listed_at, keys = "", set()
        async for version, page in self._server.list(self._resource.api, namespace):
            listed_at = version
            for body in page:
                self.object_event(None, body)
                keys.add(key_of(body))
        return listed_at, keys

    async def _list_owned(self, namespace: str | None) -> set[str]:
        uids: set[str] = set()
        if self._owned is not None:
            listed = self._server.list(self._owned.api, namespace, selector=self._owned.selector)
            async for _, page in listed:
                for body in page:
                    self.owned_event(None, body)
                    uids.add(body["metadata"]["uid"])
            await self._find_unlabelled(self._owned, namespace, uids)
        return uids

    async def _find_unlabelled(
        self, owned: OwnedResource[OwnedT], namespace: str | None, uids: set[str]
    ) -> None:
        """Look at those that by their name may be ours and have lost the label of the watch."""
        listed = self._server.list(owned.api, namespace, metadata_only=True)
        async for _, page in listed:
            for meta in (body["metadata"] for body in page):
                if (
                    meta["uid"] not in uids
                    and owned.may_be(meta["name"])
                    and await self._is_there(owned, meta)
                ):
                    uids.add(meta["uid"])

    async def _is_there(self, owned: OwnedResource[OwnedT], meta: Body) -> bool:
        try:
            body = await self._server.get(owned.api, meta["namespace"], meta["name"])
        except ObjectNotFound:
            return False  # it went meanwhile
        self.owned_event(None, body)
        return bool(body["metadata"]["uid"] == meta["uid"])

    def _add_owner(self, owner_uid: str) -> None:
        owner = self._store.key_of_owner(owner_uid)
        if owner is not None:
            self._queue.add(owner)


def _explain(error: ApiError) -> str:
    if isinstance(error, ObjectNotFound):
        return f"{error}: install the charts otakube-crds and Argo Workflows"
    return str(error)
