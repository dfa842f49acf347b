# SPDX-License-Identifier: Apache-2.0
"""Files that attack whoever mirrors them: damaged, bloated, moving, disguised, or carrying something else."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple

from PIL import Image, PngImagePlugin

from pictures import bomb, chunk, encoded, huge_webp, noise, picture

MARK = b"HOSTILE-MARK"
SCRIPT = b"<script>alert('" + MARK + b"')</script>"


class HostileFile(NamedTuple):
    """A file as a server sends it."""

    body: bytes
    content_type: str


def seeds() -> dict[str, bytes]:
    """Good files, with what must not survive in every place that their formats have for it."""
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    text = PngImagePlugin.PngInfo()
    text.add_text("note", SCRIPT.decode())
    text.add_itxt("XML:com.adobe.xmp", SCRIPT.decode(), zip=True)
    image, wide = picture(), noise(40_000)
    return {
        "image/jpeg": encoded(image, "JPEG", exif=exif, comment=SCRIPT, icc_profile=SCRIPT * 9),
        "image/jpeg;progressive": encoded(wide, "JPEG", progressive=True, subsampling=0),
        "image/jpeg;grey": encoded(wide.convert("L"), "JPEG"),
        "image/jpeg;cmyk": encoded(wide.convert("CMYK"), "JPEG"),
        "image/png": encoded(image, "PNG", pnginfo=text, icc_profile=SCRIPT * 9, exif=exif),
        "image/png;palette": encoded(wide.quantize(200), "PNG"),
        "image/png;alpha": encoded(wide.convert("RGBA"), "PNG"),
        "image/png;deep": encoded(wide.convert("I;16"), "PNG"),
        "image/gif": encoded(image, "GIF", comment=SCRIPT),
        "image/webp": encoded(image, "WEBP", exif=exif, icc_profile=SCRIPT * 9, xmp=SCRIPT),
        "image/webp;lossless": encoded(wide.convert("RGBA"), "WEBP", lossless=True),
    }


def hostile_files(count: int, draw: random.Random) -> list[HostileFile]:
    """Two thirds of them thought out, as far as there are so many; the others at random."""
    good = seeds()
    chosen = [*bloated(), *moving(), *disguised(good), *polyglots(good), *damaged_headers(good)]
    draw.shuffle(chosen)
    del chosen[count * 2 // 3 :]
    while len(chosen) < count:
        kind, body = draw.choice(sorted(good.items()))
        for _ in range(draw.choice((1, 1, 1, 2, 4))):
            body = draw.choice(MUTATIONS)(body, draw)
        chosen.append(HostileFile(body, kind.partition(";")[0]))
    return chosen


def bloated() -> list[HostileFile]:
    """Little to send, much to unfold."""
    png = b"\x89PNG\r\n\x1a\n"
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60, 90, 8, 2, 0, 0, 0))
    zeros = zlib.compress(bytes(64 << 20), 9)
    end = chunk(b"IDAT", zlib.compress(bytes(181 * 90))) + chunk(b"IEND", b"")
    text = chunk(b"zTXt", b"note\0\0" + zeros)
    profile = chunk(b"iCCP", b"p\0\0" + zeros)
    international = chunk(b"iTXt", b"note\0\1\0\0\0" + zeros)
    rows = chunk(b"IDAT", zeros) + chunk(b"IEND", b"")
    pngs = [header + text + end, header + profile + end, header + international + end, header + rows]
    scans = encoded(noise(4_000_000), "JPEG", progressive=True)
    last = scans.rindex(b"\xff\xda")
    return [
        HostileFile(huge_webp(8000, 5000), "image/webp"),
        HostileFile(huge_webp(16_383, 16_383), "image/webp"),
        *(HostileFile(bomb(*size), "image/png") for size in ((60_000, 60_000), (7000, 7000), (2**31 - 1, 1))),
        *(HostileFile(png + one, "image/png") for one in pngs),
        HostileFile(png + header + chunk(b"tEXt", b"k\0v") * 50_000 + end, "image/png"),
        HostileFile(scans[:last] + scans[last:-2] * 40 + b"\xff\xd9", "image/jpeg"),  # 40 passes
        HostileFile(b"\xff\xd8" + b"\xff\xe1\xff\xff" + bytes(65_533) * 20, "image/jpeg"),
        HostileFile(b"\xff\xd8\xff" + bytes(17 << 20), "image/jpeg"),
        HostileFile(gif_of(65_535, 65_535), "image/gif"),
        HostileFile(encoded(Image.new("L", (65_500, 1)), "JPEG"), "image/jpeg"),
        HostileFile(encoded(Image.new("1", (1, 60_000)), "PNG"), "image/png"),
    ]


def gif_of(width: int, height: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return head + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00;"


def moving() -> list[HostileFile]:
    """Files of several pictures."""
    frames = [picture(), noise(5400), picture((60, 90)).rotate(90)]
    files = [
        HostileFile(
            encoded(frames[0], kind, save_all=True, append_images=frames[1:]), f"image/{kind.lower()}"
        )
        for kind in ("GIF", "PNG", "WEBP")
    ]
    frame = gif_of(1, 1)[19:-1]
    many = gif_of(1, 1)[:-1] + frame * 200_000 + b";"
    mpo = encoded(frames[0], "MPO", save_all=True, append_images=frames[1:])
    return [*files, HostileFile(many, "image/gif"), HostileFile(mpo, "image/jpeg")]


def disguised(good: dict[str, bytes]) -> list[HostileFile]:
    """What is declared as an image and is something else, or another image."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("a", bytes(8 << 20))
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT
    svg += b'<image href="file:///etc/passwd"/></svg>'
    entities = (
        b'<!DOCTYPE s [<!ENTITY a "' + b"a" * 99 + b'"><!ENTITY b "' + b"&a;" * 99 + b'">]><svg>&b;</svg>'
    )
    others = [
        archive.getvalue(), svg, entities, b"<html>" + SCRIPT, b"%PDF-1.7\n" + SCRIPT, b"", bytes(99),
        b"\xff\xd8\xff", b"GIF89a", b"RIFF\xff\xff\xff\xffWEBP", b"\x89PNG\r\n\x1a\n", b"\x7fELF" + bytes(64),
        b"MZ" + bytes(64), b"#!/bin/sh\n", b"\0\0\0\x20ftypavif" + bytes(64), encoded(picture(), "BMP"),
        encoded(picture(), "TIFF"), encoded(picture(), "ICO"), encoded(picture(), "PPM"), b"8BPS" + bytes(40),
    ]  # fmt: skip
    kinds = [
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "image/svg+xml",
        "image/avif",
        "text/html",
        "",
    ]
    files = [HostileFile(body, kinds[at % len(kinds)]) for at, body in enumerate(others)]
    swapped = [HostileFile(body, kind) for body in list(good.values())[:1] for kind in kinds[1:]]
    return [*files, *swapped]


