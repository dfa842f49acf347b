# SPDX-License-Identifier: Apache-2.0
"""Identities in the cluster: each component's certificate, user and kubeconfig."""

import datetime as dt
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from otakube_cluster.certificates import key_pem, kubeconfig, load_authority, signed, write_private
from otakube_cluster.settings import ClusterSettings


def clients(settings: ClusterSettings) -> dict[str, tuple[str, str | None]]:
    """File name -> (user, group) of everyone who calls the API server; the users are Kubernetes' own."""
    return {
        "admin": ("otakube-admin", "system:masters"),
        "kube-controller-manager": ("system:kube-controller-manager", None),
        "kube-scheduler": ("system:kube-scheduler", None),
        "kube-proxy": ("system:kube-proxy", None),
        "kubelet": (f"system:node:{settings.name}", "system:nodes"),
        "volume-provisioner": ("otakube:volume-provisioner", None),
    }


def issue(settings: ClusterSettings, now: dt.datetime) -> None:
    """Write certificates, keys and kubeconfigs below the cluster's data folder."""
    folder = settings.data / "pki"
    ca = load_authority(folder, settings.name, now)
    if not (folder / "service-accounts.key").exists():
        write_private(folder / "service-accounts.key", key_pem(ec.generate_private_key(ec.SECP256R1())))
    for file, (user, group) in clients(settings).items():
        client = signed(ca, user, group=group, names=[], now=now)
        text = kubeconfig(settings.name, settings.server, ca.certificate_pem, client)
        write_private(settings.kubeconfig if file == "admin" else folder / f"{file}.kubeconfig", text)
    for file, user, group, names in _servers(settings):
        pair = signed(ca, user, group=group, names=names, now=now)
        _write_pair(folder / file, pair.certificate_pem, pair.key_pem)


def _servers(settings: ClusterSettings) -> list[tuple[str, str, str | None, list[str]]]:
    dns = [f"kubernetes{suffix}" for suffix in ("", ".default", ".default.svc", ".default.svc.cluster.local")]
    addresses = [settings.node_ip, settings.kubernetes_ip, "127.0.0.1"]
    return [
        ("kube-apiserver", "kube-apiserver", None, [*dns, "localhost", *addresses]),
        ("kubelet", f"system:node:{settings.name}", "system:nodes", [settings.name, settings.node_ip]),
        # The API server is a client of the kubelet.
        ("kubelet-client", "kube-apiserver-kubelet-client", "system:masters", []),
    ]


def _write_pair(path: Path, certificate: bytes, key: bytes) -> None:
    write_private(path.with_name(f"{path.name}.crt"), certificate)
    write_private(path.with_name(f"{path.name}.key"), key)
