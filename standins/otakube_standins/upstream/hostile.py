# SPDX-License-Identifier: Apache-2.0
"""Pictures that attack whoever mirrors them. Nothing here executes or leaves the host."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Callable

from fastapi import Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from otakube_standins.upstream.pictures import DrawnPicture, draw

_SVG = b"""<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="225" height="350">
<script>alert(document.domain)</script>
<image href="file:///etc/passwd"/><rect width="225" height="350"/></svg>"""
_PRIVATE = "http://169.254.169.254/latest/meta-data/"  # the metadata service of clouds
_DRIP_SECONDS = 600


def _bomb(_: DrawnPicture, __: Request) -> Response:
    """A PNG of a kilobyte that claims 60,000 x 60,000 pixels: 10 GB once decoded."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000), 9)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    return Response(b"\x89PNG\r\n\x1a\n" + chunks, media_type="image/png")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _svg(_: DrawnPicture, __: Request) -> Response:
    return Response(_SVG, media_type="image/svg+xml")


def _svg_as_png(_: DrawnPicture, __: Request) -> Response:
    return Response(_SVG, media_type="image/png")


def _wrong_magic(_: DrawnPicture, __: Request) -> Response:
    page = b"<!DOCTYPE html><title>Not an image</title><script>alert(1)</script>"
    return Response(page, media_type="image/jpeg")


def _truncated(picture: DrawnPicture, __: Request) -> Response:
    body = draw(picture)
    return Response(body[: len(body) // 2], media_type=picture.media_type)


def _redirect_private(_: DrawnPicture, __: Request) -> Response:
    return RedirectResponse(_PRIVATE, 302)


def _redirect_loop(_: DrawnPicture, __: Request) -> Response:
    return RedirectResponse("?again", 302)


def _drip(picture: DrawnPicture, request: Request) -> Response:
    return StreamingResponse(_slowly(draw(picture), request), media_type=picture.media_type)


async def _slowly(body: bytes, request: Request) -> AsyncIterator[bytes]:
    pause = _DRIP_SECONDS / len(body)
    for offset in range(len(body)):
        if await request.is_disconnected():
            return
        yield body[offset : offset + 1]
        await asyncio.sleep(pause)


def _endless(_: DrawnPicture, request: Request) -> Response:
    return StreamingResponse(_forever(request), media_type="image/jpeg")


async def _forever(request: Request) -> AsyncIterator[bytes]:
    yield b"\xff\xd8\xff\xe0"
    while not await request.is_disconnected():
        yield bytes(65_536)
        await asyncio.sleep(0)


def _empty(_: DrawnPicture, __: Request) -> Response:
    return Response(b"", media_type="image/jpeg")


KINDS: dict[str | None, Callable[[DrawnPicture, Request], Response]] = {
    "bomb": _bomb, "svg": _svg, "svg-as-png": _svg_as_png, "wrong-magic": _wrong_magic,
    "truncated": _truncated,
    "redirect-private": _redirect_private, "redirect-loop": _redirect_loop, "drip": _drip,
    "endless": _endless,
    "empty": _empty,
}  # fmt: skip
