# SPDX-License-Identifier: Apache-2.0
"""Addresses that the image downloader may connect to: provider text must not steer it into the cluster."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Collection, Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from otakube.adapters.images.special_networks import GLOBAL_UNICAST, SPECIAL_V4, SPECIAL_V6
from otakube.ports.images import ImageRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")


class Allowed(NamedTuple):
    """`private` hosts may resolve to private addresses, speak plain http, and use any port."""

    hosts: Collection[str]
    private: Collection[str]


class Target(NamedTuple):
    """Address to connect to, and path to ask for."""

    scheme: str
    host: str
    port: int
    path: str  # with the query
    private: bool


def target(url: str, allowed: Allowed) -> Target:
    """Take an image URL apart and check all of it that needs no resolver."""
    if _UNFIT.search(url) or not url.isascii():
        raise refused("the URL holds characters that a URL must not hold")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise refused(f"the URL is malformed: {error}") from error
    host = parts.hostname or ""
    if "@" in parts.netloc:
        raise refused("the URL carries a user name")
    if not _HOST.fullmatch(host):
        raise refused(f"{host!r:.100} is not a plain host name")
    if host not in allowed.hosts and host not in allowed.private:
        raise refused(f"host {host} is not in the setting image_hosts")
    private = host in allowed.private
    return Target(parts.scheme, host, _port(parts, port, private), _path(parts), private)


def _port(parts: SplitResult, port: int | None, private: bool) -> int:
    if parts.scheme == "https" and (private or port in (None, 443)):
        return port or 443
    if parts.scheme == "http" and private:
        return port or 80
    raise refused(f"only https on port 443 is allowed, not {parts.scheme} on {port or 'its default port'}")


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


async def resolve(wanted: Target) -> str:
    """One address of the host, all of which are fit; connect to this one, so that no second answer counts."""
    try:
        answers = await asyncio.get_running_loop().getaddrinfo(
            wanted.host, wanted.port, type=socket.SOCK_STREAM
        )
    except OSError as error:
        raise ImageRefused(f"host {wanted.host} does not resolve", lasting=False) from error
    addresses = [ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]
    return str(fit(addresses, wanted))


def fit(addresses: Sequence[Address], wanted: Target) -> Address:
    """The first address, if every one of them is public (or the host may be private)."""
    if not addresses:
        raise ImageRefused(f"host {wanted.host} does not resolve", lasting=False)
    unfit = [address for address in addresses if not wanted.private and not is_public(address)]
    if unfit:
        raise refused(f"host {wanted.host} resolves to {unfit[0]}, which is not a public address")
    return addresses[0]


def is_public(address: Address) -> bool:
    """Tell whether an address is globally reachable unicast, however it is written."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in SPECIAL_V4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    return address in GLOBAL_UNICAST and not any(address in block for block in SPECIAL_V6)


def refused(message: str) -> ImageRefused:
    """A refusal that will stand."""
    return ImageRefused(message, lasting=True)
