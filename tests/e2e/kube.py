# SPDX-License-Identifier: Apache-2.0
"""Commands that a person types at the cluster: kubectl, and nothing of the product's own code."""

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


def apply(name: str, spec: Mapping[str, Any]) -> None:
    """Apply an AnimeEnrichment."""
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": name},
        "spec": spec,
    }
    kubectl("apply", "-f", "-", stdin=yaml.safe_dump(body))


def delete(name: str) -> None:
    kubectl("delete", "animeenrichment", name, "--ignore-not-found", "--timeout=120s")
