# SPDX-License-Identifier: Apache-2.0
"""Redirects of a provider: followed within its own hosts, never to a weaker protocol. Pure.

A provider that moves its API sends 301 from the old host for months. Keys travel in headers, so a redirect to
anybody else's host is an error that names the host.
"""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx2

MOST = 4  # requests for one answer: three redirects
_REDIRECTS = (301, 302, 303, 307, 308)
_LASTING = (301, 308)
_LOCATION = "otakube_location"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")
_DEFAULT = {"https": 443, "http": 80}


class Moved(Exception):
    """The answer lies at `url`, at a host of the same provider. `lasting`: for good, says the provider."""

    def __init__(self, url: str, *, lasting: bool) -> None:
        super().__init__(url)
        self.url = url
        self.lasting = lasting

    def headers(self, request: httpx2.Request) -> dict[str, str]:
        """The headers of a request, for its new address: without the old host and without conditions."""
        left = ("host", "content-length", "transfer-encoding", "if-none-match", "if-modified-since")
        return {name: value for name, value in request.headers.items() if name.lower() not in left}


async def set_aside(response: httpx2.Response) -> None:
    """Take a redirect's address out of the headers: httpx2 reads it unasked, and breaks over some."""
    location = response.headers.pop("Location", None)
    if location is not None:
        response.extensions[_LOCATION] = location


def moved(response: httpx2.Response, hosts: Collection[str]) -> Moved | str | None:
    """The redirect, if it leads to one of the provider's own hosts; else why it is not followed."""
    if response.status_code not in _REDIRECTS:
        return None
    request, location = (
        response.request,
        str(response.extensions.get(_LOCATION, response.headers.get("Location", ""))),
    )
    if not location or len(location) > 2000 or _UNFIT.search(location) or not location.isascii():
        return "to no plain address"
    try:
        target = urlsplit(urljoin(str(request.url.copy_with(username=None, password=None)), location))
        port = target.port or _DEFAULT.get(target.scheme, 0)
    except ValueError:
        return "to no plain address"
    if refusal := _refused(target, port, request.url, hosts):
        return refusal
    if request.method != "GET" and response.status_code == 303:
        return "to another question"
    return Moved(target.geturl(), lasting=response.status_code in _LASTING)


def _refused(target: SplitResult, port: int, asked: httpx2.URL, hosts: Collection[str]) -> str | None:
    host = target.hostname or ""
    if not _HOST.fullmatch(host) or "@" in target.netloc:
        return "to no plain address"
    if host != asked.host and not is_own(host, hosts):
        return f"to {host}, which is none of the provider's own hosts"
    ports = (asked.port or _DEFAULT.get(asked.scheme), _DEFAULT.get(asked.scheme))
    same = port in ports and asked.scheme == target.scheme
    if not (same or (target.scheme == "https" and port == _DEFAULT["https"])):
        return f"to {target.scheme} on port {port}"
    return None


def is_own(host: str, hosts: Collection[str]) -> bool:
    """True of a provider's hosts and of all below them."""
    return any(host == own or host.endswith(f".{own}") for own in hosts)
