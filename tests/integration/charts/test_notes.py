# SPDX-License-Identifier: Apache-2.0
"""The chart's notes say whether Argo is told what it must be told."""

import subprocess
from pathlib import Path

import httpx2

from charts import CHARTS
from control_plane import ControlPlane

VALUES = CHARTS / "otakube/ci/dev-values.yaml"
CONFIG = "workflow-controller-configmap"


def notes(helm: Path, plane: ControlPlane, *settings_given: str) -> str:
    """The chart's notes, as an installation on this cluster would print them."""
    command = [
        str(helm),
        "install",
        "otakube",
        str(CHARTS / "otakube"),
        "--dry-run=server",
        "--namespace",
        "default",
    ]
    command += ["--kubeconfig", str(plane.kubeconfig), "--values", str(VALUES), *settings_given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("NOTES:")[2]


def test_the_notes_of_an_installation_say_what_argo_is_told(
    with_argo: ControlPlane, server: httpx2.Client, helm: Path
) -> None:
    assert "was not found" in notes(helm, with_argo)
    server.post("/api/v1/namespaces", json={"metadata": {"name": "argo"}}).raise_for_status()
    server.post("/api/v1/namespaces/argo/configmaps", json={"metadata": {"name": CONFIG}}).raise_for_status()
    path, merge = (
        f"/api/v1/namespaces/argo/configmaps/{CONFIG}",
        {"Content-Type": "application/merge-patch+json"},
    )
    for data, words in (
        ({"parallelism": "1"}, "Argo runs with templateReferencing not set"),
        (
            {"workflowRestrictions": "templateReferencing: Strict"},
            "Argo runs with templateReferencing Strict",
        ),
        ({"workflowRestrictions": "templateReferencing: Secure"}, "templateReferencing: Secure, as it must"),
        (
            {"config": "workflowRestrictions: {templateReferencing: Secure}"},
            "templateReferencing: Secure, as it must",
        ),
    ):
        server.patch(path, json={"data": None}, headers=merge).raise_for_status()
        server.patch(path, json={"data": data}, headers=merge).raise_for_status()
        told = notes(helm, with_argo)
        assert words in told
        assert ("WARNING" in told) == ("as it must" not in told)
    assert "WARNING: workflowPolicy.enabled is false" in notes(
        helm, with_argo, "--set", "workflowPolicy.enabled=false"
    )
