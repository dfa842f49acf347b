# SPDX-License-Identifier: Apache-2.0
"""Memory of the step that mirrors images: measured in a process of its own, children included."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytest_httpserver import HTTPServer

from image_runs import mirror
from otakube.adapters.images.decoder import FORMATS
from otakube.adapters.memory import PodMemory
from otakube.settings import Settings
from pictures import encoded, huge_webp, noise

ON_ITS_SIDE = Image.Exif()
ON_ITS_SIDE[0x0112] = 6  # a quarter turn, for which there are two copies of the pixels for a while
MOST = 256  # MiB, of the step and its decoder together
DECODING = PodMemory(Settings().memory_limit_bytes).contents.total


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A server that goes on answering while one of its answers is not taken."""
    with HTTPServer(threaded=True) as started:
        yield started


def test_a_webp_of_34_bytes_and_40_megapixels_is_refused_and_remembered(
    server: HTTPServer, tmp_path: Path
) -> None:
    body = huge_webp(8000, 5000)
    assert len(body) == 34
    said = mirror(server, tmp_path, {"huge": (body, "image/webp")})
    assert "bomb" in said.outcomes["huge"]["error"]
    assert said.outcomes["huge"]["remembered"]
    assert said.mebibytes < MOST


def test_sixteen_large_images_at_once_are_stored_within_the_limit(server: HTTPServer, tmp_path: Path) -> None:
    body = encoded(noise(6_000_000), "JPEG") + bytes(11 << 20)  # as large to hold as a file may be
    assert 14_000_000 < len(body) < 16_000_000
    said = mirror(server, tmp_path, {f"large{n}": (body, "image/jpeg") for n in range(16)})
    assert said.mebibytes < MOST
    assert {one["error"] for one in said.outcomes.values()} == {None}


@pytest.mark.parametrize(
    ("kind", "more", "spread"),
    [
        ("JPEG", {"progressive": True, "subsampling": 0}, 60),
        ("JPEG", {"progressive": True, "subsampling": 0, "exif": ON_ITS_SIDE}, 60),
        ("PNG", {"compress_level": 1}, 4),
        ("WEBP", {"quality": 90, "method": 0}, 60),
        ("WEBP", {"lossless": True, "method": 0, "quality": 0}, 60),
    ],
)
def test_the_largest_image_of_each_kind_is_stored_and_a_larger_one_refused(
    kind: str, more: dict[str, Any], spread: int, server: HTTPServer, tmp_path: Path
) -> None:
    content_type = f"image/{kind.lower()}"
    pixels = DECODING // FORMATS[content_type].cost
    largest = encoded(noise(int(pixels * 0.99), spread), kind, **more)
    larger = encoded(Image.new("RGB", (1000, int(pixels * 1.01) // 1000)), kind)
    said = mirror(server, tmp_path, {"largest": (largest, content_type), "larger": (larger, content_type)})
    assert said.outcomes["largest"]["error"] is None
    assert "bomb" in said.outcomes["larger"]["error"]
    assert said.outcomes["larger"]["remembered"]
    assert said.mebibytes < MOST


def test_an_image_that_takes_more_than_its_header_promises_is_refused_within_the_limit(
    server: HTTPServer, tmp_path: Path
) -> None:
    pixels = DECODING // FORMATS["image/jpeg"].cost
    inks = noise(int(pixels * 0.99)).convert(
        "CMYK"
    )  # coefficients and pixels of four inks, and again to write them
    body = encoded(inks, "JPEG", progressive=True, subsampling=0)
    said = mirror(server, tmp_path, {"inks": (body, "image/jpeg")})
    assert said.outcomes["inks"]["error"]
    assert said.outcomes["inks"]["remembered"]
    assert said.mebibytes < MOST
