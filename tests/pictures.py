# SPDX-License-Identifier: Apache-2.0
"""Pictures for tests: good ones, and PNG headers that promise more than there is."""

import io
import struct
import zlib

from PIL import Image, ImageDraw


def picture(size: tuple[int, int] = (60, 90)) -> Image.Image:
    image = Image.new("RGB", size, "navy")
    draw = ImageDraw.Draw(image)
    draw.ellipse((10, 10, 40, 50), fill="gold")
    draw.rectangle((20, 60, 55, 80), fill="crimson")
    return image


def noise(pixels: int, spread: int = 60) -> Image.Image:
    """The picture that takes decoders and encoders most memory and time; three high by two wide."""
    width = int((pixels * 2 / 3) ** 0.5)
    return Image.effect_noise((width, width * 3 // 2), spread).convert("RGB")


def encoded(image: Image.Image, kind: str, **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def bomb(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def huge_webp(width: int, height: int) -> bytes:
    """The header of a lossless WebP, 34 bytes long, that is one colour all over."""
    bits = (width - 1) | (height - 1) << 14
    stream = b"\x2f" + struct.pack("<I", bits) + b"\x00" * 5
    data = b"WEBPVP8L" + struct.pack("<I", len(stream)) + stream
    data += b"\x00" * (len(stream) % 2)
    return (b"RIFF" + struct.pack("<I", len(data)) + data).ljust(34, b"\x00")
