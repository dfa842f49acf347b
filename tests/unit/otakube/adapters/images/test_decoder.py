# SPDX-License-Identifier: Apache-2.0
"""The decoder: what it keeps of an image, and what it refuses."""

import io
import signal
import subprocess
import sys

import pytest
from PIL import Image, ImageChops, ImageStat, PngImagePlugin

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


def turned(orientation: int, kind: str, **more: object) -> bytes:
    """The picture as a camera stores it that was held so, with its word about that."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "SECRET-EXIF"
    image = picture().transpose(back[orientation]) if orientation in back else picture()
    return encoded(image, kind, exif=exif, **more)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_lies_on_its_side_is_turned(orientation: int, kind: str) -> None:
    facts, body = clean(turned(orientation, kind), f"image/{kind.lower()}", LIMITS)
    found = Image.open(io.BytesIO(body))
    assert (facts["width"], facts["height"], found.size) == (60, 90, (60, 90))
    assert looks_like(found.convert("RGB"), picture())
    assert found.getexif() == {}
    assert b"SECRET" not in body


def looks_like(one: Image.Image, other: Image.Image) -> bool:
    """No pixel differs by more than codecs do."""
    return ImageStat.Stat(ImageChops.difference(one, other).convert("L")).mean[0] < 8


def test_a_turn_that_xmp_alone_tells_is_made() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6"/></x:xmpmeta>'
    body = encoded(picture().transpose(Image.Transpose.ROTATE_90), "JPEG", xmp=xmp)
    assert looks_like(Image.open(io.BytesIO(clean(body, "image/jpeg", LIMITS)[1])), picture())


def of_a_camera(orientation: int) -> bytes:
    """A JPEG with a second picture behind it (MPO), as cameras and phones write it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    held = picture().transpose(Image.Transpose.ROTATE_90) if orientation == 6 else picture()
    other = Image.new("RGB", held.size, (0, 0, 255))
    return encoded(held, "MPO", save_all=True, append_images=[other], exif=exif)


@pytest.mark.parametrize("orientation", [1, 6])
def test_of_a_camera_s_pictures_the_first_is_kept(orientation: int) -> None:
    body = of_a_camera(orientation)
    assert Image.open(io.BytesIO(body)).format == "MPO"
    facts, written = clean(body, "image/jpeg", LIMITS)
    found = Image.open(io.BytesIO(written))
    assert (facts["extension"], found.format, found.size) == ("jpg", "JPEG", (60, 90))
    assert looks_like(found, picture())
    assert len(written) < len(body)


async def test_a_camera_s_picture_is_read_in_the_shut_in_child() -> None:
    async with WebImages(Allowed([], []), size=1 << 20, memory=PodMemory(768 * 2**20)) as source:
        found = await source._clean(downloaded(of_a_camera(6), "image/jpeg"))
    assert (found.width, found.height, found.content_type) == (60, 90, "image/jpeg")


UNREADABLE = (b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff", b"Exif\x00\x00", b"\xff" * 99)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("exif", UNREADABLE)
def test_exif_that_cannot_be_read_costs_no_picture(exif: bytes) -> None:
    facts, body = clean(encoded(picture(), "JPEG", exif=exif), "image/jpeg", LIMITS)
    assert (facts["width"], b"MM" in body[:400]) == (60, False)


async def test_a_picture_is_turned_in_the_shut_in_child() -> None:
    async with WebImages(Allowed([], []), size=1 << 20, memory=PodMemory(768 * 2**20)) as source:
        for kind in ("JPEG", "PNG", "WEBP"):
            found = await source._clean(downloaded(turned(6, kind), f"image/{kind.lower()}"))
            assert (found.width, found.height) == (60, 90)
        unreadable = encoded(picture(), "JPEG", exif=UNREADABLE[0])  # Pillow warns, with a line of its source
        assert (await source._clean(downloaded(unreadable, "image/jpeg"))).width == 60


def seen_through(kind: str) -> bytes:
    """A picture of which the corner is transparent, the way in which each kind of file says so."""
    image = picture()
    if kind == "RGBA":
        image.putalpha(Image.new("L", image.size, 255))
        image.putpixel((0, 0), (255, 0, 255, 0))
        return encoded(image, "PNG")
    if kind == "one colour":
        image.putpixel((0, 0), (255, 0, 255))
        return encoded(image, "PNG", transparency=(255, 0, 255))
    if kind == "one grey":
        grey = image.convert("L").point(lambda value: max(value, 1))
        grey.putpixel((0, 0), 0)
        return encoded(grey, "PNG", transparency=0)
    image.putpixel((0, 0), (255, 0, 255))
    few = image.quantize(16, dither=Image.Dither.NONE)
    through = few.getpixel((0, 0))
    alphas = bytes(0 if index == through else 255 for index in range(16))
    return (
        encoded(few, "GIF", transparency=through)
        if kind == "GIF"
        else encoded(few, "PNG", transparency=alphas)
    )


@pytest.mark.parametrize("kind", ["palette", "GIF", "one colour", "one grey", "RGBA"])
def test_what_is_transparent_stays_so(kind: str) -> None:
    body = seen_through(kind)
    before = Image.open(io.BytesIO(body)).convert("RGBA")
    content_type = "image/gif" if kind == "GIF" else "image/png"
    after = Image.open(io.BytesIO(clean(body, content_type, LIMITS)[1])).convert("RGBA")
    assert (before.getpixel((0, 0))[3], before.getpixel((30, 30))[3]) == (0, 255)  # type: ignore[index]  # RGBA
    assert after.tobytes() == before.tobytes()


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
