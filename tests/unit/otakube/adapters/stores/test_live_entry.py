# SPDX-License-Identifier: Apache-2.0
"""Live versions whose bookkeeping is of a wrong type: the entry and the field are named."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from golden import NOW, a_record
from otakube.adapters.stores.live_entry import Bookkeeping, live_entry
from otakube.adapters.stores.sqlite.catalogue import SqliteCatalogue
from otakube.adapters.stores.sqlite.connection import SqliteDocuments, as_text
from otakube.errors import Damaged

WHOLE: dict[str, Any] = {
    "live_version": 7, "commit_key": "key", "digest": "d1", "model": "minilm", "committed_at": NOW
}  # fmt: skip
WRONG = [
    ("live_version", "seven"),
    ("live_version", 0),
    ("live_version", True),
    ("commit_key", None),
    ("digest", 7),
    ("model", ["minilm"]),
    ("committed_at", "yesterday"),
    ("committed_at", 7),
]


def test_a_whole_one_is_the_entry() -> None:
    record = a_record(1)
    entry = live_entry(record.entry.id, Bookkeeping(**WHOLE), record.model_dump_json())
    assert (entry.version, entry.digest, entry.committed_at, entry.record) == (7, "d1", NOW, record)


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_field_of_a_wrong_type_is_named(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Bookkeeping.model_validate(WHOLE | {field: value})
    assert [fault["loc"] for fault in refused.value.errors()] == [(field,)]


@pytest.mark.parametrize(
    ("field", "value"), [("live_version", "seven"), ("digest", None), ("committed_at", "yesterday")]
)
async def test_a_row_of_sqlite_is_damaged_by_its_entry_and_field(
    field: str, value: object, tmp_path: Path
) -> None:
    record = a_record(1)
    row = WHOLE | {
        "entry_id": record.entry.id,
        "next_version": 8,
        "record": record.model_dump_json(),
        "committed_at": as_text(datetime.now(UTC)),
    }
    async with SqliteDocuments(tmp_path) as documents:
        catalogue = SqliteCatalogue(documents)
        with documents.statement("writing a row") as rows:
            names = ", ".join(row)
            rows.execute(
                f"INSERT INTO animes ({names}) VALUES ({', '.join('?' * len(row))})", [*row.values()]
            )
        assert await catalogue.entry(record.entry.id) is not None
        with documents.statement("damaging it") as rows:
            rows.execute(f"UPDATE animes SET {field} = ?", [value])
        with pytest.raises(Damaged, match=f"record of {record.entry.id} cannot be read \\({field}: Input"):
            await catalogue.entry(record.entry.id)
