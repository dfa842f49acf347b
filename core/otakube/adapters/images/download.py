# SPDX-License-Identifier: Apache-2.0
"""Downloads one image: to an address that was checked, within a deadline, a size and a type."""

import asyncio
import ssl
from typing import NamedTuple
from urllib.parse import urljoin

import httpx2

from otakube.adapters.images.addresses import Allowed, Target, refused, resolve, target
from otakube.ports.images import ImageRefused

DEADLINE_SECONDS = 30.0  # for one image with its redirects: a body that drips must not hold the step
_REDIRECTS = 2
_MAGIC = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}


class Download(NamedTuple):
    body: bytes
    content_type: str


def new_client() -> httpx2.AsyncClient:
    """A client without cookies, redirects, proxies of the environment, and of bounded size."""
    limits = httpx2.Limits(max_connections=16, max_keepalive_connections=16)
    # The context is made once: loading the authorities takes tens of milliseconds.
    return httpx2.AsyncClient(
        verify=ssl.create_default_context(),
        follow_redirects=False,
        trust_env=False,
        timeout=None,
        limits=limits,
    )


async def download(client: httpx2.AsyncClient, url: str, *, allowed: Allowed, size: int) -> Download:
    """The bytes behind a URL, whose first bytes are what its declared type says."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            for _ in range(_REDIRECTS + 1):
                found = await _ask(client, target(url, allowed), size)
                if isinstance(found, Download):
                    return found
                url = urljoin(url, found)
    except TimeoutError as error:
        raise ImageRefused(f"it did not arrive within {DEADLINE_SECONDS:g} s", lasting=False) from error
    except httpx2.HTTPError as error:
        raise ImageRefused(f"{type(error).__name__} {error}".strip(), lasting=False) from error
    raise refused(f"it is redirected more than {_REDIRECTS} times")


async def _ask(client: httpx2.AsyncClient, wanted: Target, size: int) -> Download | str:
    """The image, or the address that it moved to."""
    response = await client.send(_request(client, wanted, await resolve(wanted)), stream=True)
    try:
        if response.status_code in (301, 302, 303, 307, 308):
            return response.headers.get("Location", "")
        _check(response)
        body = await _read(response, size)
    finally:
        await response.aclose()
    content_type = _content_type(response)
    if not body.startswith(_MAGIC[content_type]) or (content_type == "image/webp" and body[8:12] != b"WEBP"):
        raise refused(f"its first bytes are not {content_type}, which it is declared to be")
    return Download(body, content_type)


def _request(client: httpx2.AsyncClient, wanted: Target, address: str) -> httpx2.Request:
    literal = f"[{address}]" if ":" in address else address
    default = wanted.port == (443 if wanted.scheme == "https" else 80)
    headers = {
        "Host": wanted.host if default else f"{wanted.host}:{wanted.port}",
        "Accept": ", ".join(_MAGIC),
        "Accept-Encoding": "identity",
        "User-Agent": "otakube/0.1 (+https://otakube.dev)",
    }
    return client.build_request(
        "GET",
        f"{wanted.scheme}://{literal}:{wanted.port}{wanted.path}",
        headers=headers,
        # The certificate must be the host's, though the connection goes to the address.
        extensions={"sni_hostname": wanted.host},
    )


def _check(response: httpx2.Response) -> None:
    if response.status_code != 200:
        lasting = response.status_code in (404, 410)
        raise ImageRefused(f"the server answered {response.status_code}", lasting=lasting)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise refused(f"it is encoded as {response.headers['Content-Encoding']:.30}, which was not asked for")
    if _content_type(response) not in _MAGIC:
        raise refused(f"{_content_type(response)[:60] or 'no type'} is not one of {', '.join(_MAGIC)}")


def _content_type(response: httpx2.Response) -> str:
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


async def _read(response: httpx2.Response, size: int) -> bytes:
    declared = response.headers.get("Content-Length", "0")
    if declared.isdigit() and int(declared) > size:
        raise refused(f"it is {declared} bytes long, more than {size}")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > size:
            raise refused(f"it is longer than {size} bytes")
    return bytes(body)
