# SPDX-License-Identifier: Apache-2.0
"""Bodies of provider answers: read under a cap that counts decoded bytes, then JSON or text.

A provider may compress in transit (Content-Encoding: gzip), and may serve files that are gzip themselves.
"""

import asyncio
import hashlib
import re
import sys
import zlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import httpx2
import orjson

from otakube.adapters.http import json_values
from otakube.adapters.memory import UNCOUNTED
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

_GZIP_FILES = ("application/gzip", "application/x-gzip")
_TEXTS = ("application/xml", "text/xml", "text/html", "application/xhtml+xml", "text/plain", *_GZIP_FILES)
_CHARSETS = ("utf-8", "utf8", "us-ascii", "iso-8859-1")  # others would be guesses about hostile bytes
_GZIPPED = ("gzip", "x-gzip")
_PLAIN = ("", "identity", "none", "utf-8", "utf8", "8bit", "binary")  # the latter are slips for "identity"
_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS  # zlib's word for: a gzip header, and nothing else
_PIECE = 65_536  # bytes that are unpacked at once
_ERROR_SECONDS = 5.0  # that an error's words are waited for
_MOST_MEMBERS = 16  # real files have one
_COSTS = {b"{": 352, b"[": 168, b",": 96, b":": 96}  # bytes of a dict or list of one value; of each more
_WIDE = re.compile(rb"[\xf0-\xff]|\\u[dD]")  # characters for which Python takes four bytes each of the text


def name_of(request: httpx2.Request) -> str:
    """Host and path: a query may carry a key one day."""
    return f"{request.url.host}{request.url.path}"


def address_of(request: httpx2.Request) -> str:
    """The whole address as it may be stored: without user and password."""
    return str(request.url.copy_with(username=None, password=None))


def question_of(request: httpx2.Request) -> str:
    """Digest of what is asked, at whatever host: path, parameters in any order, body."""
    url = request.url
    question = (request.method, url.path, repr(sorted(url.params.multi_items())), repr(request.content))
    return hashlib.sha256("\n".join(question).encode()).hexdigest()


async def read(response: httpx2.Response, size: int, reserve: Callable[[], Awaitable[None]]) -> bytes:
    """The body without its encodings; AnswerTooLarge as soon as either form exceeds `size` bytes.

    `reserve` waits for memory; it is asked once a body outgrows what is not counted.
    """
    layers, arrived, reserved, body = _layers(response, size), 0, False, bytearray()
    async for chunk in response.aiter_raw():
        arrived += len(chunk)
        for piece in unpacked(layers, chunk):
            body += piece
            if max(arrived, len(body)) > size:
                raise _too_large(response.request, size)
            if len(body) > UNCOUNTED and not reserved:
                reserved = True
                await reserve()
    return bytes(body) + b"".join(layer.finish() for layer in layers)


async def beginning(response: httpx2.Response, size: int) -> bytes:
    """At most the first `size` bytes of an error, as far as they arrive and can be read."""
    body = bytearray()
    try:
        async with asyncio.timeout(_ERROR_SECONDS):
            layers = _layers(response, size)
            async for chunk in response.aiter_raw():
                for piece in unpacked(layers, chunk):
                    body += piece
                    if len(body) >= size:
                        return bytes(body[:size])
    except (SourceError, TimeoutError, httpx2.HTTPError):  # the error's status is known: its words are a help
        pass
    return bytes(body)


def parsed_size(response: httpx2.Response, body: bytes) -> int:
    """Bytes that an answer takes at most once it is read, known before it is."""
    return text_size(body) if _is_text(_media_type(response)) else json_size(body)


def stored_size(body: Any) -> int:
    """Bytes that an answer takes at most that was read before."""
    return sys.getsizeof(body) if isinstance(body, str) else json_size(orjson.dumps(body))


def json_size(body: bytes) -> int:
    """Bytes of JSON's texts, and of Python's objects for its values."""
    return text_size(body) + sum(body.count(mark) * cost for mark, cost in _COSTS.items())


