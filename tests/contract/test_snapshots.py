# SPDX-License-Identifier: Apache-2.0
"""Every collection of the document stores is in a snapshot, or is left out for a stated reason."""

import re
from pathlib import Path

import pytest

from otakube.adapters.stores.mongodb import projections
from otakube.adapters.stores.mongodb import rows as mongodb_rows
from otakube.adapters.stores.sqlite import rows as sqlite_rows
from otakube.maintenance.snapshots.contents import LEFT_OUT, OF_ENTRIES, ROWS, SnapshotFile
from otakube.ports.rows import ROW_FORMS, RowCollection

STORES = Path(__file__).parents[2] / "core/otakube/adapters/stores"
TABLES = re.findall(r"CREATE TABLE (\w+)", (STORES / "sqlite/schema.sql").read_text())
COLLECTIONS = sorted(
    {
        name
        for path in (STORES / "mongodb").glob("*.py")
        for name in re.findall(r'documents\["(\w+)"\]', path.read_text())
    }
    | set(projections.NAMES)
)
HELD = {held.value for held in SnapshotFile}


def test_the_collections_are_found_in_the_code() -> None:
    assert {"animes", "identities", "merge_locks", "events"} <= set(COLLECTIONS) & set(TABLES)


@pytest.mark.parametrize("name", sorted({*TABLES, *COLLECTIONS}))
def test_a_snapshot_holds_a_collection_or_says_why_not(name: str) -> None:
    """A new one goes into maintenance/snapshots/contents.py: SnapshotFile and ROWS, or LEFT_OUT."""
    assert (name in HELD) != bool(LEFT_OUT.get(name))


def test_what_is_left_out_is_a_collection_of_a_store() -> None:
    assert set(LEFT_OUT) <= {*TABLES, *COLLECTIONS}


def test_each_file_is_written_from_somewhere_and_each_store_reads_its_rows() -> None:
    assert set(SnapshotFile) == {*OF_ENTRIES, *ROWS, SnapshotFile.MERGE_LOCKS}
    assert set(ROWS.values()) == set(ROW_FORMS) == set(RowCollection)
    assert set(mongodb_rows.COLLECTIONS) == set(sqlite_rows.TABLES) == set(RowCollection)
