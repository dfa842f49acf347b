# SPDX-License-Identifier: Apache-2.0
"""Pictures look after cleaning as they did before, whatever their profile, bits and transparency."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from otakube.adapters.images.addresses import Allowed
from otakube.adapters.images.decoder import Limits, clean
from otakube.adapters.images.download import Download, type_of
from otakube.adapters.images.source import WebImages
from otakube.adapters.memory import PodMemory
from pictures import chunk, encoded

LIMITS = Limits(memory=96 * 2**20, size=2**20)
SIDE = 16
GREY = (128, 128, 128)
SEEN = (188, 188, 188)  # what half of the light is in sRGB
WHITE = (0.9642, 1.0, 0.8249)
PRIMARIES = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))


def profile(space: bytes = b"RGB ", name: str = "Linear") -> bytes:
    """The colour profile of a screen whose light grows with the value, which sRGB's does not."""
    linear = _padded(b"curv" + bytes(4) + struct.pack(">IH", 1, 256))
    described = b"desc" + bytes(4) + struct.pack(">I", len(name) + 1) + name.encode() + bytes(79)
    tags = [(b"desc", _padded(described)), (b"cprt", _padded(b"text" + bytes(4) + b"none" + bytes(1)))]
    tags.append((b"wtpt", _xyz(WHITE)))
    if space == b"GRAY":
        tags.append((b"kTRC", linear))
    else:
        tags += [(name + b"XYZ", _xyz(one)) for name, one in zip((b"r", b"g", b"b"), PRIMARIES, strict=True)]
        tags += [(name + b"TRC", linear) for name in (b"r", b"g", b"b")]
    return _assembled(space, tags)


def _assembled(space: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    offset, table, data = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, body in tags:
        table += name + struct.pack(">II", offset + len(data), len(body))
        data += body
    size = 128 + len(table) + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02400000, b"mntr", space, b"XYZ ") + bytes(12)
    head += b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + data


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def png(depth: int, kind: int, row: bytes, *more: bytes) -> bytes:
    """A PNG of 16 equal rows of 16 pixels."""
    header = struct.pack(">IIBBBBB", SIDE, SIDE, depth, kind, 0, 0, 0)
    data = zlib.compress((b"\0" + row) * SIDE)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(more)
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def cleaned(body: bytes) -> Image.Image:
    content_type = type_of(body)
    assert content_type is not None
    return Image.open(io.BytesIO(clean(body, content_type, LIMITS)[1]))


def ends(image: Image.Image) -> list[tuple[int, ...]]:
    """The leftmost and the rightmost pixel, with their opacity."""
    seen = image.convert("RGBA")
    found = [seen.getpixel((x, 2)) for x in (1, seen.width - 2)]
    return [one for one in found if isinstance(one, tuple)]


def flat(mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (SIDE, SIDE), GREY)
    return image.quantize(2) if mode == "P" else image.convert(mode)


@pytest.mark.parametrize(
    ("kind", "mode", "space"),
    [
        ("JPEG", "RGB", b"RGB "), ("PNG", "RGB", b"RGB "), ("WEBP", "RGB", b"RGB "), ("JPEG", "L", b"GRAY"),
        ("PNG", "L", b"GRAY"), ("PNG", "P", b"RGB "), ("PNG", "RGBA", b"RGB "), ("WEBP", "RGBA", b"RGB "),
    ],
)  # fmt: skip
def test_a_picture_with_a_profile_looks_the_same_without_it(kind: str, mode: str, space: bytes) -> None:
    found = cleaned(encoded(flat(mode), kind, icc_profile=profile(space)))
    assert "icc_profile" not in found.info
    assert all(abs(one - other) <= 3 for one, other in zip(ends(found)[0], (*SEEN, 255), strict=True))


def test_the_colour_that_is_seen_through_stays_so_in_other_colours() -> None:
    found = cleaned(encoded(flat(), "PNG", icc_profile=profile(), transparency=GREY))
    assert ends(found) == [(*SEEN, 0)] * 2
    palette = encoded(flat("P"), "PNG", icc_profile=profile(), transparency=flat("P").getpixel((0, 0)))
    assert ends(cleaned(palette))[0][3] == 0


