# SPDX-License-Identifier: Apache-2.0
"""The link between machine and node, the pods' bridge, and the rules by which nothing leaves unasked."""

import json
from pathlib import Path
from typing import Any

from otakube_cluster.commands import attempt, run
from otakube_cluster.processes import Identity
from otakube_cluster.sandbox import inside
from otakube_cluster.settings import ClusterSettings

BRIDGE = "pods0"
UPLINK = "uplink"
PLUGINS = Path("/usr/lib/cni")


def container_network(settings: ClusterSettings) -> dict[str, Any]:
    """The CNI configuration: one bridge, addresses from the pod range."""
    return {
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [
            {
                "type": "bridge",
                "bridge": BRIDGE,
                "isDefaultGateway": True,
                "hairpinMode": True,
                "ipMasq": False,
                "ipam": {
                    "type": "host-local",
                    "dataDir": str(settings.run / "addresses"),
                    "ranges": [[{"subnet": str(settings.pod_cidr)}]],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def connect(settings: ClusterSettings, node: Identity) -> None:
    """Give the node its link, the bridge and the routes; with egress also the way out."""
    _connect_link(settings, node)
    gateway = f"{settings.pod_cidr[1]}/{settings.pod_cidr.prefixlen}"
    script = [
        f"ip addr add {settings.node_ip}/30 dev {UPLINK}",
        f"ip link set {UPLINK} up",
        f"ip link add {BRIDGE} type bridge",
        f"ip addr add {gateway} dev {BRIDGE}",
        f"ip link set {BRIDGE} up",
        # A packet for a Service without endpoints must not take another way out.
        f"ip route add {settings.service_cidr} dev {BRIDGE}",
        "sysctl -q -w net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1",
    ]
    if settings.egress:
        script.append(f"ip route add default via {settings.host_ip}")
    inside(node, ["sh", "-ec", "\n".join(script)])
    inside(node, ["nft", "-f", "-"], stdin=node_rules(settings))
    for network in (settings.pod_cidr, settings.service_cidr):
        run(["ip", "route", "replace", str(network), "via", settings.node_ip, "dev", settings.link])
    if settings.egress:
        _open_the_way_out(settings)


def _connect_link(settings: ClusterSettings, node: Identity) -> None:
    attempt(["ip", "link", "delete", settings.link])
    run(["ip", "link", "add", settings.link, "type", "veth", "peer", "name", UPLINK, "netns", str(node.pid)])
    run(["ip", "addr", "add", f"{settings.host_ip}/30", "dev", settings.link])
    run(["ip", "link", "set", settings.link, "up"])


def node_rules(settings: ClusterSettings) -> str:
    """Packet rules of the node: without egress, pods reach each other, Services and this machine."""
    allowed = f"ip daddr {{ {settings.link_cidr}, {settings.pod_cidr}, {settings.service_cidr} }} accept"
    last = "accept" if settings.egress else "drop"
    masquerade = (
        f"chain leave {{ type nat hook postrouting priority srcnat; "
        f'oifname "{UPLINK}" ip saddr {settings.pod_cidr} ip daddr != {settings.link_cidr} masquerade; }}'
        if settings.egress
        else ""
    )
    return (
        f"table ip otakube {{\n"
        f"chain out {{ type filter hook forward priority filter; "
        f'oifname "{UPLINK}" ct state established,related accept; oifname "{UPLINK}" {allowed}; '
        f'oifname "{UPLINK}" {last}; }}\n{masquerade}\n}}\n'
    )


def _table(settings: ClusterSettings) -> str:
    return f"otakube_{settings.name.replace('-', '_')}"


def _open_the_way_out(settings: ClusterSettings) -> None:
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1\n")
    attempt(["nft", "delete", "table", "ip", _table(settings)])
    run(["nft", "-f", "-"], stdin=machine_rules(settings, _table(settings)))


def machine_rules(settings: ClusterSettings, table: str) -> str:
    """Packet rules of the machine with egress: the node's packets leave under the machine's address."""
    return (
        f"table ip {table} {{\nchain leave {{ type nat hook postrouting priority srcnat; "
        f'ip saddr {settings.link_cidr} oifname != "{settings.link}" masquerade; }}\n}}\n'
    )


def disconnect(settings: ClusterSettings) -> None:
    """Remove the link (its routes go with it) and the machine's packet rules."""
    attempt(["ip", "link", "delete", settings.link])
    attempt(["nft", "delete", "table", "ip", _table(settings)])


def routes() -> list[tuple[str, str]]:
    """The machine's routes as (destination, device), without the default route."""
    listed = json.loads(run(["ip", "-json", "-4", "route", "show", "table", "main"]) or "[]")
    return [(route["dst"], route.get("dev", "")) for route in listed if route["dst"] != "default"]
