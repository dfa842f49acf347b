# SPDX-License-Identifier: Apache-2.0
"""`otakube sync run` killed with -9 while it writes, and started again: the digest is a quiet sync's.

KILLS sets how many. A reader polls all the while: whatever it sees is whole, and has its sources.
"""

import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from run_bench import OTAKUBE, SECONDS
from unit.otakube.domain.dataset.weeks import json_lines, row

KILLS = int(os.environ.get("KILLS", "2"))
SEED = int(os.environ.get("DRILL_SEED", "20261126"))
ROWS = 6_000
TRIES = 5
TODAY = datetime.now(UTC).date()
LISTED, CHANGED = "SELECT count(*) FROM listings", "SELECT count(*) FROM listings WHERE updated_at > ?"
WITHOUT_SOURCES = """
SELECT entry_id, value FROM listings, json_each(listing, '$.pages')
WHERE system_status = 'ACTIVE' AND NOT EXISTS (SELECT 1 FROM identities WHERE source_url = value)
"""
HALF = """
SELECT entry_id FROM listings WHERE NOT json_valid(listing)
OR json_array_length(listing, '$.pages') != json_array_length(listing, '$.listing.sources')
OR entry_id != json_extract(listing, '$.entry_id')
OR (json_extract(listing, '$.orphaned') IS NULL) != (system_status = 'ACTIVE')
OR (json_extract(listing, '$.orphaned') IS NULL) != (json_extract(listing, '$.orphaned_at') IS NULL)
"""


@dataclass
class SyncFolder:
    """Stores in a folder, and the command that takes weeks into them."""

    stores: Path
    digests: list[str] = field(default_factory=list)

    def start(self, week: Path) -> "subprocess.Popen[str]":
        """Start it."""
        limits = ["--allow=shrink=1", "--allow=changed=1000", "--allow=site=1"]
        command = [*OTAKUBE, "sync", "run", str(week), f"--stores={self.stores}", "--output=json", *limits]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "OTAKUBE_SECRETS_DIR": os.devnull,
        }
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def sync(self, week: Path) -> dict[str, Any]:
        """Run it to its end; the report."""
        with self.start(week) as process:
            out, error = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, error
        report: dict[str, Any] = json.loads(out)
        self.digests.append(report["digest"])
        return report

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a reader sees at this moment; nothing before the tables are made."""
        try:
            with closing(sqlite3.connect(self._file, uri=True, timeout=60)) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if str(error).startswith(("no such table", "unable to open")):
                return []
            raise

    def written(self, since: str) -> int:
        """Entries that were written after a time."""
        found = self.ask(CHANGED, since)
        return found[0][0] if found else 0

    @property
    def _file(self) -> str:
        return f"file:{self.stores / 'documents.sqlite3'}?mode=ro"


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A first week, and one in which most rows change, and others are merged, split, gone or new."""
    folder = tmp_path_factory.mktemp("weeks")
    rows = [row(f"No. {one}", str(one), f"https://kitsu.app/anime/{one}") for one in range(1, ROWS + 1)]
    merged = [one | {"sources": one["sources"] + two["sources"]} for one, two in pairs(rows[:800])]
    split = [one | {"sources": [url], "title": url} for one in rows[800:1200] for url in one["sources"]]
    changed = [one | {"episodes": 13} for one in rows[1600:5200]]
    new = [row(f"New {one}", str(ROWS + one)) for one in range(1, 801)]
    later = [*merged, *split, *changed, *new, *rows[5200:]]  # 400 are gone
    for name, week, day in (("first", rows, TODAY - timedelta(days=7)), ("later", later, TODAY)):
        (folder / f"{name}.jsonl").write_bytes(json_lines(week, day.isoformat()))
    return folder / "first.jsonl", folder / "later.jsonl"


def pairs(rows: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return zip(rows[::2], rows[1::2], strict=True)


@contextmanager
def reading(folder: SyncFolder) -> Iterator[list[int]]:
    """A reader that polls; how many entries it saw each time."""
    seen: list[int] = []
    wrong: list[tuple[Any, ...]] = []
    ended = threading.Event()

    def poll() -> None:
        while not ended.wait(0.02):
            wrong.extend(folder.ask(WITHOUT_SOURCES))
            wrong.extend(folder.ask(HALF))
            seen.extend(count for (count,) in folder.ask(LISTED))

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        yield seen
    finally:
        ended.set()
        reader.join()
    assert wrong == []


def kill_while_it_writes(folder: SyncFolder, week: Path, at: int, since: str) -> bool:
    """Kill the sync once it has written so many entries; False if it ended first."""
    with folder.start(week) as process:
        while process.poll() is None and folder.written(since) < at:
            time.sleep(0.005)
        process.kill()
        process.communicate()
    return process.returncode == -signal.SIGKILL


def cut_off(
    before: Path, folders: Iterator[Path], week: Path, marks: list[int]
) -> tuple[SyncFolder, list[int]]:
    """Stores in which syncs of a week were killed at these marks, and what each had written by then.

    Where this process gets no turn for as long as a sync takes, a sync ends first: begun again in new stores.
    """
    for stores in itertools.islice(folders, TRIES):
        if before.exists():
            shutil.copytree(before, stores)
        folder, since, written = SyncFolder(stores), datetime.now(UTC).isoformat(), []
        with reading(folder) as seen:
            for mark in marks:
                if not kill_while_it_writes(folder, week, mark, since):
                    break
                written.append(folder.written(since))
        if len(written) == len(marks):
            assert seen, "nobody read"
            return folder, written
    raise AssertionError(f"{TRIES} times a sync ended before it was killed")


def test_a_sync_that_is_killed_while_it_writes_goes_on_to_the_same_digest(
    tmp_path: Path, weeks: tuple[Path, Path]
) -> None:
    quiet, before = SyncFolder(tmp_path / "quiet"), tmp_path / "before"
    source, folders = random.Random(SEED), (tmp_path / f"killed-{number}" for number in itertools.count())
    for week in weeks:
        total = quiet.sync(week)["written"]
        killed, cuts = cut_off(before, folders, week, sorted(source.sample(range(1, total // 2), KILLS)))
        with reading(killed):
            report = killed.sync(week)
        assert all(0 < written < total for written in cuts), f"{cuts} of {total}"
        assert (report["resumed"], report["digest"]) == (True, quiet.digests[-1])
        assert 0 < report["written"] < total
        assert killed.sync(week)["written"] == 0
        shutil.copytree(quiet.stores, before, dirs_exist_ok=True)  # where the next week begins
