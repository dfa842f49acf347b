# SPDX-License-Identifier: Apache-2.0
"""Where events become keys: the watches feed it, full lists correct it, the queue takes from it."""

import asyncio
import logging
from collections.abc import Mapping
from random import Random
from typing import Any

from otakube_api import labels
from otakube_operator.enrichment.observed import ObjectKey
from otakube_operator.enrichment.workflows import MANAGER
from otakube_operator.runtime.api import ENRICHMENTS, WORKFLOWS, ApiError, ApiServer, ObjectNotFound
from otakube_operator.runtime.store import Store, owner_of
from otakube_operator.runtime.work_queue import WorkQueue, backoff

logger = logging.getLogger(__name__)

OURS = f"{labels.MANAGED_BY}={MANAGER}"
Body = Mapping[str, Any]


class Informer:
    """Keeps the cache true and the queue fed."""

    def __init__(
        self,
        *,
        cluster: ApiServer,
        cache: Store,
        queue: WorkQueue[ObjectKey],
        namespaces: tuple[str, ...],
        random: Random,
    ) -> None:
        self._cluster, self._cache, self._queue = cluster, cache, queue
        self._scopes: tuple[str | None, ...] = namespaces or (None,)
        self._random = random

    def enrichment_event(self, kind: str | None, body: Body) -> None:
        """An AnimeEnrichment was listed, added, changed or deleted."""
        changed = self._cache.drop_enrichment(body) if kind == "DELETED" else self._cache.put_enrichment(body)
        if changed and kind != "DELETED":
            self._queue.add(_key(body, body["metadata"]["name"]))

    def workflow_event(self, kind: str | None, body: Body) -> None:
        """A Workflow of ours was listed, added, changed or deleted."""
        changed = self._cache.drop_run(body) if kind == "DELETED" else self._cache.put_run(body)
        owner = owner_of(body)
        if changed and owner is not None:
            self._queue.add(_key(body, owner))

    async def fill(self) -> None:
        """List everything, patiently: the kinds may not be installed yet, or the API server away."""
        failures = 0
        while True:
            try:
                await self.relist()
            except ApiError as error:
                delay = backoff(min(failures, 5), self._random.random)
                failures += 1
                logger.warning(
                    "waiting for the API", extra={"error": _cure(error), "retry_in": round(delay, 1)}
                )
                await asyncio.sleep(delay)
            else:
                break
        for key in self._cache.known():
            self._queue.add(key)

    async def keep_true(self, every: float) -> None:
        """List everything again now and then, and look at every key, spread over a tenth of the time."""
        while True:
            await asyncio.sleep(every * (0.9 + self._random.random() / 5))
            try:
                await self.relist()
            except ApiError as error:
                logger.warning("relist failed", extra={"error": str(error)})
                continue
            for key in self._cache.known():
                self._queue.add_later(key, self._random.random() * every / 10)

    async def relist(self) -> None:
        """Make the cache what the API server says, from consistent reads."""
        for namespace in self._scopes:
            names, listed_at = set(), ""
            async for version, page in self._cluster.list(ENRICHMENTS, namespace):
                listed_at = version
                for body in page:
                    self._cache.put_enrichment(_typed(body, "AnimeEnrichment", "otakube.dev/v1alpha1"))
                    names.add(_key(body, body["metadata"]["name"]))
            uids = set()
            async for _, page in self._cluster.list(WORKFLOWS, namespace, selector=OURS):
                for body in page:
                    self._cache.put_run(body)
                    uids.add(body["metadata"]["uid"])
            self._cache.drop_absent(version=listed_at, namespace=namespace, names=names, run_uids=uids)


def _key(body: Body, name: str) -> ObjectKey:
    return ObjectKey(body["metadata"]["namespace"], name)


def _typed(body: Body, kind: str, api_version: str) -> Body:
    """Items of a list may lack what the list itself says."""
    return {"apiVersion": api_version, "kind": kind, **body}


def _cure(error: ApiError) -> str:
    if isinstance(error, ObjectNotFound):
        return f"{error}: install the charts otakube-crds and Argo Workflows"
    return str(error)
