# SPDX-License-Identifier: Apache-2.0
"""Damaged datasets: a plan or the reason why there is none, never half a file."""

import os
import random
from datetime import date
from pathlib import Path

import zstandard

from fuzz.damaged_datasets import ROWS, damaged
from otakube.adapters.dataset_file import read_dataset
from otakube.domain.dataset.comparison import compare
from otakube.domain.dataset.limits import WeekLimits
from otakube.domain.dataset.rows import UnreadableDataset
from unit.otakube.domain.dataset.weeks import document, json_lines

COUNT = int(os.environ.get("FUZZ_DATASETS", "200"))
SEED = int(os.environ.get("FUZZ_SEED", "9"))


def test_a_damaged_dataset_is_planned_or_refused_with_a_reason(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    whole = read_dataset(_written(tmp_path, json_lines(ROWS)))
    refused = stopped = planned = 0
    for _ in range(COUNT):
        text = damaged(chance.choice((json_lines(ROWS), document(ROWS), document(ROWS, indent=1))), chance)
        packed = zstandard.ZstdCompressor().compress(text)
        content = chance.choice((text, packed, damaged(packed, chance)))
        try:
            file = read_dataset(_written(tmp_path, content))
        except UnreadableDataset:
            refused += 1
            continue
        found = compare(whole, file, today=date(2026, 11, 26), limits=WeekLimits())
        lost = len(found.changes.removed) + len(found.unreadable)
        if found.breached:
            stopped += 1
        else:
            planned += 1
            assert lost <= 0.06 * len(ROWS) + 1
    print(f"{COUNT} datasets: {refused} refused, {stopped} beyond a limit, {planned} planned")
    assert refused
    assert stopped
    assert planned


def _written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "week"
    path.write_bytes(content)
    return path
