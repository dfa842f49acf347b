# SPDX-License-Identifier: Apache-2.0
"""Bring the cluster up and down: ordered steps, each harmless to repeat."""

import datetime as dt
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from otakube_cluster import addons, binaries, identities, images, network, packages, preflight, processes, sandbox
from otakube_cluster.commands import run
from otakube_cluster.components import Component, all_components, cgroup, containerd_socket
from otakube_cluster.errors import ClusterError
from otakube_cluster.processes import Identity
from otakube_cluster.progress import Progress
from otakube_cluster.settings import Settings

CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the built programs lie."""

    node: Path
    kubernetes: Path
    argo: Path
    coredns: Path

    @property
    def kubernetes_binary(self) -> Path:
        """The multi-call binary of the control plane."""
        return self.kubernetes / "bin/kubernetes"


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """One command at a time works on a cluster; the next one waits."""
    settings.run.parent.mkdir(parents=True, exist_ok=True)
    with settings.run.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def pid_file(settings: Settings, name: str) -> Path:
    """Where the identity of a daemon is kept."""
    return settings.run / "pids" / name


def running_node(settings: Settings) -> Identity | None:
    """The node's first process, if it runs."""
    identity = processes.read(pid_file(settings, sandbox.INIT))
    return identity if processes.alive(identity) else None


def up(settings: Settings, progress: Progress) -> None:
    """Start whatever of the cluster does not run, and return when a probe pod has resolved a Service name."""
    _check(settings)
    with locked(settings):
        programs = _programs(settings, progress)
        daemons = all_components(settings, programs.kubernetes_binary)
        node = running_node(settings)
        if node is None:
            with progress.step("Make the node: namespaces, certificates, network"):
                node = _new_node(settings, programs)
        _start_daemons(settings, node, daemons, progress)
        kubectl = addons.Kubectl(programs.kubernetes_binary, settings)
        _import_program_images(settings, programs, progress)
        _install_addons(settings, kubectl, programs.argo / "crds", progress)


def _check(settings: Settings) -> None:
    found = preflight.problems(preflight.gather(settings), settings)
    if found:
        raise ClusterError("\n".join(found))


def _programs(settings: Settings, progress: Progress) -> Programs:
    if packages.missing_programs():
        with progress.step("Install Debian packages") as detail:
            packages.install_missing(detail)
    unbuilt = binaries.missing(binaries.CLUSTER_MODULES, settings.cache, binaries.toolchain())
    for position, module in enumerate(unbuilt, 1):
        title = f"Build {module.name} {module.version} ({position} of {len(unbuilt)}; minutes the first time, then cached)"
        with progress.step(title) as detail:
            binaries.built(module, settings.cache, detail)
    node, kubernetes, argo, coredns = (binaries.built(m, settings.cache) for m in binaries.CLUSTER_MODULES)
    return Programs(node, kubernetes, argo, coredns)


def _new_node(settings: Settings, programs: Programs) -> Identity:
    _sweep(settings)
    identities.issue(settings, dt.datetime.now(dt.UTC))
    for folder in (settings.data / "logs", settings.data / "volumes"):
        folder.mkdir(parents=True, exist_ok=True)
    init = settings.run / sandbox.INIT
    init.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(programs.node / "bin/node", init)
    init.chmod(0o755)
    _make_cgroups(settings)
    node = sandbox.start(init, pid_file(settings, sandbox.INIT))
    network.connect(settings, node)
    (settings.run / "connected").touch()
    return node


def _sweep(settings: Settings) -> None:
    """Remove what a cluster that died has left: the kernel has done the rest."""
    network.disconnect(settings)
    _remove_cgroups(settings)
    if settings.run.exists():
        shutil.rmtree(settings.run)


def _start_daemons(settings: Settings, node: Identity, daemons: list[Component], progress: Progress) -> None:
    for daemon in daemons:
        file = pid_file(settings, daemon.name)
        record = settings.run / "digests" / daemon.name
        running = processes.read(file)
        if processes.alive(running) and record.exists() and record.read_text() == daemon.digest:
            continue
        with progress.step(f"Start {daemon.name}"):
            if running:
                processes.stop([running], grace=10)
            _write_files(daemon)
            _start(settings, node, daemon)
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(daemon.digest)


def _write_files(daemon: Component) -> None:
    for path, text in daemon.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _start(settings: Settings, node: Identity, daemon: Component) -> None:
    log = settings.data / "logs" / f"{daemon.name}.log"
    identity = sandbox.spawn(
        node,
        daemon.command,
        log=log,
        pid_file=pid_file(settings, daemon.name),
        environment=daemon.environment,
        cgroup=f"{cgroup(settings)}-system",
    )
    _wait_for_daemon(settings, daemon, identity, log)


