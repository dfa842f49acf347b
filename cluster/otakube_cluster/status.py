# SPDX-License-Identifier: Apache-2.0
"""State of the cluster's daemons."""

from pathlib import Path
from typing import Any

from otakube_cluster import binaries, node, processes
from otakube_cluster.components import all_components
from otakube_cluster.settings import ClusterSettings


def report(settings: ClusterSettings) -> dict[str, Any]:
    """Each daemon with its pid, or null when it does not run."""
    names = [daemon.name for daemon in all_components(settings, Path("kubernetes"))]
    identities = {name: processes.read(node.pid_file(settings, name)) for name in names}
    pids = {
        name: identity.pid if identity and processes.alive(identity) else None
        for name, identity in identities.items()
    }
    first = node.running(settings)
    return {
        "name": settings.name,
        "running": first is not None and all(pids.values()),
        "ready": (settings.run / "ready").exists(),
        "node": first.pid if first else None,
        "daemons": pids,
        "server": settings.server,
        "kubeconfig": str(settings.kubeconfig),
        "pods": str(settings.pod_cidr),
        "services": str(settings.service_cidr),
        "egress": settings.egress,
        "argo_page": argo_page(settings) or "built",
    }


def argo_page(settings: ClusterSettings) -> str | None:
    """Why Argo's web page is empty; None where it is not."""
    argo = binaries.ARGO_WORKFLOWS
    folder = binaries.home(argo, settings.cache, binaries.toolchain())
    return binaries.without_page(argo, folder) if folder else "not built yet"


def text(report: dict[str, Any]) -> str:
    """The report for a person."""
    state = "running" if report["running"] else "not running" if report["node"] is None else "partly running"
    lines = [f"{report['name']}: {state}, {report['server']}", f"kubeconfig {report['kubeconfig']}"]
    lines += [f"  {name:<26}{pid or 'not running'}" for name, pid in report["daemons"].items()]
    lines.append(f"  {'page of Argo':<26}{report['argo_page'].replace(chr(10), ' ')}")
    return "\n".join(lines)
