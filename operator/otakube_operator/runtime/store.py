# SPDX-License-Identifier: Apache-2.0
"""What the watches have told, kept small: enrichments as trimmed JSON, Workflows as Runs.

Nothing here matters after a restart. It may lag behind the API server; every write therefore carries a
precondition or a name that follows from its inputs, and full lists correct what a watch missed (kopf reports
no deletion that happened between two watches).
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from otakube_api import labels
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichment, AnimeEnrichmentStatus
from otakube_api.v1alpha1.meta import cut
from otakube_operator.enrichment.naming import spec_hash
from otakube_operator.enrichment.observed import Enrichment, ObjectKey, Unreadable, WorkflowRun
from otakube_operator.enrichment.runs import read_run

Body = Mapping[str, Any]

_KEPT_META = ("name", "namespace", "uid", "generation", "resourceVersion", "finalizers", "deletionTimestamp")
_KEPT_NOTES = (labels.REQUESTED_AT,)


class Store:
    """Enrichments by key, runs by their owner's uid."""

    def __init__(self) -> None:
        self._enrichments: dict[ObjectKey, tuple[int, bytes]] = {}
        self._runs: dict[str, dict[str, WorkflowRun]] = {}

    def enrichment(self, key: ObjectKey) -> Enrichment | Unreadable | None:
        """The object as last seen."""
        seen = self._enrichments.get(key)
        return None if seen is None else read_enrichment(json.loads(seen[1]))

    def runs(self, owner_uid: str) -> tuple[WorkflowRun, ...]:
        """The Workflows that this enrichment owns."""
        return tuple(self._runs.get(owner_uid, {}).values())

    def known(self) -> list[ObjectKey]:
        """Every enrichment known."""
        return list(self._enrichments)

    def count(self) -> tuple[int, int]:
        """How many enrichments and runs are known."""
        return len(self._enrichments), sum(map(len, self._runs.values()))

    def put_enrichment(self, body: Body) -> bool:
        """Remember; False if nothing newer was told."""
        key, version = _key(body), _version(body)
        if version <= self._seen(key):
            return False
        self._enrichments[key] = (version, _trimmed(body))
        return True

    def drop_enrichment(self, body: Body) -> bool:
        """Forget, unless a newer object of that name is known."""
        key = _key(body)
        return _version(body) >= self._seen(key) and self.forget(key)

    def forget(self, key: ObjectKey) -> bool:
        """Forget an enrichment that the API server does not know."""
        return self._enrichments.pop(key, None) is not None

    def put_run(self, body: Body) -> bool:
        """Remember; False if nothing that matters to a plan has changed."""
        run = read_run(body)
        if run is None:
            return False
        runs = self._runs.setdefault(run.owner_uid, {})
        known = runs.get(run.name)
        if known is not None and known.uid == run.uid and _number(known.resource_version) >= _version(body):
            return False
        runs[run.name] = run
        return known is None or not _same(known, run)

    def drop_run(self, body: Body) -> bool:
        """Forget; False if it was not known."""
        run = read_run(body)
        runs = self._runs.get(run.owner_uid, {}) if run is not None else {}
        known = runs.get(run.name) if run is not None else None
        if run is None or known is None or known.uid != run.uid:
            return False
        self.forget_run(known)
        return True

    def forget_run(self, run: WorkflowRun) -> None:
        """Forget a Workflow that the API server does not know."""
        runs = self._runs.get(run.owner_uid, {})
        runs.pop(run.name, None)
        if not runs:
            self._runs.pop(run.owner_uid, None)

    def drop_absent(
        self, *, version: str, namespace: str | None, names: set[ObjectKey], run_uids: set[str]
    ) -> None:
        """Forget what a full list at `version` does not hold and no later event has told of."""
        limit = _number(version)
        for key in [
            key for key in self._enrichments if namespace in {None, key.namespace} and key not in names
        ]:
            if self._seen(key) <= limit:
                self.forget(key)
        known = [run for runs in self._runs.values() for run in runs.values()]
        for run in known:
            gone = run.uid not in run_uids and namespace in {None, run.namespace}
            if gone and _number(run.resource_version) <= limit:
                self.forget_run(run)

    def _seen(self, key: ObjectKey) -> int:
        return self._enrichments.get(key, (0, b""))[0]


def read_enrichment(body: Body) -> Enrichment | Unreadable:
    """Parse a body that the API server has admitted."""
    meta = body["metadata"]
    status = _status(body)
    try:
        spec = AnimeEnrichment.model_validate({**body, "status": {}}).spec
    except ValidationError as error:
        return Unreadable(
            _key(body), meta["uid"], meta["generation"], meta["resourceVersion"], status, _problem(error)
        )
    requested = (meta.get("annotations") or {}).get(labels.REQUESTED_AT)
    return Enrichment(
        key=_key(body),
        uid=meta["uid"],
        generation=meta["generation"],
        resource_version=meta["resourceVersion"],
        spec=spec,
        spec_hash=spec_hash(spec),
        status=status,
        deleting=meta.get("deletionTimestamp") is not None,
        finalizers=tuple(meta.get("finalizers") or ()),
        requested_at=None if requested is None else str(cut(64)(requested)),
    )


def _status(body: Body) -> AnimeEnrichmentStatus:
    """A status that cannot be parsed counts as none: it is written anew, whole."""
    try:
        return AnimeEnrichmentStatus.model_validate(body.get("status") or {})
    except ValidationError:
        return AnimeEnrichmentStatus()


def _problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _trimmed(body: Body) -> bytes:
    meta = body["metadata"]
    kept = {name: meta[name] for name in _KEPT_META if name in meta}
    notes = {name: text for name, text in (meta.get("annotations") or {}).items() if name in _KEPT_NOTES}
    small = {
        "apiVersion": body["apiVersion"],
        "kind": body["kind"],
        "metadata": kept | ({"annotations": notes} if notes else {}),
        "spec": body["spec"],
        "status": body.get("status") or {},
    }
    return json.dumps(small, separators=(",", ":"), ensure_ascii=False).encode()


def _same(known: WorkflowRun, run: WorkflowRun) -> bool:
    """Argo touches a Workflow far more often than it changes what a plan reads."""
    names = [name for name in WorkflowRun.__slots__ if name != "resource_version"]
    return all(getattr(known, name) == getattr(run, name) for name in names)


def _key(body: Body) -> ObjectKey:
    return ObjectKey(body["metadata"]["namespace"], body["metadata"]["name"])


def _version(body: Body) -> int:
    return _number(body["metadata"].get("resourceVersion"))


def _number(version: object) -> int:
    """A resourceVersion as the monotonic number that etcd makes of it."""
    return int(version) if isinstance(version, str) and version.isdecimal() else 0


def owner_of(body: Body) -> str | None:
    """The name of the enrichment that owns this Workflow."""
    owners: Iterable[Body] = body["metadata"].get("ownerReferences") or ()
    return next((owner["name"] for owner in owners if owner.get("kind") == "AnimeEnrichment"), None)