def _wait_for_daemon(settings: Settings, daemon: Component, identity: Identity, log: Path) -> None:
    ready = {
        "containerd": lambda: containerd_socket(settings).exists(),
        "kube-apiserver": addons.Kubectl(Path(daemon.command[0]), settings).ready,
    }.get(daemon.name, lambda: True)
    ended = not processes.wait_for(lambda: ready() or not processes.alive(identity), timeout=60)
    if ended or not processes.alive(identity):
        raise ClusterError(f"{daemon.name} did not become ready; the end of {log} is:\n{sandbox.tail(log)}")


def _import_program_images(settings: Settings, programs: Programs, progress: Progress) -> None:
    wanted = images.program_images(
        programs.node / "bin", programs.coredns / "bin", programs.argo / "bin",
        (binaries.COREDNS.version, binaries.ARGO_VERSION),
    )  # fmt: skip
    record = settings.data / "program-images"
    stamp = "\n".join(f"{image.tag} {image.programs[0]}" for image in wanted)
    if record.exists() and record.read_text() == stamp and {image.tag for image in wanted} <= images.present(settings):
        return
    with progress.step("Import the cluster's own images") as detail:
        for image in wanted:
            detail(image.tag)
            archive = settings.data / "image.tar"
            images.write_archive(image, archive)
            images.load_archive(settings, archive)
            archive.unlink()
    record.write_text(stamp)


def _install_addons(settings: Settings, kubectl: addons.Kubectl, crds: Path, progress: Progress) -> None:
    record, ready = settings.data / "addons", settings.run / "ready"
    digest = addons.digest(settings, crds)
    if not record.exists() or record.read_text() != digest:
        with progress.step("Apply namespaces, DNS, Argo Workflows"):
            addons.install(kubectl, settings, crds)
        record.write_text(digest)
        ready.unlink(missing_ok=True)
    with progress.step("Wait for the node, DNS and Argo"):
        addons.wait_until_ready(kubectl, settings)
    if not ready.exists():
        with progress.step("Run a probe pod"):
            addons.probe(kubectl, settings)
        ready.touch()


def down(settings: Settings, progress: Progress, *, purge: bool) -> None:
    """Stop the cluster and leave nothing behind; with purge its data goes too."""
    with locked(settings):
        node = running_node(settings)
        if node:
            with progress.step("Stop the daemons and pods"):
                _stop(settings, node)
        with progress.step("Remove network and control groups"):
            _sweep(settings)
        if purge and settings.data.exists():
            with progress.step(f"Remove {settings.data}"):
                shutil.rmtree(settings.data)
    settings.run.with_suffix(".lock").unlink(missing_ok=True)


def _stop(settings: Settings, node: Identity) -> None:
    """The kubelet first, so that it restarts nothing; then pods, so that stores can close; then the rest."""
    daemons = [processes.read(path) for path in (settings.run / "pids").iterdir() if path.name != sandbox.INIT]
    ordered = [identity for identity in daemons if identity]
    kubelet = processes.read(pid_file(settings, "kubelet"))
    processes.stop([kubelet] if kubelet else [], grace=5)
    known = {node, *ordered}
    pods = [identity for pid in sandbox.members(node).values() if (identity := processes.identify(pid))]
    processes.stop([identity for identity in pods if identity not in known and not _is_shim(identity)], grace=5)
    processes.stop(ordered, grace=10)
    processes.stop([node], grace=5)


def _is_shim(identity: Identity) -> bool:
    try:
        return (processes.PROC / str(identity.pid) / "comm").read_text().startswith("containerd-shim")
    except OSError:
        return False


def _make_cgroups(settings: Settings) -> None:
    for root in _cgroup_roots():
        for name in (cgroup(settings), f"{cgroup(settings)}-system"):
            (root / name).mkdir(exist_ok=True)
    # cgroup v1: a cpuset without processors and memory nodes accepts no process.
    cpuset = CGROUPS / "cpuset"
    for name in (cgroup(settings), f"{cgroup(settings)}-system"):
        for file in ("cpuset.cpus", "cpuset.mems"):
            if (cpuset / file).exists():
                (cpuset / name / file).write_text((cpuset / file).read_text())


def _cgroup_roots() -> list[Path]:
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS]
    return [folder for folder in CGROUPS.iterdir() if folder.is_dir() and not folder.is_symlink() and folder.name != "unified"]


def _remove_cgroups(settings: Settings) -> None:
    for root in _cgroup_roots():
        for name in (cgroup(settings), f"{cgroup(settings)}-system"):
            for folder in sorted((root / name).glob("**/"), key=lambda path: len(path.parts), reverse=True):
                processes.wait_for(lambda folder=folder: _remove_folder(folder), timeout=5)


def _remove_folder(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def require_running(settings: Settings) -> None:
    """ClusterError with the cure when the cluster does not run."""
    if running_node(settings) is None:
        raise ClusterError(f"The cluster {settings.name} does not run: start it with `otakube cluster up`.")
