# SPDX-License-Identifier: Apache-2.0
"""`kubectl otakube`, started by kubectl itself, which asks it to complete as well."""

import os
import subprocess
from pathlib import Path

import httpx2

from console import OTAKUBE, enrich, environment
from control_plane import ControlPlane


def kubectl(plane: ControlPlane, *words: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(OTAKUBE).parent}{os.pathsep}{os.environ['PATH']}"
    command = [str(plane.binary), "kubectl", *words]
    return subprocess.run(
        command, env=environment(plane, PATH=path), capture_output=True, text=True, timeout=120
    )


def test_kubectl_finds_the_plugin_and_completes_names_with_it(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "tide")
    done = kubectl(otakube_api, "otakube", "status", "-n", namespace, "-o", "name")
    assert (done.returncode, done.stdout) == (0, "animeenrichment.otakube.dev/tide\n"), done.stderr
    completed = kubectl(otakube_api, "__complete", "otakube", "status", "-n", namespace, "t")
    assert completed.stdout.splitlines() == ["tide", ":4"]
    commands = kubectl(otakube_api, "__complete", "otakube", "enr")
    assert commands.stdout.splitlines() == ["enrich", ":4"]
