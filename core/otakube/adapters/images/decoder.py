# SPDX-License-Identifier: Apache-2.0
"""Decodes images in a process of its own, with limits on memory and processor time.

A decoder is where a hostile file strikes. This one has no secrets in its environment, and dies alone: the
step notes the image as failed and starts another. It reads and writes frames on standard input and output:
four bytes of length, then the content; an answer is a line of JSON, followed by the cleaned image.
"""

import io
import json
import resource
import struct
import sys
from typing import BinaryIO

from PIL import Image

MEMORY = (
    1 << 30
)  # bytes of address space: 40 megapixels in RGBA are 160 MB, twice while they are written anew
CPU_SECONDS = 10  # for one image
PIXELS = 40_000_000
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
HEADER = struct.Struct(">I")


class Unfit(Exception):
    """The image must not be stored; the message says why."""


def clean(body: bytes, content_type: str) -> tuple[dict[str, object], bytes]:
    """Decode the pixels and write them anew: what else the file held stays behind."""
    try:
        image = Image.open(io.BytesIO(body), formats=[FORMATS[content_type]])
        if image.width * image.height > PIXELS:
            raise Unfit(f"{image.width} x {image.height} is more than {PIXELS} pixels")
        if getattr(image, "n_frames", 1) > 1:
            raise Unfit("it moves: only still images are stored")
        image.load()
        extension, written = write_anew(image)
    except Unfit:
        raise
    except MemoryError as error:
        raise Unfit("decoding it takes more memory than an image may take") from error
    except Exception as error:  # decoders raise whatever they please
        raise Unfit(f"it cannot be decoded: {type(error).__name__} {error}"[:300]) from error
    facts = {"extension": extension, "width": image.width, "height": image.height, "phash": phash(image)}
    return facts, written


def write_anew(image: Image.Image) -> tuple[str, bytes]:
    """The pixels in the same format without metadata; a GIF becomes a PNG, which holds them as well."""
    file = io.BytesIO()
    image.info.clear()  # comments, EXIF, XMP and colour profiles are written from here
    if image.format == "JPEG":
        image.save(file, "JPEG", quality="keep")  # the tables of the original: no second loss to speak of
        return "jpg", file.getvalue()
    if image.format == "WEBP":
        image.save(file, "WEBP", quality=90)
        return "webp", file.getvalue()
    image.save(file, "PNG", compress_level=3)
    return "png", file.getvalue()


def phash(image: Image.Image) -> str:
    """Perceptual hash: the 8 x 8 lowest frequencies against their median, as imagehash.phash has it.

    A cosine transform of 32 x 32 grey values takes a millisecond here; imagehash would bring scipy for it.
    """
    import math
    from statistics import median

    grey = image.convert("L").resize((32, 32), Image.Resampling.LANCZOS)
    pixels = grey.tobytes()
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


def answer(body: bytes, content_type: str) -> bytes:
    """The answer to one image."""
    allow_cpu()
    try:
        facts, written = clean(body, content_type)
    except Unfit as unfit:
        facts, written = {"error": str(unfit)}, b""
    return json.dumps(facts).encode() + b"\n" + written


def read_frame(stream: BinaryIO) -> bytes | None:
    """One frame; None at the end of the stream."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    return stream.read(HEADER.unpack(header)[0])


def main() -> None:
    """Answer every frame until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = PIXELS
    Image.preinit()
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        content_type, _, body = frame.partition(b"\n")
        reply = answer(body, content_type.decode())
        sys.stdout.buffer.write(HEADER.pack(len(reply)) + reply)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
