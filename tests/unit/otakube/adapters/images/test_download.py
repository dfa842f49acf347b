# SPDX-License-Identifier: Apache-2.0
"""Downloads of pictures: the first bytes say what one is, whatever the server calls it."""

import pytest
from pytest_httpserver import HTTPServer

from otakube.adapters.images.addresses import Allowed
from otakube.adapters.images.source import WebImages
from otakube.adapters.memory import PodMemory
from otakube.ports.images import CleanImage, ImageRefused
from pictures import encoded, picture


async def fetched(server: HTTPServer, body: bytes, declared: str | None) -> CleanImage:
    headers = {} if declared is None else {"Content-Type": declared}
    server.expect_request("/a").respond_with_data(body, content_type=None, headers=headers)
    allowed = Allowed(hosts=[], private=["localhost", "127.0.0.1"])
    async with (
        WebImages(allowed, size=1 << 20, memory=PodMemory(768 * 2**20)) as source,
        source.fetch(server.url_for("/a")) as found,
    ):
        return found


@pytest.mark.parametrize(
    ("kind", "declared", "stored"),
    [
        ("PNG", "image/jpeg", "image/png"),
        ("PNG", "application/octet-stream", "image/png"),
        ("PNG", "binary/octet-stream", "image/png"),
        ("PNG", None, "image/png"),
        ("PNG", "image/x-png", "image/png"),
        ("JPEG", "image/jpg", "image/jpeg"),
        ("JPEG", "image/png; charset=binary", "image/jpeg"),
        ("JPEG", "image/*", "image/jpeg"),
        ("WEBP", "image/jpeg", "image/webp"),
        ("GIF", "text/plain", "image/png"),
    ],
)
async def test_a_good_picture_is_stored_with_its_true_type(
    httpserver: HTTPServer, kind: str, declared: str | None, stored: str
) -> None:
    found = await fetched(httpserver, encoded(picture(), kind), declared)
    assert (found.content_type, found.width, found.height) == (stored, 60, 90)


@pytest.mark.parametrize(
    "body",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!DOCTYPE html>",
        b"",
        b"RIFF\0\0\0\0WAVE",
        b"BM",
        b" GIF89a",
    ],
)
@pytest.mark.parametrize("declared", ["image/png", "image/svg+xml"])
async def test_anything_else_is_refused_for_good(httpserver: HTTPServer, body: bytes, declared: str) -> None:
    with pytest.raises(
        ImageRefused, match=f"first bytes are of none of .* declared as {declared[:9]}"
    ) as caught:
        await fetched(httpserver, body, declared)
    assert caught.value.lasting
