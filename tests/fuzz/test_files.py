# SPDX-License-Identifier: Apache-2.0
"""Hostile files, mirrored as the step `assemble` does: an image or its failure, and nothing beside pixels."""

import io
import os
import random
from pathlib import Path

from PIL import Image
from pytest_httpserver import HTTPServer

from fuzz.hostile_files import MARK, hostile_files
from image_runs import mirror

COUNT = int(os.environ.get("FUZZ_FILES", "100"))
SEED = int(os.environ.get("FUZZ_SEED", "9"))
MOST_MEBIBYTES, MOST_SECONDS = 256, 10.0


def test_a_hostile_file_is_an_image_or_its_failure_and_nothing_of_it_is_stored(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    files = hostile_files(COUNT, random.Random(SEED))
    named = {f"{number}.bin": (one.body, one.content_type) for number, one in enumerate(files)}
    said = mirror(httpserver, tmp_path, named, together=False)
    assert said.outcomes.keys() == named.keys()
    slow = {name: one for name, one in said.outcomes.items() if one["cpu_seconds"] > MOST_SECONDS}
    assert not slow
    assert said.mebibytes <= MOST_MEBIBYTES
    for one in said.outcomes.values():
        assert (one["key"] is None) is bool(one["error"])
        assert "PermissionError" not in str(one["error"])  # something was imported too late
    stored = [path for path in (tmp_path / "images").rglob("*") if path.is_file()]
    assert len(stored) == len({one["key"] for one in said.outcomes.values()} - {None})
    for path in stored:
        assert only_pixels(path.read_bytes()), path
    refused = sum(one["key"] is None for one in said.outcomes.values())
    print(f"{len(files)} files: {refused} refused, {len(stored)} stored, {said.mebibytes} MiB")
    assert 0 < refused < len(files)


def only_pixels(body: bytes) -> bool:
    """A still image of one of three formats, with nothing that was hidden in the file that it was."""
    image = Image.open(io.BytesIO(body), formats=["JPEG", "PNG", "WEBP"])
    image.load()
    still = getattr(image, "n_frames", 1) == 1
    hidden = {"exif", "icc_profile", "comment", "xmp", "XML:com.adobe.xmp", "note"} & image.info.keys()
    return still and not hidden and MARK not in body and b"<script" not in body and b"PK\x03\x04" not in body
