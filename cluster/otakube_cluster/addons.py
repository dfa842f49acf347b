# SPDX-License-Identifier: Apache-2.0
"""Add-ons of a fresh cluster: namespaces, storage class, DNS, Argo; and the probe that proves it."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from otakube_cluster.binaries import ARGO_VERSION, COREDNS
from otakube_cluster.commands import attempt, run
from otakube_cluster.errors import ClusterError
from otakube_cluster.processes import wait_for
from otakube_cluster.runtime import PAUSE_IMAGE
from otakube_cluster.settings import ClusterSettings

MANIFESTS = ("foundation", "coredns", "argo")
DEPLOYMENTS = (("kube-system", "coredns"), ("argo", "workflow-controller"), ("argo", "argo-server"))
FIELD_MANAGER = "otakube-cluster"


def values(settings: ClusterSettings, crds: Path | None = None) -> dict[str, str]:
    """Values for the placeholders of the manifests; Argo's pods start anew when its programs are others."""
    return {
        "argo_programs": crds.parent.name if crds else "",
        "dns_ip": settings.dns_ip,
        "forward": "forward . /etc/resolv.conf" if settings.egress else "",
        "node_image": PAUSE_IMAGE,
        "coredns_image": f"localhost/coredns:{COREDNS.version}",
        "controller_image": f"localhost/workflow-controller:{ARGO_VERSION}",
        "executor_image": f"localhost/argoexec:{ARGO_VERSION}",
        "server_image": f"localhost/argocli:{ARGO_VERSION}",
    }


def render(name: str, given: Mapping[str, str]) -> str:
    """One manifest with its open places filled."""
    return Template((files("otakube_cluster") / "manifests" / f"{name}.yaml").read_text()).substitute(given)


class Kubectl:
    """kubectl with the administrator's kubeconfig."""

    def __init__(self, program: Path, settings: ClusterSettings) -> None:
        self._command = [str(program), "kubectl", "--kubeconfig", str(settings.kubeconfig)]

    def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        return run([*self._command, *arguments], stdin=stdin)

    def answers(self, *arguments: str) -> bool:
        """True if the command succeeds now."""
        return attempt([*self._command, *arguments]).returncode == 0

    def ready(self) -> bool:
        """True if the API server says that it is ready."""
        return self.answers("--request-timeout=2s", "get", "--raw", "/readyz")

    def apply(self, text: str) -> None:
        """Server-side apply, with us as the owner of every field."""
        self(
            "apply",
            "--server-side",
            "--force-conflicts",
            "--field-manager",
            FIELD_MANAGER,
            "-f",
            "-",
            stdin=text,
        )


def digest(settings: ClusterSettings, crds: Path) -> str:
    """A digest over everything that `install` applies."""
    hashed = hashlib.sha256(str(crds).encode())
    for name in MANIFESTS:
        hashed.update(render(name, values(settings, crds)).encode())
    return hashed.hexdigest()


def install(kubectl: Kubectl, settings: ClusterSettings, crds: Path) -> None:
    """Apply everything; the CRDs first, for the controllers read them."""
    given = values(settings, crds)
    kubectl.apply(render("foundation", given))
    kubectl.apply(render("coredns", given))
    kubectl(
        "apply", "--server-side", "--force-conflicts", "--field-manager", FIELD_MANAGER,
        *(f"--filename={path}" for path in sorted(crds.glob("argoproj.io_*.yaml"))),
    )  # fmt: skip
    kubectl.apply(render("argo", given))


def wait_for_node(kubectl: Kubectl, settings: ClusterSettings) -> None:
    """Return when the node is Ready."""
    kubectl("wait", "--for=condition=Ready", f"node/{settings.name}", "--timeout=300s")


def wait_for_deployments(kubectl: Kubectl) -> None:
    """Return when DNS and Argo are available."""
    for namespace, name in DEPLOYMENTS:
        kubectl("rollout", "status", "--namespace", namespace, f"deployment/{name}", "--timeout=300s")


def probe(kubectl: Kubectl, settings: ClusterSettings) -> None:
    """Run the probe pod to its end; ClusterError with its description when it did not succeed."""
    target = ("--namespace", "otakube", "pod/cluster-probe")
    kubectl("delete", *target, "--ignore-not-found", "--grace-period=0", "--force")
    # The namespace's service account is made a moment after the namespace.
    manifest = render("probe", values(settings))
    applied = wait_for(lambda: _applied(kubectl, manifest), timeout=120, interval=0.3)
    done = applied and kubectl.answers(
        "wait", "--for=jsonpath={.status.phase}=Succeeded", *target, "--timeout=300s"
    )
    if not done:
        refusal = kubectl("describe", *target) if applied else "the API server refused it"
        raise ClusterError(
            f"The probe pod did not reach the API server by its Service name:\n{refusal[-2000:]}"
        )
    kubectl("delete", *target, "--wait=false")


def _applied(kubectl: Kubectl, manifest: str) -> bool:
    try:
        kubectl.apply(manifest)
    except ClusterError:
        return False
    return True