def text_size(body: bytes) -> int:
    """Bytes of a text as Python keeps it: as wide a character as the widest."""
    return len(body) * (1 if body.isascii() and b"\\u" not in body else 4 if _WIDE.search(body) else 2)


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
    if not _is_text(kind):
        raise _invalid(response.request, f"is {kind or 'of no declared type'}, expected XML, HTML or text")
    charset = (response.charset_encoding or "utf-8").lower()
    if charset not in _CHARSETS:
        raise _invalid(response.request, f"is in {charset!r:.50}, expected one of {', '.join(_CHARSETS)}")
    try:
        return body.decode(charset)
    except UnicodeDecodeError as error:
        raise _invalid(response.request, f"is no {charset}: {error.reason} at byte {error.start}") from error


def _layers(response: httpx2.Response, size: int) -> "list[Gunzip]":
    """A layer for each compression that is declared, and one that may be: each is told by its first bytes."""
    said = response.headers.get("Content-Encoding", "").lower().split(",")
    encodings = [one for each in said if (one := each.strip()) not in _PLAIN]
    if len(encodings) > 1 or any(one not in _GZIPPED for one in encodings):
        encoding = ", ".join(encodings)
        raise _invalid(response.request, f"is encoded as {encoding!r:.50}, which was not asked for")
    layers = len(encodings) + (_media_type(response) in _GZIP_FILES)
    return [Gunzip(response.request, size) for _ in range(max(layers, 1))]


class Gunzip:
    """Unpacks a gzip file while it arrives, in pieces, so that a bomb is noticed before it unfolds.

    What does not begin as a gzip file is none, whatever was declared: proxies unpack answers and leave the
    header, and some servers compress without a word. What follows a file and begins as none is padding.
    """

    def __init__(self, request: httpx2.Request, size: int) -> None:
        self._request = request
        self._size = size
        self._unpacked = 0
        self._members = 0
        self._member: Any = None  # zlib names no type for it
        self._zipped: bool | None = None  # None: too little has arrived to tell
        self._held = b""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        chunk, self._held = self._held + chunk, b""
        if len(chunk) < len(_MAGIC) and _MAGIC.startswith(chunk) and self._between:
            self._held = chunk
            return
        if self._zipped is None:
            self._zipped = chunk.startswith(_MAGIC)
        if not self._zipped:
            yield chunk
            return
        while chunk and not (self._between and not chunk.startswith(_MAGIC)):
            if self._between:
                self._next_member()
            try:
                piece = self._member.decompress(chunk, _PIECE)
            except zlib.error as error:
                raise _invalid(self._request, f"is no gzip: {error}") from error
            self._unpacked += len(piece)
            if self._unpacked > self._size:
                raise _too_large(self._request, self._size)
            chunk = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            yield piece

    @property
    def _between(self) -> bool:
        """True before the first member, and after each."""
        return self._member is None or bool(self._member.eof)

    def finish(self) -> bytes:
        """A single first byte that was held; a file that ends within a member is refused."""
        if self._member is not None and not self._member.eof:
            raise _invalid(self._request, "is no gzip: it ends too early")
        return self._held if self._zipped is None else b""

    def _next_member(self) -> None:
        self._members += 1
        if self._members > _MOST_MEMBERS:  # each costs a copy of what is left
            raise _invalid(self._request, f"is a gzip file of more than {_MOST_MEMBERS} members")
        self._member = zlib.decompressobj(_GZIP)


def unpacked(layers: Sequence[Gunzip], chunk: bytes) -> Iterator[bytes]:
    """A chunk through all layers, the outermost first."""
    if not layers:
        yield chunk
        return
    for piece in layers[0].pieces(chunk):
        yield from unpacked(layers[1:], piece)


def _is_text(kind: str) -> bool:
    return kind in _TEXTS or kind.endswith("+xml")


def _media_type(response: httpx2.Response) -> str:
    declared: str = response.headers.get("Content-Type", "")
    return declared.partition(";")[0].strip().lower()


def _invalid(request: httpx2.Request, what: str) -> SourceError:
    return SourceError(SourceReason.ANSWER_INVALID, f"the answer of {name_of(request)} {what}")


def _too_large(request: httpx2.Request, size: int) -> SourceError:
    return SourceError(
        SourceReason.ANSWER_TOO_LARGE, f"the answer of {name_of(request)} is larger than {size} bytes"
    )
