# SPDX-License-Identifier: Apache-2.0
"""Drive `otakube cluster` as a person does, and look for what it leaves by other means than its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "otakube_cluster"]


@dataclass(frozen=True)
class LocalCluster:
    name: str
    data: Path

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("OTAKUBE_CLUSTER_")}
        return {**kept, "OTAKUBE_CLUSTER_NAME": self.name, "OTAKUBE_DATA_DIR": str(self.data), **more}

    def run(
        self, *arguments: str, prefix: Sequence[str] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*prefix, *COMMAND, *arguments],
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=1500,
        )

    def up(self, **environment: str) -> subprocess.CompletedProcess[str]:
        done = self.run("up", **environment)
        assert done.returncode == 0, done.stderr
        return done

    def interrupt_up_after(self, line: str) -> int:
        """Send what ^C sends once `up` has said `line`; the exit code."""
        process = subprocess.Popen(
            [*COMMAND, "up"],
            env=self.environment(),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stderr
        for said in process.stderr:
            if line in said:
                os.killpg(process.pid, signal.SIGINT)
                break
        process.communicate(timeout=60)
        return process.returncode

    def interrupt_up_at(self, moment: float) -> None:
        """Send what ^C sends `moment` seconds after the start, wherever `up` is then."""
        process = subprocess.Popen(
            [*COMMAND, "up"], env=self.environment(), stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.run("status", "--output", "json").stdout))

    def kubectl(self, *arguments: str) -> str:
        done = self.run("kubectl", "--", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def in_node(self, *command: str) -> subprocess.CompletedProcess[str]:
        entry = ["nsenter", "--target", str(self.status()["node"]), "--net", "--"]
        return subprocess.run([*entry, *command], capture_output=True, text=True, timeout=60)

    def kill_everything(self) -> None:
        """SIGKILL to each process of the node, its first one last."""
        node = self.status()["node"]
        namespace = Path(f"/proc/{node}/ns/pid").readlink()
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal() and int(folder.name) != node and _namespace(folder) == namespace:
                _kill(int(folder.name))
        _kill(node)

    def remains(self) -> list[str]:
        """Everything of the cluster that is still on the machine, its data apart."""
        return [*self._processes(), *self._mounts(), *self._network(), *self._cgroups()]

    def _processes(self) -> list[str]:
        marks = (f"/run/otakube/{self.name}/".encode(), str(self.data).encode())
        return [
            f"process {line!r}"
            for folder in Path("/proc").iterdir()
            if folder.name.isdecimal() and any(mark in (line := _command_line(folder)) for mark in marks)
        ]

    def _mounts(self) -> list[str]:
        marks = (f"/run/otakube/{self.name}/", str(self.data))
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
        return [f"mount {line}" for line in lines if any(mark in line for mark in marks)]

    def _network(self) -> list[str]:
        status = self.status()
        address = status["server"].removeprefix("https://").split(":")[0].rpartition(".")[0]
        routes = subprocess.run(
            ["ip", "-4", "route"], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        links = subprocess.run(
            ["ip", "-4", "-o", "address"], capture_output=True, text=True, check=True
        ).stdout
        tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout
        ours = (address, status["pods"], status["services"], self.name.replace("-", "_"))
        return [
            line
            for line in [*routes, *links.splitlines(), *tables.splitlines()]
            if any(o in line for o in ours)
        ]

    def _cgroups(self) -> list[str]:
        names = (f"otakube-{self.name}", f"otakube-{self.name}-system")
        roots = [Path("/sys/fs/cgroup"), *Path("/sys/fs/cgroup").iterdir()]
        return [str(root / name) for root in roots for name in names if (root / name).exists()]


def _namespace(folder: Path) -> Path | None:
    try:
        return (folder / "ns/pid").readlink()
    except OSError:
        return None


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _command_line(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:
        return b""
