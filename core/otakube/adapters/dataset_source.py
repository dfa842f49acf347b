# SPDX-License-Identifier: Apache-2.0
"""The file of a week at its source: a URL, an asset of a GitHub release, or an object of the bucket."""

import hashlib
import re
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx2

from otakube.adapters.http.client import USER_AGENT
from otakube.errors import Fatal, Retriable
from otakube.ports.objects import ObjectStore, Prefix
from otakube_api.contract import DatasetReason

GITHUB, BUCKET = "github:", "bucket:"
LARGEST = 256 << 20
"""Bytes of the largest file that is loaded; the real one has 60 million, and 9 million compressed."""
SECONDS = 600.0
"""Deadline of one connection without an answer; a whole file is bounded by its pod's deadline."""
REDIRECTS = 5

_GITHUB = re.compile(r"github:(?P<repository>[\w.-]+/[\w.-]+?)(?:@(?P<tag>[\w.-]+))?/(?P<asset>[\w.-]+)")
_TAG = re.compile(r"/releases/download/([^/]+)/[^/]+$")
_FINAL = {400, 401, 403, 405, 410, 451}


class LoadedDataset(NamedTuple):
    """A file as its source has it, and what that says of its version."""

    name: str  # of the file, without its folder
    body: bytes
    source: str
    release_tag: str = ""
    etag: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return f"sha256:{hashlib.sha256(self.body).hexdigest()}"


def new_client() -> httpx2.AsyncClient:
    """A client that follows nothing by itself, through the environment's proxy if there is one."""
    headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    return httpx2.AsyncClient(headers=headers, follow_redirects=False, timeout=SECONDS, trust_env=True)


def web_address(source: str) -> str:
    """The URL of a source that is no object; Fatal names what is no source."""
    if source.startswith("https://"):
        return source
    found = _GITHUB.fullmatch(source)
    if found is None:
        raise Fatal(
            DatasetReason.SOURCE_REFUSED,
            f"{source!r:.200} is no source: write https://..., github:OWNER/REPOSITORY[@TAG]/ASSET "
            "or bucket:datasets/FILE",
        )
    repository, tag, asset = found["repository"], found["tag"], found["asset"]
    release = f"download/{tag}" if tag else "latest/download"
    return f"https://github.com/{repository}/releases/{release}/{asset}"


async def load_object(objects: ObjectStore, source: str) -> LoadedDataset:
    """An object of the bucket, below its folder for datasets."""
    key = source.removeprefix(BUCKET)
    if not key.startswith(Prefix.DATASETS) or ".." in key:
        raise Fatal(DatasetReason.SOURCE_REFUSED, f"{source!r:.200}: name a file below {Prefix.DATASETS}")
    try:
        body = await objects.get(key)
    except KeyError:
        raise Fatal(
            DatasetReason.SOURCE_REFUSED, f"the bucket has no object {key}: put the file there, or correct it"
        ) from None
    return LoadedDataset(key.rpartition("/")[2], body, source)


async def load_web(
    client: httpx2.AsyncClient, source: str, url: str, *, most: int = LARGEST
) -> LoadedDataset:
    """The file at a source's address. No redirect leaves https; GitHub's tell the tag of the release."""
    tag, name = "", urlsplit(url).path.rpartition("/")[2]
    for _ in range(REDIRECTS + 1):
        if (found := _TAG.search(urlsplit(url).path)) and urlsplit(url).hostname == "github.com":
            tag = found[1]
        try:
            async with client.stream("GET", url) as response:
                if not response.has_redirect_location:
                    body = await _body(response, most)
                    return LoadedDataset(name, body, source, tag, response.headers.get("ETag", "")[:128])
                url = _target(url, response.headers["Location"])
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise Retriable(
                DatasetReason.SOURCE_UNAVAILABLE, f"{_named(url)}: {type(error).__name__} {error}"[:500]
            ) from error
        except httpx2.InvalidURL as error:
            raise Fatal(DatasetReason.SOURCE_REFUSED, f"{_named(url)}: {error}") from error
    raise Fatal(DatasetReason.SOURCE_REFUSED, f"{_named(url)} is redirected more than {REDIRECTS} times")


async def _body(response: httpx2.Response, most: int) -> bytes:
    """The whole body, or why there is none."""
    where, status = _named(str(response.request.url)), response.status_code
    if status in _FINAL:
        raise Fatal(DatasetReason.SOURCE_REFUSED, f"{where} answered {status}")
    if status != 200:
        raise Retriable(DatasetReason.SOURCE_UNAVAILABLE, f"{where} answered {status}")
    parts, size = [], 0
    async for chunk in response.aiter_bytes():
        parts.append(chunk)
        if (size := size + len(chunk)) > most:
            raise Fatal(DatasetReason.SOURCE_REFUSED, f"{where} has more than {most >> 20} MiB")
    declared = response.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) != size and "Content-Encoding" not in response.headers:
        raise Retriable(
            DatasetReason.SOURCE_UNAVAILABLE, f"{where} sent {size} bytes of {declared}: it was cut off"
        )
    return b"".join(parts)


def _target(url: str, location: str) -> str:
    """The address that a redirect leads to: never from https to something else."""
    leads = urljoin(url, location)
    if urlsplit(leads).scheme != urlsplit(url).scheme:
        raise Fatal(DatasetReason.SOURCE_REFUSED, f"{_named(url)} is redirected to {_named(leads)}: no https")
    return leads


def _named(url: str) -> str:
    """The address without its query, which may be a signature."""
    return url.partition("?")[0][:300]
