# SPDX-License-Identifier: Apache-2.0
"""Start-up of the command line against `kubectl get`, at a real API server on loopback, in turns.

Prints the wall and CPU milliseconds of each command, its bar, and last the ratio of the list to kubectl's.
The bars are wall time on an idle machine; on a busy one, where all commands slow alike, the ratio counts.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HERE / "tests"))

from control_plane import ControlPlane, running_control_plane  # noqa: E402 - of the tests' folder

KIND = "animeenrichments"
BARS = {"otakube --help": 0.25, "otakube status": 0.6}


class Time(NamedTuple):
    """One call of a command, in seconds."""

    wall: float
    cpu: float


def commands(plane: ControlPlane) -> dict[str, list[str]]:
    """The commands in the order in which they are printed."""
    otakube = str(Path(sys.executable).with_name("otakube"))
    return {
        "kubectl get": [str(plane.binary), "kubectl", "get", KIND, "-n", "default"],
        "otakube --help": [otakube, "--help"],
        "otakube status": [otakube, "status", "-n", "default"],
        "otakube review list": [otakube, "review", "list", "-n", "default"],
    }


def call(command: list[str], environment: dict[str, str]) -> Time:
    """Run it once; it must succeed."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Time(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def prepare(plane: ControlPlane, count: int) -> None:
    """Our kinds, and enrichments to list."""
    plane.apply(*sorted((HERE / "crds").glob("otakube.dev_*.yaml")))
    plane.wait_for_crds(f"{KIND}.otakube.dev")
    with plane.client() as api:
        for number in range(count):
            body: dict[str, Any] = {
                "apiVersion": "otakube.dev/v1alpha1",
                "kind": "AnimeEnrichment",
                "metadata": {"name": f"tide-{number}"},
                "spec": {"anime": {"title": f"Frozen Tide {number}"}},
            }
            path = f"/apis/otakube.dev/v1alpha1/namespaces/default/{KIND}"
            api.post(path, json=body).raise_for_status()


def main() -> None:
    """Measure, and print a row for each command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True, help="the multi-call program of Kubernetes")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--objects", type=int, default=50)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_control_plane(Path(folder), options.binary) as plane,
    ):
        prepare(plane, options.objects)
        environment = os.environ | {"KUBECONFIG": str(plane.kubeconfig), "HOME": folder}
        chosen = commands(plane)
        rounds = [
            {name: call(line, environment) for name, line in chosen.items()} for _ in range(options.runs)
        ]
    print(f"{options.objects} objects, median of {options.runs} runs; load {os.getloadavg()[0]:.1f}")
    print(f"{'command':<24}{'wall ms':>8}{'CPU ms':>8}{'bar ms':>8}")
    walls = {}
    for name in chosen:
        walls[name] = median(one[name].wall for one in rounds)
        cpu = median(one[name].cpu for one in rounds)
        bar = f"{1000 * BARS[name]:.0f}" if name in BARS else "-"
        print(f"{name:<24}{1000 * walls[name]:>8.0f}{1000 * cpu:>8.0f}{bar:>8}")
    ratio = walls["otakube status"] / walls["kubectl get"]
    print(f"ratio {ratio:.2f}: wall time of `otakube status` to that of `kubectl get {KIND}`")


if __name__ == "__main__":
    main()
