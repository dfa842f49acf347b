# SPDX-License-Identifier: Apache-2.0
"""The cluster as the official Kubernetes client sees it: an observer that shares no code with the product."""

import base64
import json
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from e2e.kube import NAMESPACE

Body = dict[str, Any]

ENRICHMENTS = ("otakube.dev", "v1alpha1", NAMESPACE, "animeenrichments")
WORKFLOWS = ("argoproj.io", "v1alpha1", NAMESPACE, "workflows")
WAIT_SECONDS = 420
POLL_SECONDS = 0.3


@cache
def api() -> client.ApiClient:
    """A client that is logged in as kubectl is."""
    return config.new_client_from_config()


def enrichment(name: str) -> Body:
    return client.CustomObjectsApi(api()).get_namespaced_custom_object(*ENRICHMENTS, name)


def exists(name: str) -> bool:
    """True if there is an AnimeEnrichment of that name."""
    try:
        enrichment(name)
    except ApiException as error:
        if error.status != 404:
            raise
        return False
    return True


def status(name: str) -> Body:
    return enrichment(name)["status"]


def condition(name: str, type_: str) -> Body:
    """One condition of an AnimeEnrichment; empty when absent."""
    return condition_in(enrichment(name), type_)


def condition_in(body: Body, type_: str) -> Body:
    conditions = body.get("status", {}).get("conditions", [])
    return next((one for one in conditions if one["type"] == type_), {})


def is_true(type_: str) -> Callable[[Body], bool]:
    """Predicate: a condition is True for the spec as it is now."""

    def holds(body: Body) -> bool:
        found = condition_in(body, type_)
        current = found.get("observedGeneration") == body["metadata"]["generation"]
        return current and found["status"] == "True"

    return holds


def wait(name: str, holds: Callable[[Body], bool], *, seconds: float = WAIT_SECONDS) -> Body:
    """The AnimeEnrichment once it is as wanted; where that does not happen, the object is the message."""
    deadline, body = time.monotonic() + seconds, {}
    while time.monotonic() < deadline:
        body = last_known(name, body)
        if body and holds(body):
            return body
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"{name} is not as wanted after {seconds} s:\n{json.dumps(body, indent=1)}")


def last_known(name: str, before: Body) -> Body:
    """The object as it is now, or as it was where the API server is away: some tests kill it."""
    try:
        return enrichment(name)
    except HTTPError:
        return before
    except ApiException as error:
        if (error.status or 500) < 500:
            raise
        return before


def workflows(name: str) -> list[Body]:
    """Workflows that an AnimeEnrichment owns, oldest generation first."""
    listed = client.CustomObjectsApi(api()).list_namespaced_custom_object(*WORKFLOWS)["items"]
    owned = [
        workflow
        for workflow in listed
        if any(owner["name"] == name for owner in workflow["metadata"].get("ownerReferences", []))
    ]
    return sorted(owned, key=lambda workflow: int(workflow["metadata"]["labels"]["otakube.dev/generation"]))


def wait_workflow(name: str, holds: Callable[[Body], bool], *, seconds: float = WAIT_SECONDS) -> None:
    """Return once the newest workflow of an AnimeEnrichment is as wanted."""
    deadline = time.monotonic() + seconds
    while not (owned := workflows(name)) or not holds(owned[-1]):
        assert time.monotonic() < deadline, f"{json.dumps(owned[-1:], indent=1)} after {seconds} s"
        time.sleep(POLL_SECONDS)


def wait_gone(name: str, *, seconds: float = WAIT_SECONDS) -> None:
    """Return once neither the AnimeEnrichment nor a workflow of it is left: garbage collection takes time."""
    deadline = time.monotonic() + seconds
    while left := [workflow["metadata"]["name"] for workflow in workflows(name)] or exists(name):
        assert time.monotonic() < deadline, f"{name} left {left} after {seconds} s"
        time.sleep(POLL_SECONDS)


def wait_event(name: str, *reasons: str, seconds: float = WAIT_SECONDS) -> None:
    """Return once an Event about the AnimeEnrichment has one of the reasons; Events follow the status."""
    deadline = time.monotonic() + seconds
    while not (found := event_reasons(name)) & set(reasons):
        assert time.monotonic() < deadline, f"{name} has Events of {found}, none of {reasons}"
        time.sleep(POLL_SECONDS)


def event_reasons(name: str) -> set[str]:
    """Reasons of the Events about an AnimeEnrichment."""
    selector = f"involvedObject.name={name}"
    events = client.CoreV1Api(api()).list_namespaced_event(NAMESPACE, field_selector=selector)
    return {event.reason for event in events.items}


def secrets() -> dict[str, dict[str, str]]:
    """Values of the Secrets by name and key, where they are text."""
    listed = client.CoreV1Api(api()).list_namespaced_secret(NAMESPACE)
    return {
        secret.metadata.name: {
            key: base64.b64decode(value).decode(errors="replace")
            for key, value in (secret.data or {}).items()
        }
        for secret in listed.items
    }


def pod_uids(namespace: str, selector: str) -> list[str]:
    """Uids of the pods that a label selector names."""
    pods = client.CoreV1Api(api()).list_namespaced_pod(namespace, label_selector=selector)
    return [pod.metadata.uid for pod in pods.items]
