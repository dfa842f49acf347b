# SPDX-License-Identifier: Apache-2.0
"""Our kinds over HTTP, with the strict field validation that kubectl asks for."""

from typing import Any

import httpx2

PLURALS = {
    "AnimeEnrichment": "animeenrichments",
    "CatalogRestore": "catalogrestores",
    "DatasetSync": "datasetsyncs",
    "EpisodeSchedule": "episodeschedules",
}
STRICT = {"fieldValidation": "Strict"}


def an_object(spec: Any, kind: str = "AnimeEnrichment", name: str = "test") -> dict[str, Any]:
    """A body; no spec at all for None."""
    body = {"apiVersion": "otakube.dev/v1alpha1", "kind": kind, "metadata": {"name": name}}
    return body if spec is None else body | {"spec": spec}


def path(namespace: str, kind: str = "AnimeEnrichment", *below: str) -> str:
    """The path of the kind in a namespace, and below it."""
    return "/".join((f"/apis/otakube.dev/v1alpha1/namespaces/{namespace}/{PLURALS[kind]}", *below))


def create(api: httpx2.Client, namespace: str, body: dict[str, Any]) -> httpx2.Response:
    """POST the object."""
    return api.post(path(namespace, body["kind"]), json=body, params=STRICT)


def patch(api: httpx2.Client, where: str, change: dict[str, Any]) -> httpx2.Response:
    """Merge-patch what lies at `where`."""
    return api.patch(
        where, json=change, params=STRICT, headers={"Content-Type": "application/merge-patch+json"}
    )
