# SPDX-License-Identifier: Apache-2.0
"""The decoder: what it keeps of an image, and what it refuses."""

import io
import signal
import subprocess
import sys

import pytest
from PIL import Image, PngImagePlugin

from otakube.adapters.images.addresses import Allowed
from otakube.adapters.images.decoder import Limits, Unfit, clean, phash
from otakube.adapters.images.download import Download
from otakube.adapters.images.source import WebImages
from otakube.adapters.memory import PodMemory
from otakube.ports.images import ImageRefused
from pictures import bomb, encoded, picture

LIMITS = Limits(memory=96 * 2**20, size=2**20)


@pytest.mark.parametrize(
    ("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "png")]
)
def test_an_image_keeps_its_size_and_looks(kind: str, extension: str) -> None:
    facts, body = clean(encoded(picture(), kind), f"image/{kind.lower()}", LIMITS)
    assert (facts["extension"], facts["width"], facts["height"]) == (extension, 60, 90)
    assert (int(str(facts["phash"]), 16) ^ int(phash(Image.open(io.BytesIO(body))), 16)).bit_count() <= 4


def test_what_is_hidden_beside_the_pixels_stays_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-EXIF"
    jpeg = encoded(picture(), "JPEG", exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"SECRET-ICC" * 20)
    text = PngImagePlugin.PngInfo()
    text.add_text("note", "SECRET-TEXT")
    png = encoded(picture(), "PNG", pnginfo=text)
    for body, content_type in (
        (jpeg + b"SECRET-TAIL<script>", "image/jpeg"),
        (png + b"SECRET-TAIL", "image/png"),
    ):
        assert b"SECRET" in body
        assert b"SECRET" not in clean(body, content_type, LIMITS)[1]


def test_the_same_image_gives_the_same_bytes() -> None:
    body = encoded(picture(), "JPEG")
    assert clean(body, "image/jpeg", LIMITS) == clean(body, "image/jpeg", LIMITS)


def test_a_known_picture_has_the_hash_that_imagehash_gives_it() -> None:
    assert phash(picture()) == "cdcb343c6e917232"


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (bomb(60_000, 60_000), "image/png", "decompression bomb"),
        (bomb(7000, 7000), "image/png", "decompression bomb"),
        (encoded(picture(), "PNG")[:200], "image/png", "cannot be decoded"),
        (encoded(picture(), "PNG"), "image/jpeg", "cannot be decoded"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "cannot be decoded"),
        (b"\xff\xd8\xff" + b"\x00" * 5000, "image/jpeg", "cannot be decoded"),
        (
            encoded(picture(), "GIF", save_all=True, append_images=[Image.new("RGB", (60, 90))]),
            "image/gif",
            "moves",
        ),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "cannot be decoded"),
    ],
)
def test_a_hostile_file_is_refused_with_a_reason(body: bytes, content_type: str, said: str) -> None:
    with pytest.raises(Unfit, match=said):
        clean(body, content_type, LIMITS)


def downloaded(body: bytes, content_type: str) -> Download:
    return Download(bytearray(body), content_type)


async def test_the_child_survives_refusals_and_is_replaced_when_it_dies() -> None:
    async with WebImages(Allowed([], []), size=1 << 20, memory=PodMemory(768 * 2**20)) as source:
        good = encoded(picture(), "PNG")
        first = await source._clean(downloaded(good, "image/png"))
        with pytest.raises(ImageRefused, match="bomb"):
            await source._clean(downloaded(bomb(60_000, 60_000), "image/png"))
        assert source._child is not None
        source._child.kill()
        with pytest.raises(ImageRefused, match="more memory or time"):
            await source._clean(downloaded(good, "image/png"))
        assert await source._clean(downloaded(good, "image/png")) == first


BURNING = """
import time
from otakube.adapters.images import decoder
def burn(*_):
    while time.process_time() < 5:
        pass
    return {}, b""
decoder.CPU_SECONDS, decoder.clean = 0, burn
decoder.answer(b"image/png 9", b"", 9)
"""


def test_an_image_that_takes_more_processor_time_than_it_may_ends_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", BURNING], capture_output=True, check=False)
    assert done.returncode == -signal.SIGXCPU
