# SPDX-License-Identifier: Apache-2.0
"""Command line and configuration of each daemon of the node; pure, so that a test can read them."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from otakube_cluster import cgroups, runtime
from otakube_cluster.network import container_network
from otakube_cluster.settings import ClusterSettings

# Every client of the API server may be quick: the cluster is one node, and benchmarks measure pod starts.
QPS, BURST = 500, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A daemon: its command line, its environment, the files it reads, and a command to run before it."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[Path, str] = field(default_factory=dict)
    before: str = field(default="", repr=False)

    @property
    def digest(self) -> str:
        """Changes with anything that this daemon is started with."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def all_components(settings: ClusterSettings, kubernetes: Path) -> list[Component]:
    """The daemons in the order in which they start."""
    program = str(kubernetes)
    return [
        etcd(settings, program),
        api_server(settings, program),
        containerd(settings),
        controller_manager(settings, program),
        scheduler(settings, program),
        kubelet(settings, program),
        proxy(settings, program),
        volume_provisioner(settings, program),
    ]


def flags(**values: object) -> list[str]:
    """`--some-name=value` from some_name=value."""
    return [f"--{name.replace('_', '-')}={_text(value)}" for name, value in values.items()]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def etcd(settings: ClusterSettings, program: str) -> Component:
    """The store of the API server."""
    url, peer = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
    options = flags(
        name=settings.name,
        data_dir=settings.data / "etcd",
        listen_client_urls=url,
        advertise_client_urls=url,
        listen_peer_urls=peer,
        initial_advertise_peer_urls=peer,
        initial_cluster=f"{settings.name}={peer}",
        quota_backend_bytes=4 * 2**30,
        logger="zap",
        log_level="warn",
    )
    return Component(name="etcd", command=(program, "etcd", *options), environment={"GOMEMLIMIT": "512MiB"})


def api_server(settings: ClusterSettings, program: str) -> Component:
    """The API server; it finds the kubelet by address, because the node's name need not resolve."""
    pki = settings.data / "pki"
    options = flags(
        etcd_servers="http://127.0.0.1:2379",
        bind_address="0.0.0.0",  # noqa: S104 - inside the node's own network namespace
        advertise_address=settings.node_ip,
        secure_port=settings.api_port,
        service_cluster_ip_range=settings.service_cidr,
        client_ca_file=pki / "ca.crt",
        tls_cert_file=pki / "kube-apiserver.crt",
        tls_private_key_file=pki / "kube-apiserver.key",
        kubelet_certificate_authority=pki / "ca.crt",
        kubelet_client_certificate=pki / "kubelet-client.crt",
        kubelet_client_key=pki / "kubelet-client.key",
        kubelet_preferred_address_types="InternalIP",
        service_account_issuer="https://kubernetes.default.svc.cluster.local",
        service_account_key_file=pki / "service-accounts.key",
        service_account_signing_key_file=pki / "service-accounts.key",
        authorization_mode="Node,RBAC",
        enable_admission_plugins="NodeRestriction",
        allow_privileged=True,
        profiling=False,
        v=1,
    )
    files = {}
    if settings.audit:
        policy = settings.data / "audit-policy.yaml"
        files[policy] = json.dumps(AUDIT_POLICY)
        options += flags(
            audit_policy_file=policy, audit_log_path=settings.data / "logs/audit.log", audit_log_maxsize=50
        )
    return Component(
        name="kube-apiserver",
        command=(program, "kube-apiserver", *options),
        environment={"GOMEMLIMIT": "1GiB"},
        files=files,
    )


AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata"}],
}


def controller_manager(settings: ClusterSettings, program: str) -> Component:
    """Kubernetes' own controllers."""
    pki = settings.data / "pki"
    options = flags(
        kubeconfig=pki / "kube-controller-manager.kubeconfig",
        bind_address="127.0.0.1",
        use_service_account_credentials=True,
        service_account_private_key_file=pki / "service-accounts.key",
        root_ca_file=pki / "ca.crt",
        leader_elect=False,
        kube_api_qps=QPS,
        kube_api_burst=BURST,
        terminated_pod_gc_threshold=1000,
    )
    return Component(
        name="kube-controller-manager",
        command=(program, "kube-controller-manager", *options),
        environment={"GOMEMLIMIT": "384MiB"},
    )


