# SPDX-License-Identifier: Apache-2.0
"""Mirrors files over HTTP in a process of its own, and tells what became of each, and the peak of memory."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pytest_httpserver import HTTPServer

PROGRAM = Path(__file__).parent / "image_process.py"


class Mirrored(NamedTuple):
    mebibytes: int
    outcomes: dict[str, dict[str, Any]]  # by the file's name


def mirror(
    server: HTTPServer, folder: Path, files: Mapping[str, tuple[bytes, str]], *, together: bool = True
) -> Mirrored:
    """`files`: body and content type by name."""
    for name, (body, content_type) in files.items():
        server.expect_request(f"/{name}").respond_with_data(body, content_type=content_type)
    urls = {server.url_for(f"/{name}"): name for name in files}
    command = [sys.executable, PROGRAM, folder, "together" if together else "apart"]
    done = subprocess.run(command, input="\n".join(urls), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    said = json.loads(done.stdout.splitlines()[-1])
    return Mirrored(said["mebibytes"], {urls[url]: one for url, one in said["outcomes"].items()})
