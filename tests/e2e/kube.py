# SPDX-License-Identifier: Apache-2.0
"""The cluster as a person sees it: kubectl, and nothing of the product's own code."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import yaml

NAMESPACE = "otakube"


def kubectl(*words: str, stdin: str | None = None, check: bool = True, namespace: str = NAMESPACE) -> str:
    """Run kubectl; its stderr is the assertion's message when it fails."""
    done = subprocess.run(
        ["kubectl", "--namespace", namespace, *words],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout


def get(kind: str, *words: str, namespace: str = NAMESPACE) -> dict[str, Any]:
    return json.loads(kubectl("get", kind, *words, "-o", "json", namespace=namespace))


def apply(name: str, spec: Mapping[str, Any]) -> None:
    """Apply an AnimeEnrichment."""
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": name},
        "spec": spec,
    }
    kubectl("apply", "-f", "-", stdin=yaml.safe_dump(body))


def wait(name: str, condition: str, *, timeout: str = "240s", kind: str = "animeenrichment") -> None:
    """Block until a condition holds; on time-out the object is the message."""
    done = subprocess.run(
        ["kubectl", "-n", NAMESPACE, "wait", f"{kind}/{name}", f"--for={condition}", f"--timeout={timeout}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr + kubectl("describe", kind, name, check=False)


def condition(name: str, type_: str) -> dict[str, Any]:
    """One condition of an AnimeEnrichment; empty when absent."""
    status = get("animeenrichment", name).get("status", {})
    return next((c for c in status.get("conditions", []) if c["type"] == type_), {})


def workflows(name: str) -> list[dict[str, Any]]:
    """Workflows that an AnimeEnrichment owns, oldest generation first."""
    owned = [
        workflow
        for workflow in get("workflows")["items"]
        if any(owner["name"] == name for owner in workflow["metadata"].get("ownerReferences", []))
    ]
    return sorted(owned, key=lambda w: int(w["metadata"]["labels"]["otakube.dev/generation"]))


def event_reasons(name: str) -> set[str]:
    """Reasons of the Events about an AnimeEnrichment."""
    events = get("events", f"--field-selector=involvedObject.name={name}")["items"]
    return {event["reason"] for event in events}


def delete(name: str) -> None:
    kubectl("delete", "animeenrichment", name, "--ignore-not-found", "--timeout=120s")