def scheduler(settings: ClusterSettings, program: str) -> Component:
    """The scheduler; a pod that could not be placed is tried again soon."""
    path = settings.data / "config/kube-scheduler.yaml"
    config = {
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "clientConnection": _client(settings, "kube-scheduler"),
        "leaderElection": {"leaderElect": False},
        "podInitialBackoffSeconds": 1,
        "podMaxBackoffSeconds": 2,
    }
    options = flags(config=path, bind_address="127.0.0.1")
    return Component(
        name="kube-scheduler",
        command=(program, "kube-scheduler", *options),
        environment={"GOMEMLIMIT": "256MiB"},
        files={path: json.dumps(config)},
    )


def _client(settings: ClusterSettings, name: str) -> dict[str, Any]:
    return {"kubeconfig": str(settings.data / f"pki/{name}.kubeconfig"), "qps": QPS, "burst": BURST}


def kubelet(settings: ClusterSettings, program: str) -> Component:
    """The kubelet."""
    path = settings.data / "config/kubelet.yaml"
    options = flags(
        config=path,
        kubeconfig=settings.data / "pki/kubelet.kubeconfig",
        hostname_override=settings.name,
        node_ip=settings.node_ip,
        root_dir=settings.data / "kubelet",
        cert_dir=settings.data / "kubelet/pki",
    )
    return Component(
        name="kubelet",
        command=(program, "kubelet", *options),
        environment={"GOMEMLIMIT": "384MiB"},
        files={path: json.dumps(kubelet_config(settings))},
    )


def kubelet_config(settings: ClusterSettings) -> dict[str, Any]:
    """The kubelet's settings for a machine that may have cgroup v1, swap, little disk and no registry."""
    pki = settings.data / "pki"
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": settings.node_ip,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(pki / "kubelet.crt"),
        "tlsPrivateKeyFile": str(pki / "kubelet.key"),
        "clusterDNS": [settings.dns_ip],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": f"unix://{runtime.socket(settings)}",
        "podLogsDir": str(settings.data / "logs/pods"),
        "volumePluginDir": str(settings.data / "kubelet/volume-plugins"),
        "resolvConf": "/etc/resolv.conf" if settings.egress else "",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroups.of_pods(settings)}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "localStorageCapacityIsolation": True,
        # Images are imported, never pulled: none may be collected.
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "maxPods": 500,
        "kubeAPIQPS": QPS,
        "kubeAPIBurst": BURST,
        "eventRecordQPS": 0,
        "serializeImagePulls": False,
        "nodeStatusUpdateFrequency": "4s",
        "shutdownGracePeriod": "0s",
    }


# kube-proxy takes an endpoint's chain that an earlier kube-proxy has emptied for a finished one, and the
# Service is then a black hole (1.34, pkg/proxy/nftables epChainSkipUpdate). Established connections live on.
FORGET_SERVICES = "nft delete table ip kube-proxy; nft delete table ip6 kube-proxy; true"


def proxy(settings: ClusterSettings, program: str) -> Component:
    """kube-proxy in nftables mode; connection tracking limits belong to the machine and are left alone."""
    path = settings.data / "config/kube-proxy.yaml"
    config = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": _client(settings, "kube-proxy"),
        "clusterCIDR": str(settings.pod_cidr),
        "hostnameOverride": settings.name,
        "nodePortAddresses": ["primary"],
        "nftables": {"minSyncPeriod": "100ms"},
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }
    return Component(
        name="kube-proxy",
        command=(program, "kube-proxy", *flags(config=path)),
        before=FORGET_SERVICES,
        environment={"GOMEMLIMIT": "192MiB"},
        files={path: json.dumps(config)},
    )


def volume_provisioner(settings: ClusterSettings, program: str) -> Component:
    """Our provisioner of PersistentVolumes: a folder per claim."""
    options = flags(
        kubeconfig=settings.data / "pki/volume-provisioner.kubeconfig", root=settings.data / "volumes"
    )
    return Component(
        name="volume-provisioner",
        command=(program, "volume-provisioner", *options),
        environment={"GOMEMLIMIT": "64MiB"},
    )


def containerd(settings: ClusterSettings) -> Component:
    """containerd with a store, a socket and a state of its own."""
    path, networks = settings.data / "config/containerd.toml", settings.data / "config/cni"
    return Component(
        name="containerd",
        command=("containerd", "--config", str(path)),
        environment={"GOMEMLIMIT": "512MiB"},
        files={
            path: runtime.config(settings, networks),
            networks / "pods.conflist": json.dumps(container_network(settings)),
        },
    )
