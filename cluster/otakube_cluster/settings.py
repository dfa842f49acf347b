# SPDX-License-Identifier: Apache-2.0
"""A cluster's name, folders and addresses; everything follows from the name."""

import zlib
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from otakube_cluster.errors import ClusterError

DEFAULT_NAME = "otakube"
PREFIX = "OTAKUBE_CLUSTER_"
SLOTS = 64


def slot_of(name: str) -> int:
    """A number below 64 from the name: 0 for the default cluster, never 0 for another."""
    return 0 if name == DEFAULT_NAME else 1 + zlib.crc32(name.encode()) % (SLOTS - 1)


def _of_size(smallest: int) -> AfterValidator:
    def check(network: IPv4Network) -> IPv4Network:
        if network.num_addresses < smallest:
            raise ValueError("too small")
        return network

    return AfterValidator(check)


Folder = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]


class ClusterSettings(BaseSettings):
    """One cluster: its name, its folders and its addresses, from `OTAKUBE_CLUSTER_*`.

    A field's description ends the sentence "VARIABLE is VALUE: it must be ..." of a wrong value.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    # The longest path of a Unix socket is 107 bytes, and the name is also a host name.
    name: str = Field(
        DEFAULT_NAME,
        max_length=32,
        pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        description="at most 32 lower-case letters, digits and inner hyphens",
    )
    slot: int = Field(
        default_factory=lambda given: slot_of(given["name"]),
        ge=0,
        lt=SLOTS,
        description=f"a whole number from 0 to {SLOTS - 1}",
    )
    data_folder: Folder = Field(platformdirs.user_data_path("otakube"), validation_alias="OTAKUBE_DATA_DIR")
    cache: Folder = Field(platformdirs.user_cache_path("otakube"), validation_alias="OTAKUBE_CACHE_DIR")
    link_cidr: Annotated[IPv4Network, _of_size(4)] = Field(
        default_factory=lambda given: IPv4Network(f"10.224.{given['slot']}.0/30"),
        description="a range of at least 4 addresses, such as 10.224.0.0/30",
    )
    pod_cidr: Annotated[IPv4Network, _of_size(512)] = Field(
        default_factory=lambda given: IPv4Network(f"10.{160 + given['slot']}.0.0/16"),
        description="a range of at least 512 addresses, such as 10.160.0.0/16",
    )
    service_cidr: Annotated[IPv4Network, _of_size(512)] = Field(
        default_factory=lambda given: IPv4Network(f"10.{96 + given['slot']}.0.0/16"),
        description="a range of at least 512 addresses, such as 10.96.0.0/16",
    )
    api_port: int = Field(6443, ge=1, le=65535, description="a whole number from 1 to 65535")
    egress: bool = Field(False, description="true or false")
    audit: bool = Field(False, description="true or false")

    @property
    def data(self) -> Path:
        """The folder of everything that outlives a restart of the cluster."""
        return self.data_folder / "clusters" / self.name

    @property
    def run(self) -> Path:
        """The folder of sockets and process ids."""
        return Path("/run/otakube") / self.name

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


def load(**flags: str | bool | None) -> ClusterSettings:
    """Settings of this process's environment; a flag that is not None wins over its variable."""
    try:
        return ClusterSettings(**{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        # A default that follows from a wrong value is reported by pydantic as well.
        wrong = [one for one in error.errors() if one["type"] != "default_factory_not_called"]
        raise ClusterError("\n".join(map(_sentence, wrong))) from error


def _sentence(error: ErrorDetails) -> str:
    name = str(error["loc"][0]).removeprefix(PREFIX).lower()
    cure = ClusterSettings.model_fields[name].description
    return f"{PREFIX}{name.upper()} is {error['input']!r}: it must be {cure}."
