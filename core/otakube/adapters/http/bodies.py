# SPDX-License-Identifier: Apache-2.0
"""Bodies of provider answers: read under a cap that counts decoded bytes, then JSON or text.

A provider may compress in transit (Content-Encoding: gzip), and may serve files that are gzip themselves.
"""

import zlib
from typing import Any

import httpx2

from otakube.adapters.http import json_values
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

_GZIP_FILES = ("application/gzip", "application/x-gzip")
_TEXTS = ("application/xml", "text/xml", "text/html", "application/xhtml+xml", "text/plain", *_GZIP_FILES)
_CHARSETS = ("utf-8", "utf8", "us-ascii", "iso-8859-1")  # others would be guesses about hostile bytes
_GZIP = 16 + zlib.MAX_WBITS  # zlib's word for: a gzip header, and nothing else


def name_of(request: httpx2.Request) -> str:
    """Host and path: a query may carry a key one day."""
    return f"{request.url.host}{request.url.path}"


def address_of(request: httpx2.Request) -> str:
    """The whole address as it may be stored: without user and password."""
    return str(request.url.copy_with(username=None, password=None))


async def read(response: httpx2.Response, size: int) -> bytes:
    """The body without its encodings; AnswerTooLarge as soon as either form exceeds `size` bytes."""
    if int(response.headers.get("Content-Length", "0") or "0") > size:
        raise _too_large(response.request, size)
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > size:
            raise _too_large(response.request, size)
    return _decoded(response, bytes(body), size)


def document(response: httpx2.Response, body: bytes) -> Any:
    """The JSON of an answer that says that it is JSON."""
    kind = _media_type(response)
    if kind != "application/json" and not kind.endswith("+json"):
        raise _invalid(response.request, f"is {kind or 'of no declared type'}, expected JSON")
    try:
        return json_values.loads(body)
    except SourceError as error:
        raise SourceError(error.reason, f"{name_of(response.request)}: {error}") from error


def text(response: httpx2.Response, body: bytes) -> str:
    """The text of an answer that says that it is XML, HTML or plain text; UTF-8 unless it says otherwise."""
    kind = _media_type(response)
    if kind not in _TEXTS and not kind.endswith("+xml"):
        raise _invalid(response.request, f"is {kind or 'of no declared type'}, expected XML, HTML or text")
    charset = (response.charset_encoding or "utf-8").lower()
    if charset not in _CHARSETS:
        raise _invalid(response.request, f"is in {charset!r:.50}, expected one of {', '.join(_CHARSETS)}")
    try:
        return body.decode(charset)
    except UnicodeDecodeError as error:
        raise _invalid(response.request, f"is no {charset}: {error.reason} at byte {error.start}") from error


def _decoded(response: httpx2.Response, body: bytes, size: int) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise _invalid(response.request, f"is encoded as {encoding!r:.50}, which was not asked for")
    if encoding == "gzip":
        body = _unzipped(response.request, body, size)
    if _media_type(response) in _GZIP_FILES:
        body = _unzipped(response.request, body, size)
    return body


def _unzipped(request: httpx2.Request, body: bytes, size: int) -> bytes:
    """All members of a gzip file; a bomb is noticed one byte beyond the cap."""
    found = b""
    while body:
        member = zlib.decompressobj(_GZIP)
        try:
            found += member.decompress(body, size + 1 - len(found))
        except zlib.error as error:
            raise _invalid(request, f"is no gzip: {error}") from error
        if len(found) > size:
            raise _too_large(request, size)
        if not member.eof:
            raise _invalid(request, "is no gzip: it ends too early")
        body = member.unused_data
    return found


def _media_type(response: httpx2.Response) -> str:
    declared: str = response.headers.get("Content-Type", "")
    return declared.partition(";")[0].strip().lower()


def _invalid(request: httpx2.Request, what: str) -> SourceError:
    return SourceError(SourceReason.ANSWER_INVALID, f"the answer of {name_of(request)} {what}")


def _too_large(request: httpx2.Request, size: int) -> SourceError:
    return SourceError(
        SourceReason.ANSWER_TOO_LARGE, f"the answer of {name_of(request)} is larger than {size} bytes"
    )
