# SPDX-License-Identifier: Apache-2.0
"""Bring the cluster up and down: ordered steps, each harmless to repeat."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from otakube_cluster import (
    addons,
    binaries,
    cgroups,
    environment,
    images,
    node,
    packages,
    preflight,
    processes,
    runtime,
    sandbox,
)
from otakube_cluster.components import Component, all_components
from otakube_cluster.errors import ClusterError
from otakube_cluster.processes import Identity
from otakube_cluster.progress import StepTimer
from otakube_cluster.settings import ClusterSettings

# A daemon's log is put aside at its next start when it has grown beyond this.
LOG_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Programs:
    """Folders of the built programs."""

    node: Path
    kubernetes: Path
    argo: Path
    coredns: Path

    @property
    def kubernetes_binary(self) -> Path:
        """The multi-call binary of the control plane."""
        return self.kubernetes / "bin/kubernetes"


@contextmanager
def locked(settings: ClusterSettings) -> Iterator[None]:
    """One command at a time works on a cluster; the next one waits."""
    settings.run.parent.mkdir(parents=True, exist_ok=True)
    with settings.run.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def up(settings: ClusterSettings, progress: StepTimer) -> None:
    """Start whatever of the cluster does not run, and return when a probe pod has resolved a Service name."""
    preflight.require_root()
    with locked(settings):
        _check(settings)
        programs = _programs(settings, progress)
        daemons = all_components(settings, programs.kubernetes_binary)
        first = node.running(settings)
        if first is None:
            with progress.step("Make the node: namespaces, certificates, network"):
                first = node.make(settings, programs.node / "bin/node")
        _start_daemons(settings, first, daemons, progress)
        kubectl = addons.Kubectl(programs.kubernetes_binary, settings)
        _import_program_images(settings, programs, progress)
        _install_addons(settings, kubectl, programs.argo / "crds", progress)
        environment.link_programs(settings)


def _check(settings: ClusterSettings) -> None:
    obstacles = preflight.problems(preflight.gather(settings), settings)
    if obstacles:
        raise ClusterError("\n".join(obstacles))


def _programs(settings: ClusterSettings, progress: StepTimer) -> Programs:
    if packages.missing_programs():
        with progress.step("Install Debian packages") as detail:
            packages.install_missing(detail)
    unbuilt = binaries.missing(binaries.ALL_MODULES, settings.cache, binaries.toolchain())
    for position, module in enumerate(unbuilt, 1):
        which = f"{position} of {len(unbuilt)}; minutes the first time, then cached"
        title = f"Build {module.name} {module.version} ({which})"
        with progress.step(title) as detail:
            binaries.built(module, settings.cache, detail, anew=True)
    node, kubernetes, argo, coredns = (binaries.built(m, settings.cache) for m in binaries.CLUSTER_MODULES)
    return Programs(node, kubernetes, argo, coredns)


def _start_daemons(
    settings: ClusterSettings, first: Identity, daemons: list[Component], progress: StepTimer
) -> None:
    for daemon in daemons:
        file = node.pid_file(settings, daemon.name)
        record = settings.run / "digests" / daemon.name
        running = processes.read(file)
        if processes.alive(running) and record.exists() and record.read_text() == daemon.digest:
            continue
        with progress.step(f"Start {daemon.name}"):
            # Also one that was started in the moment in which an earlier `up` was interrupted.
            processes.stop([*([running] if running else []), *sandbox.same(first, daemon.command)], grace=10)
            _write_files(daemon)
            if daemon.before:
                sandbox.inside(first, ["sh", "-c", daemon.before])
            _start(settings, first, daemon)
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(daemon.digest)


def _write_files(daemon: Component) -> None:
    for path, text in daemon.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _start(settings: ClusterSettings, first: Identity, daemon: Component) -> None:
    log = settings.data / "logs" / f"{daemon.name}.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    identity = sandbox.spawn(
        first,
        daemon.command,
        log=log,
        pid_file=node.pid_file(settings, daemon.name),
        environment=daemon.environment,
        cgroup=cgroups.of_daemons(settings),
    )
    _wait_for_daemon(settings, daemon, identity, log)


def _wait_for_daemon(settings: ClusterSettings, daemon: Component, identity: Identity, log: Path) -> None:
    ready = {
        "containerd": lambda: runtime.socket(settings).exists(),
        "kube-apiserver": addons.Kubectl(Path(daemon.command[0]), settings).ready,
    }.get(daemon.name, lambda: True)
    ended = not processes.wait_for(lambda: ready() or not processes.alive(identity), timeout=60)
    if ended or not processes.alive(identity):
        raise ClusterError(f"{daemon.name} did not become ready; the end of {log} is:\n{sandbox.tail(log)}")


def _import_program_images(settings: ClusterSettings, programs: Programs, progress: StepTimer) -> None:
    wanted = images.program_images(
        programs.node / "bin", programs.coredns / "bin", programs.argo / "bin",
        (binaries.COREDNS.version, binaries.ARGO_VERSION),
    )  # fmt: skip
    record = settings.data / "program-images"
    stamp = "\n".join(f"{image.tag} {image.programs[0]}" for image in wanted)
    if (
        record.exists()
        and record.read_text() == stamp
        and {image.tag for image in wanted} <= images.present(settings)
    ):
        return
    with progress.step("Import the cluster's own images") as detail:
        for image in wanted:
            detail(image.tag)
            archive = settings.data / "image.tar"
            images.write_archive(image, archive)
            images.load_archive(settings, archive)
            archive.unlink()
    record.write_text(stamp)


def _install_addons(
    settings: ClusterSettings, kubectl: addons.Kubectl, crds: Path, progress: StepTimer
) -> None:
    record, ready = settings.data / "addons", settings.run / "ready"
    digest = addons.digest(settings, crds)
    if not record.exists() or record.read_text() != digest:
        with progress.step("Apply namespaces, DNS, Argo Workflows"):
            addons.install(kubectl, settings, crds)
        record.write_text(digest)
        ready.unlink(missing_ok=True)
    with progress.step("Wait for the node"):
        addons.wait_for_node(kubectl, settings)
    # Before the Deployments: after a restart their status is old until the kubelet has reported.
    if not ready.exists():
        with progress.step("Run a probe pod"):
            addons.probe(kubectl, settings)
    with progress.step("Wait for DNS and Argo"):
        addons.wait_for_deployments(kubectl)
    ready.touch()


def down(settings: ClusterSettings, progress: StepTimer, *, purge: bool) -> None:
    """Stop the cluster and leave nothing behind; with purge its data goes too."""
    preflight.require_root()
    with locked(settings):
        first = node.running(settings)
        if first:
            with progress.step("Stop pods and daemons"):
                node.end(settings, first)
        with progress.step("Remove network and control groups"):
            node.sweep(settings)
        if purge and settings.data.exists():
            with progress.step(f"Remove {settings.data}"):
                shutil.rmtree(settings.data)
