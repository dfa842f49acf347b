# SPDX-License-Identifier: Apache-2.0
"""A cluster's name, folders and addresses; everything follows from the name."""

import ipaddress
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from otakube_cluster.errors import ClusterError

DEFAULT_NAME = "otakube"
PREFIX = "OTAKUBE_CLUSTER_"
SLOTS = 64
# The longest path of a Unix socket is 107 bytes, and the name is also a host name.
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")
TRUE, FALSE = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One cluster: its name, its folders and its addresses."""

    name: str
    slot: int
    data: Path
    cache: Path
    run: Path
    link_cidr: ipaddress.IPv4Network
    pod_cidr: ipaddress.IPv4Network
    service_cidr: ipaddress.IPv4Network
    api_port: int = 6443
    egress: bool = False
    audit: bool = False

    @property
    def host_ip(self) -> str:
        """The machine's end of the link to the node."""
        return str(self.link_cidr[1])

    @property
    def node_ip(self) -> str:
        """The node's end of the link: where the API server answers."""
        return str(self.link_cidr[2])

    @property
    def kubernetes_ip(self) -> str:
        """The address of the Service `kubernetes`: by definition the first of the range."""
        return str(self.service_cidr[1])

    @property
    def dns_ip(self) -> str:
        """The address of the cluster's DNS Service."""
        return str(self.service_cidr[10])

    @property
    def link(self) -> str:
        """The machine's network device that leads to the node."""
        return f"otakube{self.slot}"

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return f"https://{self.node_ip}:{self.api_port}"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.data / "kubeconfig"


def slot_of(name: str) -> int:
    """A number below 64 from the name: 0 for the default cluster, never 0 for another."""
    return 0 if name == DEFAULT_NAME else 1 + zlib.crc32(name.encode()) % (SLOTS - 1)


def load(environment: Mapping[str, str], **flags: str | bool | None) -> Settings:
    """Settings from `OTAKUBE_CLUSTER_*`; a flag that is not None wins over its variable."""
    values = {key: flags.get(key) for key in ("name", "egress", "audit")}
    name = str(values["name"] or environment.get(f"{PREFIX}NAME") or DEFAULT_NAME)
    if not NAME.fullmatch(name):
        raise ClusterError(
            f"{PREFIX}NAME is {name!r}: use at most 32 lower-case letters, digits and inner hyphens."
        )
    slot = _number(environment, "SLOT", slot_of(name), SLOTS - 1)
    return Settings(
        name=name,
        slot=slot,
        data=_folder(environment, "OTAKUBE_DATA_DIR", platformdirs.user_data_path("otakube"))
        / "clusters"
        / name,
        cache=_folder(environment, "OTAKUBE_CACHE_DIR", platformdirs.user_cache_path("otakube")),
        run=Path("/run/otakube") / name,
        link_cidr=_network(environment, "LINK_CIDR", f"10.224.{slot}.0/30"),
        pod_cidr=_network(environment, "POD_CIDR", f"10.{160 + slot}.0.0/16"),
        service_cidr=_network(environment, "SERVICE_CIDR", f"10.{96 + slot}.0.0/16"),
        api_port=_number(environment, "API_PORT", 6443, 65535),
        egress=_switch(environment, "EGRESS", values["egress"]),
        audit=_switch(environment, "AUDIT", values["audit"]),
    )


def _folder(environment: Mapping[str, str], variable: str, default: Path) -> Path:
    return Path(environment.get(variable) or default).expanduser().absolute()


def _number(environment: Mapping[str, str], key: str, default: int, largest: int) -> int:
    text = environment.get(PREFIX + key)
    if not text:
        return default
    if not text.isdecimal() or not 0 <= int(text) <= largest:
        raise ClusterError(f"{PREFIX}{key} is {text!r}: use a whole number from 0 to {largest}.")
    return int(text)


def _network(environment: Mapping[str, str], key: str, default: str) -> ipaddress.IPv4Network:
    text = environment.get(PREFIX + key) or default
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise ClusterError(f"{PREFIX}{key} is {text!r} ({error}): use a range such as {default}.") from error
    if network.num_addresses < ipaddress.IPv4Network(default).num_addresses // 256 + 3:
        raise ClusterError(f"{PREFIX}{key} is {text!r}: the range is too small; use one such as {default}.")
    return network


def _switch(environment: Mapping[str, str], key: str, flag: str | bool | None) -> bool:
    if isinstance(flag, bool):
        return flag
    text = environment.get(PREFIX + key, "").lower()
    if text not in TRUE + FALSE:
        raise ClusterError(f"{PREFIX}{key} is {text!r}: use true or false.")
    return text in TRUE


def from_environment(**flags: str | bool | None) -> Settings:
    """Settings of this process's environment."""
    return load(os.environ, **flags)