def polyglots(good: dict[str, bytes]) -> list[HostileFile]:
    """Good images with something after, before or within them."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("index.html", SCRIPT)
    tails = [
        archive.getvalue(),
        SCRIPT,
        b"%PDF-1.7\n" + MARK,
        b"<?php " + MARK,
        good["image/jpeg"],
        b"\0" * 100_000,
    ]
    kinds = [(kind.partition(";")[0], body) for kind, body in good.items()]
    after = [HostileFile(body + tail, kind) for kind, body in kinds for tail in tails[:2]]
    before = [HostileFile(tail + body, kind) for kind, body in kinds[:3] for tail in tails]
    comment = b"GIF89a/*" + good["image/gif"][8:] + b"*/=1;" + SCRIPT
    return [*after, *before, HostileFile(comment, "image/gif")]


def damaged_headers(good: dict[str, bytes]) -> list[HostileFile]:
    """Sizes that are not the picture's."""
    sizes = [(0, 0), (0, 1), (1, 0), (1, 1), (65_535, 65_535), (2**31, 2**31), (2**32 - 1, 2**32 - 1)]
    found = []
    for width, height in sizes:
        png = bytearray(good["image/png"])
        png[16:24] = struct.pack(">II", width, height)
        png[29:33] = struct.pack(">I", zlib.crc32(png[12:29]))
        jpeg = bytearray(good["image/jpeg;progressive"])
        at = jpeg.index(b"\xff\xc2") + 5
        jpeg[at : at + 4] = struct.pack(">HH", height & 0xFFFF, width & 0xFFFF)
        gif = bytearray(good["image/gif"])
        gif[6:10] = struct.pack("<HH", width & 0xFFFF, height & 0xFFFF)
        webp = bytearray(good["image/webp"])
        webp[24:30] = struct.pack("<I", width & 0xFFFFFF)[:3] + struct.pack("<I", height & 0xFFFFFF)[:3]
        bodies = {"png": png, "jpeg": jpeg, "gif": gif, "webp": webp}
        found += [HostileFile(bytes(body), f"image/{kind}") for kind, body in bodies.items()]
    return found


def truncate(body: bytes, draw: random.Random) -> bytes:
    return body[: draw.randrange(len(body) + 1)]


def flip(body: bytes, draw: random.Random) -> bytes:
    changed = bytearray(body or b"\0")
    for _ in range(draw.choice((1, 3, 10, 100))):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def insert(body: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(body) + 1)
    return body[:at] + draw.choice((SCRIPT, draw.randbytes(40), b"\xff" * 40, bytes(4000))) + body[at:]


def repeat(body: bytes, draw: random.Random) -> bytes:
    start, end = sorted(draw.randrange(len(body) + 1) for _ in range(2))
    return body[:end] + body[start:end] * draw.choice((1, 2, 50)) + body[end:]


def drop(body: bytes, draw: random.Random) -> bytes:
    start, end = sorted(draw.randrange(len(body) + 1) for _ in range(2))
    return body[:start] + body[end:]


def number(body: bytes, draw: random.Random) -> bytes:
    """A length or an offset, set to where arithmetic overflows."""
    at = draw.randrange(len(body) + 1)
    value = draw.choice((0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF))
    return body[:at] + struct.pack(draw.choice("<>") + "I", value) + body[at + 4 :]


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [
    truncate,
    flip,
    flip,
    insert,
    repeat,
    drop,
    number,
]
