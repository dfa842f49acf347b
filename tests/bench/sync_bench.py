# SPDX-License-Identifier: Apache-2.0
"""Weeks of the dataset into the stores of a folder: the first one, the same again, and the next.

`make bench-sync`. Each sync is `otakube sync run` as a user starts it, timed as a whole. The rows are made by
a seed in the form of the real file, of which a week changes 2 %. Bars at 40,500 entries: the first week in at
most 10 minutes, each sync in at most 400 MB, and the same week again writes nothing. The first weeks of other
sizes are the slope; the last line is its exponent, 1 if the time grows as the entries do.
"""

import argparse
import hashlib
import json
import math
import os
import random
import sqlite3
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from dataset_bench import weeks

ENTRIES, SLOPE = 40_500, (5_000, 10_000, 20_000, 40_500, 80_000)
SECONDS, MEGABYTES = 600.0, 400.0
OTAKUBE = str(Path(sys.executable).with_name("otakube"))


class Synced(NamedTuple):
    """One `otakube sync run`, its start included."""

    seconds: float
    cpu: float
    megabytes: float  # at the peak
    report: dict[str, Any]


def main() -> int:
    """Print the report; 0 if each bar is met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=ENTRIES, help="entries of the three weeks")
    options.add_argument(
        "--slope", type=int, nargs="*", default=SLOPE, help="entries of the first weeks that are compared"
    )
    options.add_argument("--seed", type=int, default=9)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="otakube-bench-") as folder:
        met, first = three_weeks(Path(folder), given.entries, given.seed)
        times = {given.entries: first}
        for entries in given.slope:
            if entries not in times:
                times[entries] = first_week(Path(folder), entries, given.seed)
    print_slope({entries: times[entries] for entries in sorted({*given.slope, given.entries})})
    return 0 if met else 1


def three_weeks(folder: Path, entries: int, seed: int) -> tuple[bool, Synced]:
    """A first week, the same again, and the next one; whether the bars are met."""
    before, after = written(folder, entries, seed)
    stores = folder / f"stores-{entries}"
    first = sync(before, stores)
    print_synced(f"first week, {entries:,}", first)
    kept = content_of(stores)
    again = sync(before, stores)
    print_synced("the same again", again)
    same = again.report["written"] == 0 and content_of(stores) == kept
    print(f"the same week wrote nothing, and every document is as it was: {same}")
    later = sync(after, stores)
    print_synced("next week", later)
    print(f"  {', '.join(f'{count:,} {name}' for name, count in later.report['counts'].items() if count)}")
    peak = max(one.megabytes for one in (first, again, later))
    print(f"first week {first.seconds:.0f} s (bar {SECONDS:.0f}), peak {peak:.0f} MB (bar {MEGABYTES:.0f})")
    return same and first.seconds <= SECONDS and peak <= MEGABYTES, first


def first_week(folder: Path, entries: int, seed: int) -> Synced:
    """A first week of this size."""
    before, _ = written(folder, entries, seed)
    return sync(before, folder / f"stores-{entries}")


def written(folder: Path, entries: int, seed: int) -> tuple[Path, Path]:
    """Files of two weeks, made by another process: a peak counts what its parent held when it was started."""
    paths = folder / f"first-{entries}.jsonl", folder / f"next-{entries}.jsonl"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as maker:
        maker.submit(write, paths, entries, seed).result()
    return paths


def write(paths: tuple[Path, Path], entries: int, seed: int) -> None:
    """Write both."""
    for path, text in zip(paths, weeks(entries, random.Random(seed)), strict=True):
        path.write_bytes(text)


def sync(week: Path, stores: Path) -> Synced:
    """Run the command, and ask the kernel what it took."""
    report = stores.with_suffix(".json")
    begin = time.monotonic()
    with report.open("wb") as out:
        process = os.posix_spawn(
            OTAKUBE,
            [OTAKUBE, "sync", "run", str(week), f"--stores={stores}", "--allow=age=9999", "--output=json"],
            {**os.environ, "OTAKUBE_SECRETS_DIR": os.devnull},
            file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)],
        )
        _, status, used = os.wait4(process, 0)
    seconds = time.monotonic() - begin
    if status:
        raise SystemExit(f"otakube sync run ended with {os.waitstatus_to_exitcode(status)}: see above")
    return Synced(
        seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, json.loads(report.read_bytes())
    )


def content_of(stores: Path) -> str:
    """A digest of every table of the folder's documents."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(stores / "documents.sqlite3")) as documents:
        for line in documents.iterdump():
            digest.update(line.encode())
    return digest.hexdigest()


def print_synced(name: str, synced: Synced) -> None:
    """One line."""
    print(
        f"{name:20} {synced.seconds:6.1f} s, CPU {synced.cpu:6.1f} s, peak {synced.megabytes:4.0f} MB, "
        f"{synced.report['written']:,} entries written",
        flush=True,
    )


def print_slope(times: dict[int, Synced]) -> None:
    """First weeks by size, and how the CPU time grows from the smallest to the largest."""
    for entries, one in times.items():
        print(
            f"{entries:8,} entries {one.seconds:6.1f} s, CPU {one.cpu:6.1f} s, "
            f"{one.cpu / entries * 1000:.2f} ms an entry, peak {one.megabytes:4.0f} MB"
        )
    small, large = min(times), max(times)
    if small < large:
        exponent = math.log(times[large].cpu / times[small].cpu) / math.log(large / small)
        print(f"CPU time grows by entries to the power of {exponent:.2f}")


if __name__ == "__main__":
    sys.exit(main())
