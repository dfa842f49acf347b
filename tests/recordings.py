# SPDX-License-Identifier: Apache-2.0
"""Answers of providers in files: fixtures of our own, and recordings of real answers where they are present.

The fixtures (`tests/fixtures/<provider>`) are invented, in the shapes of the recordings. The recordings lie
outside the project: in `../shared/data`, or in the folder that OTAKUBE_RECORDINGS names. Without them their
tests are skipped.
"""

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

FIXTURES = Path(__file__).parent / "fixtures"
RECORDINGS = Path(os.environ.get("OTAKUBE_RECORDINGS", Path(__file__).parents[2] / "shared/data"))
needs_recordings = pytest.mark.skipif(
    not (RECORDINGS / "jikan-v4").is_dir(), reason="recorded real answers are absent: set OTAKUBE_RECORDINGS"
)


@cache
def bodies(file: Path) -> list[Any]:
    """The answers in a file: a JSON document is one, a YAML cassette holds several."""
    text = file.read_text("utf-8")
    if file.suffix == ".json":
        return [json.loads(text)]
    return [json.loads(one["response"]["body"]["string"]) for one in yaml.safe_load(text)["interactions"]]


def body(file: Path) -> Any:
    """The first answer in a file."""
    return bodies(file)[0]


def fixtures(pattern: str, *, without: Iterable[str] = ()) -> list[Path]:
    """Our own files of a pattern below the fixtures' folder, but for the named ones."""
    return sorted(file for file in FIXTURES.glob(pattern) if file.stem not in without)


def each(ours: Iterable[Path], recorded: Iterable[Path]) -> list[Any]:
    """One parameter per file; one that is skipped with the reason where there are no recordings."""
    theirs = [pytest.param(file, id=f"recorded-{file.stem}") for file in sorted(recorded)]
    absent = [pytest.param(None, id="recorded", marks=needs_recordings)]
    return [pytest.param(file, id=f"ours-{file.stem}") for file in ours] + (theirs or absent)


def both(ours: Any, recorded: Any) -> list[Any]:
    """Two parameters: for the fixtures, and for the recordings where they are present."""
    return [pytest.param(*ours, id="ours"), pytest.param(*recorded, id="recorded", marks=needs_recordings)]
