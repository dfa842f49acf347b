# SPDX-License-Identifier: Apache-2.0
"""Downloads one image: to an address that was checked, within a deadline, a size and the known types."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple
from urllib.parse import urljoin

import httpx2

from otakube.adapters.images.addresses import Allowed, Target, refused, resolve, target
from otakube.adapters.memory import UNCOUNTED, MemoryBudget, MemoryExceeded
from otakube.ports.images import ImageRefused

DEADLINE_SECONDS = 8.0  # for one image with its redirects: a body that drips must not hold the step
_REDIRECTS = 2
_MAGIC = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}


class Download(NamedTuple):
    body: bytearray
    content_type: str


def new_transport() -> httpx2.AsyncHTTPTransport:
    """Connections, without proxies of the environment. A client would keep cookies and read redirects."""
    limits = httpx2.Limits(max_connections=32, max_keepalive_connections=32)
    # The context is made once: loading the authorities takes tens of milliseconds.
    return httpx2.AsyncHTTPTransport(verify=ssl.create_default_context(), trust_env=False, limits=limits)


class Downloader:
    """Downloads from allowed hosts, each file at most `size` bytes long, within a budget of memory."""

    def __init__(self, allowed: Allowed, *, size: int, memory: MemoryBudget) -> None:
        self._allowed = allowed
        self._size = min(size, memory.total)
        self._memory = memory
        self._transport = new_transport()

    async def aclose(self) -> None:
        await self._transport.aclose()

    @asynccontextmanager
    async def download(self, url: str) -> AsyncIterator[Download]:
        """The bytes behind a URL, of the type that their beginning has; counted within the block."""
        async with AsyncExitStack() as held:
            yield await self._download(url, held)

    async def _download(self, url: str, held: AsyncExitStack) -> Download:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS) as deadline:
                for _ in range(_REDIRECTS + 1):
                    found = await self._ask(target(url, self._allowed), held, deadline)
                    if isinstance(found, Download):
                        return found
                    url = urljoin(url, found)
        except TimeoutError as error:
            raise ImageRefused(f"it did not arrive within {DEADLINE_SECONDS:g} s", lasting=False) from error
        except httpx2.HTTPError as error:
            raise ImageRefused(f"{type(error).__name__} {error}".strip()[:300], lasting=False) from error
        except (httpx2.InvalidURL, ValueError, MemoryExceeded) as error:  # of a redirect, or of its size
            raise refused(f"{type(error).__name__} {error}"[:300]) from error
        raise refused(f"it is redirected more than {_REDIRECTS} times")

    async def _ask(self, wanted: Target, held: AsyncExitStack, deadline: asyncio.Timeout) -> Download | str:
        """The image, or the address that it moved to."""
        response = await self._transport.handle_async_request(_request(wanted, await resolve(wanted)))
        try:
            if response.status_code in (301, 302, 303, 307, 308):
                return response.headers.get("Location", "")
            _check(response)
            body = await self._read(response, held, deadline)
        finally:
            await response.aclose()
        content_type = type_of(body)
        if content_type is None:
            declared = _declared(response) or "no type"
            raise refused(f"its first bytes are of none of {', '.join(_MAGIC)}; it is declared as {declared}")
        return Download(body, content_type)

    async def _read(
        self, response: httpx2.Response, held: AsyncExitStack, deadline: asyncio.Timeout
    ) -> bytearray:
        length = response.headers.get("Content-Length", "")
        declared = int(length[:20]) if length.isdigit() else None
        if declared and declared > self._size:
            raise refused(f"it is {declared} bytes long, more than {self._size}")
        # What it is written anew to may take twice as much, and stays until it is stored.
        most = self._size if declared is None else min(cleaned_size(declared), self._size)
        counted = False
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._size:
                raise refused(f"it is longer than {self._size} bytes")
            if len(body) > UNCOUNTED and not counted:
                counted = True
                await self._memory.reserve_within(deadline, most, held)
        return body


def cleaned_size(length: int) -> int:
    """Most bytes that an image may have when it is written anew, by the length of its file."""
    return max(2 * length, UNCOUNTED)


def _request(wanted: Target, address: str) -> httpx2.Request:
    literal = f"[{address}]" if ":" in address else address
    default = wanted.port == (443 if wanted.scheme == "https" else 80)
    headers = {
        "Host": wanted.host if default else f"{wanted.host}:{wanted.port}",
        "Accept": ", ".join(_MAGIC),
        "Accept-Encoding": "identity",
        "User-Agent": "otakube/0.1 (+https://otakube.dev)",
    }
    return httpx2.Request(
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


def type_of(body: bytes | bytearray) -> str | None:
    """Type by the first bytes: a declared one is often wrong, and decoders ask for the true one."""
    return next((content_type for content_type, magic in _MAGIC.items() if magic.match(body)), None)


def _declared(response: httpx2.Response) -> str:
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()[:60]
