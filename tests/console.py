# SPDX-License-Identifier: Apache-2.0
"""The command line as a process at an API server on loopback, and the objects that it is to find there."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2

from control_plane import ControlPlane

OTAKUBE = str(Path(sys.executable).with_name("otakube"))
MERGE = {"Content-Type": "application/merge-patch+json"}
TURNED = "2026-04-01T12:00:00Z"


def environment(plane: ControlPlane, **more: str) -> dict[str, str]:
    """That of a person who is logged in."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTAKUBE")}
    return {**inherited, "KUBECONFIG": str(plane.kubeconfig), "COLUMNS": "200", **more}


def otakube(plane: ControlPlane, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [OTAKUBE, *arguments], env=environment(plane, **more), capture_output=True, text=True, timeout=300
    )


def path_of(namespace: str, name: str = "", *, kind: str = "animeenrichments") -> str:
    """Path of an AnimeEnrichment, or of all."""
    return f"/apis/otakube.dev/v1alpha1/namespaces/{namespace}/{kind}" + (f"/{name}" if name else "")


def enrich(api: httpx2.Client, namespace: str, name: str, **status: Any) -> dict[str, Any]:
    """Store an AnimeEnrichment with a status; returns it as stored."""
    manifest = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": name},
        "spec": {"anime": {"title": "Frozen Tide"}},
    }
    stored: dict[str, Any] = api.post(path_of(namespace), json=manifest).raise_for_status().json()
    return said(api, namespace, name, **status) if status else stored


def said(api: httpx2.Client, namespace: str, name: str, **status: Any) -> dict[str, Any]:
    """Write a status, as the operator would."""
    path = f"{path_of(namespace, name)}/status"
    body = {"status": {"observedGeneration": 1, **status}}
    stored: dict[str, Any] = api.patch(path, json=body, headers=MERGE).raise_for_status().json()
    return stored


def conditions(ready: str, reason: str, message: str = "", *further: str) -> list[dict[str, Any]]:
    """Ready, and further conditions that are True with the same reason."""
    return [
        {
            "type": kind,
            "status": ready if kind == "Ready" else "True",
            "reason": reason,
            "message": message,
            "lastTransitionTime": TURNED,
            "observedGeneration": 1,
        }
        for kind in ("Ready", *further)
    ]
