# SPDX-License-Identifier: Apache-2.0
"""Posters, banners and portraits, drawn from a title's name: one name is one picture, byte for byte.

Drawn, because no picture of others may lie in the project, and mirroring needs real files that decode.
"""

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

_FONT_SIZE_DIVISOR = 12  # letters of a twelfth of the width: about 20 letters a line
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A drawing and its encoding. `hostile` names a kind of `hostile` that replaces the drawing."""

    motif: str  # equal motifs of equal size, format and quality are byte-identical
    caption: str
    width: int
    height: int
    format: Literal["JPEG", "PNG", "WEBP"] = "JPEG"
    quality: int = 85
    hostile: str | None = None

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self.format]


@lru_cache(maxsize=512)
def draw(picture: DrawnPicture) -> bytes:
    """Render and encode a picture."""
    canvas = _gradient(picture)
    _write_caption(canvas, picture.caption)
    buffer = io.BytesIO()
    canvas.save(buffer, picture.format, quality=picture.quality)
    return buffer.getvalue()


def _gradient(picture: DrawnPicture) -> Image.Image:
    seed = hashlib.sha256(picture.motif.encode()).digest()
    size = (picture.width, picture.height)
    ramp = Image.linear_gradient("L").rotate(seed[6] % 4 * 90).resize(size)
    canvas = Image.composite(
        Image.new("RGB", size, _colour(seed[0:3])), Image.new("RGB", size, _colour(seed[3:6])), ramp
    )
    pen = ImageDraw.Draw(canvas)
    for place in range(7, 19, 3):  # four discs, so that perceptual hashes differ between motifs
        x, y = seed[place] * size[0] // 256, seed[place + 1] * size[1] // 256
        radius = (seed[place + 2] % 64 + 32) * size[0] // 384
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(seed[place : place + 3]))
    return canvas


def _colour(seed: bytes) -> tuple[int, int, int]:
    return seed[0], seed[1], seed[2]


def _write_caption(canvas: Image.Image, caption: str) -> None:
    font = ImageFont.load_default(max(8, canvas.width // _FONT_SIZE_DIVISOR))
    lines = _lines("".join(letter if 32 <= ord(letter) < 383 else "?" for letter in caption)[:120])
    ImageDraw.Draw(canvas).multiline_text(
        (canvas.width // 2, canvas.height * 4 // 5), lines, "white", font, anchor="mm", align="center",
        stroke_width=2, stroke_fill="black",
    )  # fmt: skip


def _lines(caption: str, width: int = 18) -> str:
    lines = [""]
    for word in caption.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
