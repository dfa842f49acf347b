# SPDX-License-Identifier: Apache-2.0
"""Decodes images in a process of its own, shut in, with limits on memory and processor time.

A decoder is where a hostile file strikes. This one opens no file and no connection (`sandbox`), has no
secrets in its environment, and dies alone: the step notes the image as failed and starts another.
It reads and writes frames on standard input and output: four bytes of length, then a line, then the content.
A question's line is the content type and the most bytes that the cleaned image may have; an answer's is JSON.
"""

import io
import json
import resource
import struct
import sys
from pathlib import Path
from typing import BinaryIO, NamedTuple

from PIL import (
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,  # a JPEG of several pictures takes it, and nothing can be imported later
    PngImagePlugin,
    TiffImagePlugin,  # noqa: F401 - a JPEG with EXIF takes it
    WebPImagePlugin,
)

from otakube.adapters.images import sandbox
from otakube.adapters.images.colours import correct_transparency, grey, to_srgb

CPU_SECONDS = 5  # for one image
HEADER = struct.Struct(">I")


class Format(NamedTuple):
    """A decoder of Pillow's. `cost`: bytes of memory a pixel, measured on noise, which takes most."""

    name: str
    cost: int


FORMATS = {
    "image/jpeg": Format(JpegImagePlugin.JpegImageFile.format, 14),  # progressive: all coefficients at once
    "image/png": Format(PngImagePlugin.PngImageFile.format, 8),
    "image/gif": Format(GifImagePlugin.GifImageFile.format, 8),
    "image/webp": Format(WebPImagePlugin.WebPImageFile.format, 26),  # several whole canvases
}


class Limits(NamedTuple):
    """Bytes of memory to decode one image in, and of the file that it becomes."""

    memory: int
    size: int


class Unfit(Exception):
    """The image must not be stored; the message says why."""


def clean(body: bytes, content_type: str, limits: Limits) -> tuple[dict[str, object], bytes]:
    """Decode the pixels and write them anew: what else the file held stays behind."""
    kind = FORMATS[content_type]
    # Pillow looks at the header's size before it allocates, and refuses more than twice this.
    Image.MAX_IMAGE_PIXELS = limits.memory // kind.cost // 2
    try:
        image: Image.Image = Image.open(io.BytesIO(body), formats=[kind.name])
        if image.format == MpoImagePlugin.MpoImageFile.format:
            # A camera's JPEG: its other pictures are previews, depths or the other eye's.
            image.format = kind.name
        elif getattr(image, "is_animated", False):
            raise Unfit("it moves: only still images are stored")
        image.load()
        correct_transparency(image, body)
        turn_upright(image)
        image = to_srgb(image)
        extension, written = write_anew(image)
    except Unfit:
        raise
    except MemoryError as error:
        raise Unfit("decoding it takes more memory than an image may take") from error
    except Exception as error:  # decoders raise whatever they please
        raise Unfit(f"it cannot be decoded: {type(error).__name__} {error}"[:300]) from error
    if len(written) > limits.size:
        raise Unfit(f"it would be stored as {len(written)} bytes, more than {limits.size}")
    facts = {"extension": extension, "width": image.width, "height": image.height, "phash": phash(image)}
    return facts, written


def turn_upright(image: Image.Image) -> None:
    """Turn the pixels as EXIF or XMP says that they are to be seen, since neither is written."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except MemoryError:
        raise
    except Exception:  # noqa: S110 - metadata that cannot be read says nothing; the pixels are good
        pass


def write_anew(image: Image.Image) -> tuple[str, bytes]:
    """The pixels in the same format without metadata; a GIF becomes a PNG, which holds them as well."""
    file = io.BytesIO()
    seen = {key: value for key, value in image.info.items() if key == "transparency"}
    image.info.clear()  # comments, EXIF, XMP and colour profiles are written from here
    image.info.update(seen)  # which colours of a palette, or which one of all, are seen through
    if image.format == "JPEG":
        # The quantization of the original: no second loss to speak of. Other Huffman codes, since with the
        # same ones a script within the pixels would be written as it came.
        image.save(file, "JPEG", quality="keep", optimize=True)
        return "jpg", file.getvalue()
    if image.format == "WEBP":
        image.save(file, "WEBP", quality=90, method=2)  # others buffer as much again, for two hundredths
        return "webp", file.getvalue()
    image.save(file, "PNG", compress_level=3)
    return "png", file.getvalue()


def phash(image: Image.Image) -> str:
    """Perceptual hash: the 8 x 8 lowest frequencies against their median, as imagehash.phash has it.

    A cosine transform of 32 x 32 grey values takes a millisecond here; imagehash would bring scipy for it.
    """
    import math
    from statistics import median

    shades = grey(image).resize((32, 32), Image.Resampling.LANCZOS)
    pixels = shades.tobytes()
    waves = [[math.cos(math.pi * k * (2 * n + 1) / 64) for n in range(32)] for k in range(8)]
    rows = [pixels[32 * y : 32 * y + 32] for y in range(32)]
    across = [[sum(map(float.__mul__, wave, map(float, row))) for wave in waves] for row in rows]
    low = [sum(wave[y] * across[y][x] for y in range(32)) for wave in waves for x in range(8)]
    middle = median(low)
    return f"{int(''.join('1' if value > middle else '0' for value in low), 2):016x}"


def allow_cpu() -> None:
    """Give the next image its processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def answer(line: bytes, body: bytes, memory: int) -> tuple[bytes, bytes]:
    """The line and the content that answer one image."""
    content_type, _, size = line.decode().partition(" ")
    allow_cpu()
    try:
        facts, written = clean(body, content_type, Limits(memory, int(size)))
    except Unfit as unfit:
        facts, written = {"error": str(unfit)}, b""
    return json.dumps(facts).encode() + b"\n", written


def read_frame(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """The line and the content of one frame; None at the end of the stream."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    line = stream.readline()
    return line, stream.read(HEADER.unpack(header)[0] - len(line))


def warm_up() -> None:
    """Import all that decoding needs: afterwards no file can be opened."""
    for content_type, kind in FORMATS.items():
        file = io.BytesIO()
        Image.new("RGB", (2, 2)).save(file, kind.name)
        clean(file.getvalue(), content_type, Limits(1 << 20, 1 << 20))


def shut_in(memory: int) -> None:
    """Limit this process to `memory` bytes beside what it has, and to what decoding needs."""
    pages = int(Path("/proc/self/statm").read_text().partition(" ")[0])
    space = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sandbox.enter()


def main(memory: int) -> None:
    """Answer every frame until the input ends."""
    warm_up()
    shut_in(memory)
    while (question := read_frame(sys.stdin.buffer)) is not None:
        line, written = answer(*question, memory)
        for part in (HEADER.pack(len(line) + len(written)), line, written):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        del question, line, written  # before the next one comes


if __name__ == "__main__":
    main(int(sys.argv[1]))
