# SPDX-License-Identifier: Apache-2.0
"""The node as one process with its own mount, network and process namespaces.

Everything of the cluster lives inside: daemons, pods, volume mounts, bridge, packet rules. When the node's
first process ends, the kernel ends and removes all of it: nothing stays behind, and two clusters never meet.
"""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from otakube_cluster import processes
from otakube_cluster.commands import Argument, attempt, run
from otakube_cluster.errors import ClusterError
from otakube_cluster.processes import PROC, Identity

# The binary is linked under this name, so that a reader of `ps` knows the process.
INIT = "otakube-node"


def start(binary: Path) -> Identity:
    """Start the node's first process and wait until its namespaces are ready."""
    unshare = subprocess.Popen(
        ["unshare", "--mount", "--propagation", "slave", "--net", "--pid", "--fork", "--mount-proc",
         "sh", "-c", 'mount --make-rshared / && ip link set lo up && exec "$0"', str(binary)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and unshare.poll() is None:
        child = _only_child(unshare.pid)
        identity = processes.identify(child) if child else None
        if identity and processes.command_line(identity) == [str(binary)]:
            return identity
        time.sleep(0.01)
    unshare.kill()
    error = unshare.communicate()[1].decode(errors="replace").strip()
    raise ClusterError(
        f"The kernel refused new mount, network and process namespaces ({error}): run as root of the machine."
    )


def _only_child(pid: int) -> int | None:
    try:
        words = (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    except FileNotFoundError:
        return None
    return int(words[0]) if words else None


def entering(node: Identity, command: Sequence[Argument]) -> list[Argument]:
    """The command line that runs `command` inside the node."""
    return ["nsenter", "--target", str(node.pid), "--mount", "--net", "--pid", "--", *command]


def inside(node: Identity, command: Sequence[Argument], *, stdin: str | None = None) -> str:
    """Run a command inside the node."""
    return run(entering(node, command), stdin=stdin)


def same(node: Identity, command: Sequence[Argument]) -> list[Identity]:
    """The processes of the node that were started with exactly this command line."""
    identities = [identity for pid in members(node).values() if (identity := processes.identify(pid))]
    return [
        identity
        for identity in identities
        if processes.command_line(identity) == [str(part) for part in command]
    ]


def spawn(
    node: Identity,
    command: Sequence[Argument],
    *,
    log: Path,
    pid_file: Path,
    environment: Mapping[str, str],
    cgroup: str,
) -> Identity:
    """Start a daemon inside the node and write its pid file, with the pid that the machine sees."""
    script = (
        'for procs in /sys/fs/cgroup/*/"$GROUP"/cgroup.procs /sys/fs/cgroup/"$GROUP"/cgroup.procs; do '
        '[ -e "$procs" ] && echo $$ > "$procs"; done; unset GROUP; '
        '"$@" >> "$LOG" 2>&1 < /dev/null & echo $!'
    )
    settings = {**environment, "LOG": str(log), "GROUP": cgroup}
    shell = entering(node, ["setsid", "sh", "-c", script, "sh", *command])
    done = attempt(shell, environment=settings)
    if not done.stdout.strip().isdecimal():
        raise ClusterError(f"{command[0]} could not be started in the node: {done.stderr.strip()}")
    identity = _seen_from_outside(node, int(done.stdout))
    if identity is None:
        raise ClusterError(f"{command[1]} ended at once; the end of {log} is:\n{tail(log)}")
    processes.write(pid_file, identity)
    return identity


def parse_inner_pid(status: str) -> int:
    """The innermost pid of a /proc/PID/status text (line NSpid)."""
    for line in status.splitlines():
        if line.startswith("NSpid:"):
            return int(line.split()[-1])
    return 0


def members(node: Identity) -> dict[int, int]:
    """Processes of the node: pid inside -> pid outside."""
    namespace = _pid_namespace(PROC / str(node.pid))
    pids = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and _pid_namespace(folder) == namespace:
            try:
                pids[parse_inner_pid((folder / "status").read_text())] = int(folder.name)
            except OSError:
                continue
    return pids


def _pid_namespace(folder: Path) -> str | None:
    try:
        return str((folder / "ns/pid").readlink())
    except OSError:
        return None


def _seen_from_outside(node: Identity, inner: int) -> Identity | None:
    outer = members(node).get(inner)
    return processes.identify(outer) if outer else None


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return "(no log)"
