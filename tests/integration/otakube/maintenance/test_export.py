# SPDX-License-Identifier: Apache-2.0
"""The catalogue as files for other people: what licences hide is in none of them, and counted."""

from pathlib import Path
from typing import Any

import pytest

from drill import records
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Commit
from otakube.errors import Fatal, Retriable
from otakube.maintenance.snapshots.contents import SnapshotFile
from otakube.maintenance.snapshots.export import ExportWriter
from otakube.maintenance.snapshots.manifest import SnapshotManifest
from shop import Shop
from snapshot_shop import PART_BYTES, Cut, a_writer, contents, filled, pictured, rows_of

KITSU = {
    "provider": "Kitsu", "source_url": "https://kitsu.app/anime/1", "fetched_at": "2026-11-20T12:00:00Z",
    "licence": "none", "publishable": False,
}  # fmt: skip


async def hidden(shop: Shop, field: str) -> Commit:
    """An entry one of whose fields only a provider says whose words may not be published."""
    wanted = await pictured(shop, f"hidden {field}")
    made = wanted.record.model_dump(mode="json")
    said = {"provider": "Kitsu", "fetched_at": "2026-11-20T12:00:00Z", "licence": "none", "confidence": 1.0}
    made["entry"]["provenance"][field] = said | {"publishable": False}
    made["attributions"] = [KITSU]
    record = GoldenRecord.model_validate_json(records.body(made))
    digest = handover.digest(record)
    vectors = wanted.vectors.model_copy(update={"golden_digest": digest})
    return wanted.model_copy(update={"record": record, "digest": digest, "vectors": vectors})


async def exported(shop: Shop, target: Any) -> SnapshotManifest:
    writer = await a_writer(shop, target, part_bytes=PART_BYTES)
    options = {name: getattr(writer, name) for name in ("source", "target", "release", "clock", "monotonic")}
    return await ExportWriter(**options, part_bytes=PART_BYTES).export()


async def test_what_may_not_be_published_is_left_out_and_counted(shop: Shop, tmp_path: Path) -> None:
    await filled(shop, entries=1)
    await shop.commit(await hidden(shop, "genres"))
    await shop.commit(await hidden(shop, "type"))
    place = FolderObjects(tmp_path / "export")
    manifest = await exported(shop, place)
    reason = "Kitsu: its licence does not let it be published"
    assert manifest.withheld == {f"genres ({reason})": 1, f"type ({reason})": 1, "whole entries": 1}
    assert (manifest.entries, manifest.left_out_number, manifest.licences) == (2, 0, [])
    assert set(manifest.collections) == {"animes", "episodes", "characters"}
    rows = await rows_of(place, manifest, SnapshotFile.ANIMES)
    assert sorted(len(row["record"]["entry"]["genres"]) for row in rows) == [0, 1]
    assert {key async for key in place.list("")} == {part.key for part in manifest.parts} | {"manifest.json"}


async def test_cut_off_and_resumed_it_is_the_same(shop: Shop, tmp_path: Path) -> None:
    await filled(shop)
    whole = await exported(shop, FolderObjects(tmp_path / "whole"))
    with pytest.raises(Retriable):
        await exported(shop, Cut(tmp_path / "cut", 5))
    shop.later(60)
    assert contents(await exported(shop, FolderObjects(tmp_path / "cut"))) == contents(whole)


async def test_a_folder_that_has_an_export_is_left_alone(shop: Shop, tmp_path: Path) -> None:
    await exported(shop, FolderObjects(tmp_path))
    with pytest.raises(Fatal, match="has an export already"):
        await exported(shop, FolderObjects(tmp_path))
