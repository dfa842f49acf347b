# SPDX-License-Identifier: Apache-2.0
"""Make the node, find it again, and end it with everything inside."""

import datetime as dt
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from otakube_cluster import cgroups, identities, network, processes, sandbox, tunables
from otakube_cluster.errors import ClusterError
from otakube_cluster.processes import Identity
from otakube_cluster.settings import PREFIX, ClusterSettings

RUN = Path("/run/otakube")


def pid_file(settings: ClusterSettings, name: str) -> Path:
    """The file with the identity of a daemon's process."""
    return settings.run / "pids" / name


def running(settings: ClusterSettings) -> Identity | None:
    """The node's first process, if it runs."""
    identity = processes.read(pid_file(settings, sandbox.INIT))
    return identity if processes.alive(identity) else None


def require_running(settings: ClusterSettings) -> Identity:
    """The node's first process; ClusterError with the cure when it does not run."""
    identity = running(settings)
    if identity is None:
        raise ClusterError(f"The cluster {settings.name} does not run: start it with `otakube cluster up`.")
    return identity


def make(settings: ClusterSettings, init: Path) -> Identity:
    """A new node with certificates and network; `init` is the program of its first process."""
    sweep(settings)
    for folder in (settings.data / "logs", settings.data / "volumes", settings.run):
        folder.mkdir(parents=True, exist_ok=True)
    identities.issue(settings, dt.datetime.now(dt.UTC))
    (settings.run / "cluster.json").write_text(json.dumps(facts(settings)))
    tunables.remember(settings)
    cgroups.make(settings)
    named = settings.run / sandbox.INIT
    shutil.copyfile(init, named)
    named.chmod(0o755)
    first = sandbox.start(named)
    network.connect(settings, first)
    # Last: an interrupted node has no pid file, so the next `up` sweeps it away and makes another.
    processes.write(pid_file(settings, sandbox.INIT), first)
    return first


def facts(settings: ClusterSettings) -> dict[str, str | int | bool]:
    """Settings that cannot change while the node runs."""
    return {
        "data": str(settings.data),
        "slot": settings.slot,
        "link": str(settings.link_cidr),
        "pods": str(settings.pod_cidr),
        "services": str(settings.service_cidr),
        "api_port": settings.api_port,
        "egress": settings.egress,
    }


def recorded(run: Path) -> dict[str, str | int | bool]:
    """The facts of the cluster whose run folder this is; empty without one."""
    try:
        return dict(json.loads((run / "cluster.json").read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def contradiction(settings: ClusterSettings, running_with: Mapping[str, str | int | bool]) -> str | None:
    """The sentence for settings that differ from those of the running node."""
    for key, value in facts(settings).items():
        was = running_with.get(key, value)
        if was != value:
            return (
                f"The cluster {settings.name} runs with {key} {was}, and {value} was asked for: "
                f"run `otakube cluster down` first, or name this one differently with {PREFIX}NAME."
            )
    return None


def neighbours(settings: ClusterSettings) -> dict[str, int]:
    """The other clusters that run on this machine, with their slots."""
    slots = {}
    for run in RUN.iterdir() if RUN.exists() else ():
        identity = (
            processes.read(run / "pids" / sandbox.INIT) if run.is_dir() and run != settings.run else None
        )
        if processes.alive(identity):
            slots[run.name] = int(recorded(run).get("slot", -1))
    return slots


def end(settings: ClusterSettings, first: Identity) -> None:
    """The kubelet first, so that it restarts nothing; then pods, so that stores can close; then the rest."""
    files = sorted((settings.run / "pids").iterdir())
    daemons = {path.name: identity for path in files if (identity := processes.read(path))}
    daemons.pop(sandbox.INIT, None)
    processes.stop([daemons["kubelet"]] if "kubelet" in daemons else [], grace=5)
    processes.stop(_pods(first, {first, *daemons.values()}), grace=5)
    etcd = daemons.pop("etcd", None)
    # The rest keeps nothing; the API server alone would wait long for its watchers.
    processes.stop(daemons.values(), grace=2)
    processes.stop([etcd] if etcd else [], grace=10)
    processes.stop([first], grace=5)


def _pods(first: Identity, daemons: Iterable[Identity]) -> list[Identity]:
    inside = {identity for pid in sandbox.members(first).values() if (identity := processes.identify(pid))}
    return [
        identity
        for identity in inside - set(daemons)
        if not processes.name(identity).startswith("containerd-shim")
    ]


def sweep(settings: ClusterSettings) -> None:
    """Remove what a node that died, or was never finished, has left; the kernel has done the rest."""
    init = str(settings.run / sandbox.INIT)
    strays = [identity for identity in processes.every() if init in processes.command_line(identity)]
    processes.stop(strays, grace=0)
    network.disconnect(settings)
    tunables.put_back(settings)
    cgroups.remove(settings)
    if settings.run.exists():
        shutil.rmtree(settings.run)