@pytest.mark.parametrize(
    "said",
    [
        b"garbage" * 50,
        profile()[:200],
        profile(b"GRAY"),
        profile(name="sRGB IEC61966-2.1"),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ],
)
def test_a_profile_that_says_nothing_new_changes_nothing(said: bytes) -> None:
    assert ends(cleaned(encoded(flat(), "PNG", icc_profile=said))) == [(*GREY, 255)] * 2


async def test_a_profile_is_read_in_the_shut_in_child() -> None:
    async with WebImages(Allowed((), ()), size=2**20, memory=PodMemory(2**29)) as images:
        found = await images._clean(
            Download(bytearray(encoded(flat(), "PNG", icc_profile=profile())), "image/png")
        )
    assert ends(Image.open(io.BytesIO(found.body))) == [(*SEEN, 255)] * 2


@pytest.mark.parametrize(
    ("body", "left", "right"),
    [
        (png(2, 0, b"\xff\xff\0\0", chunk(b"tRNS", b"\0\x03")), (255, 255, 255, 0), (0, 0, 0, 255)),
        (png(4, 0, b"\xff" * 4 + bytes(4), chunk(b"tRNS", b"\0\x0f")), (255, 255, 255, 0), (0, 0, 0, 255)),
        (png(1, 0, b"\xff\0", chunk(b"tRNS", b"\0\x01")), (255, 255, 255, 0), (0, 0, 0, 255)),
        (png(8, 0, b"\x07" * 8 + bytes(8), chunk(b"tRNS", b"\0\x07")), (7, 7, 7, 0), (0, 0, 0, 255)),
        (
            png(16, 2, b"\x12\x34\0\0\0\0" * 8 + bytes(48), chunk(b"tRNS", b"\x12\x34\0\0\0\0")),
            (0x12, 0, 0, 0),
            (0, 0, 0, 255),
        ),
        (png(16, 6, (b"\xff\xff" + bytes(4) + b"\x80\x80") * 16), (255, 0, 0, 128), (255, 0, 0, 128)),
        (png(16, 4, (b"\xff\xff\0\0") * 16), (255, 255, 255, 0), (255, 255, 255, 0)),
        (
            png(4, 3, b"\x11" * 4 + bytes(4), chunk(b"PLTE", b"\xff\0\0\0\xff\0"), chunk(b"tRNS", b"\0\x80")),
            (0, 255, 0, 128),
            (255, 0, 0, 0),
        ),
    ],
)
def test_what_is_seen_through_is_so_at_every_bit_depth(
    body: bytes, left: tuple[int, ...], right: tuple[int, ...]
) -> None:
    assert ends(cleaned(body)) == [left, right]


def test_a_picture_of_16_bits_has_the_hash_of_what_it_shows() -> None:
    shades = [x * 16 + y for x in range(16) for y in range(16)]
    deep = Image.frombytes("I;16", (16, 16), b"".join(struct.pack("<H", one * 256) for one in shades))
    plain = Image.frombytes("L", (16, 16), bytes(shades))
    hashes = [
        int(str(clean(encoded(one, "PNG"), "image/png", LIMITS)[0]["phash"]), 16) for one in (deep, plain)
    ]
    assert (hashes[0] ^ hashes[1]).bit_count() <= 2


@pytest.mark.parametrize("transform", [0, 2])
def test_a_jpeg_of_printing_inks_looks_the_same(transform: int) -> None:
    body = bytearray(
        encoded(Image.new("RGB", (SIDE, SIDE), (200, 30, 60)).convert("CMYK"), "JPEG", quality=95)
    )
    body[body.index(b"Adobe") + 11] = transform  # 2: YCCK
    before = Image.open(io.BytesIO(bytes(body))).convert("RGB")
    after = cleaned(bytes(body)).convert("RGB")
    assert all(abs(a - b) <= 6 for a, b in zip(ends(before)[0], ends(after)[0], strict=True))
