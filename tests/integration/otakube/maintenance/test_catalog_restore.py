# SPDX-License-Identifier: Apache-2.0
"""`otakube catalog-restore` as pods run it, over embedded stores that were lost."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from lost_catalogue import FIRST, PAGE, over, whole_and_lost
from otakube.commands.catalog_restore import app
from otakube.commit.lease import take
from otakube.maintenance.snapshots import manifest as manifests
from otakube.maintenance.snapshots.manifest import SnapshotManifest
from shop import Shop
from snapshot_shop import ENTRIES, pictured


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A catalogue that has a snapshot, whole, and one of which nothing else is left."""
    whole, rest = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("rest")
    whole_and_lost(whole, rest)
    return {"whole": whole, "lost": rest}


@pytest.fixture
def whole(snapshots: dict[str, Path], tmp_path: Path) -> Path:
    shutil.copytree(snapshots["whole"], tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def emptied(snapshots: dict[str, Path], tmp_path: Path) -> Path:
    shutil.copytree(snapshots["lost"], tmp_path, dirs_exist_ok=True)
    return tmp_path


def newest(folder: Path) -> SnapshotManifest:
    return SnapshotManifest.model_validate_json((folder / "stores/objects" / manifests.LATEST).read_bytes())


def call(folder: Path, *words: str) -> Result:
    """Run one step."""
    places = [f"--objects=file:{folder}/stores", f"--termination-log={folder}/said"]
    return CliRunner().invoke(app, [*words, *places, f"--outputs={folder}/outputs"])


def output(folder: Path, name: str = "report") -> Any:
    text = (folder / "outputs" / name).read_text()
    return text if name == "snapshot" else json.loads(text)


def said(folder: Path) -> str:
    return (folder / "said").read_text()


def test_a_lost_catalogue_is_planned_brought_back_and_verified(
    emptied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGO_PROGRESS_FILE", str(emptied / "progress"))
    manifest = newest(emptied)
    assert call(emptied, "plan").exit_code == 0
    planned = output(emptied)
    assert (planned["outcomes"], planned["total"]) == ({"Restored": ENTRIES}, ENTRIES)
    assert planned["snapshot"]["digest"] == manifests.content_digest(manifest)
    assert (output(emptied, "snapshot"), output(emptied, "entries")) == (manifest.name, [])
    assert call(emptied, "plan").exit_code == 0
    assert output(emptied)["outcomes"] == {"Restored": ENTRIES}, "a plan writes nothing"
    assert call(emptied, "apply", f"--snapshot={manifest.name}").exit_code == 0
    applied = output(emptied)
    assert (applied["outcomes"], applied["withoutImages"]) == ({"Restored": ENTRIES}, 0)
    assert (emptied / "progress").read_text() == f"{ENTRIES}/{ENTRIES}\n"
    assert call(emptied, "verify", f"--snapshot={manifest.name}").exit_code == 0
    assert output(emptied) == {"matching": ENTRIES, "newer": 0, "differing": 0}
    assert call(emptied, "apply").exit_code == 0
    assert output(emptied)["outcomes"] == {"Same": ENTRIES}


def test_an_entry_is_named_by_its_page_and_the_others_stay_lost(emptied: Path) -> None:
    both = f"--entries={json.dumps([f'{PAGE}/its-title', FIRST])}"
    assert call(emptied, "plan", both).exit_code == 0
    assert (output(emptied)["total"], output(emptied, "entries")) == (1, [FIRST])
    assert call(emptied, "apply", both).exit_code == 0
    assert call(emptied, "verify").exit_code == 0
    assert output(emptied) == {"matching": 1, "newer": 0, "differing": ENTRIES - 1}


def test_newer_content_stays_or_is_replaced_as_was_chosen(whole: Path) -> None:
    async def newer(shop: Shop) -> None:
        await shop.commit(await pictured(shop, "snapshot 0", 99))

    over(whole, newer)
    assert call(whole, "plan").exit_code == 0
    assert output(whole)["outcomes"] == {"Same": ENTRIES - 1, "Newer": 1}
    assert output(whole)["entries"][0]["entry"] == FIRST
    assert call(whole, "plan", "--newer-content=Replace").exit_code == 0
    assert output(whole)["outcomes"] == {"Same": ENTRIES - 1, "Replaced": 1}
    assert call(whole, "verify").exit_code == 0
    assert output(whole) == {"matching": ENTRIES - 1, "newer": 1, "differing": 0}


def newer_form(folder: Path) -> None:
    change(folder, format=manifests.FORMAT + 1)


def newer_records(folder: Path) -> None:
    change(folder, record_schema=1_000)


def change(folder: Path, **values: int) -> None:
    latest = folder / "stores/objects" / manifests.LATEST
    latest.write_text(json.dumps(json.loads(latest.read_text()) | values))


def another_digest(folder: Path) -> None:
    part = next((folder / "stores/objects/snapshots").rglob("animes-*"))
    part.write_bytes(part.read_bytes() + b"\n")


def gone(folder: Path) -> None:
    next((folder / "stores/objects/snapshots").rglob("animes-*")).unlink()


@pytest.mark.parametrize(
    ("damage", "words", "says"),
    [
        (newer_form, [], "SnapshotNewer: snapshots/latest.json: its form is 2"),
        (newer_records, [], "SnapshotNewer: snapshot"),
        (another_digest, [], "SnapshotDamaged: snapshots/"),
        (gone, [], "SnapshotDamaged: snapshots/"),
        (None, ["--snapshot=20200101T000000Z"], "SnapshotMissing: there is no snapshot 20200101T000000Z"),
        (None, ["--snapshot=yesterday"], "SnapshotMissing: 'yesterday' is no name of a snapshot"),
        (None, ['--entries=["ani_01ARZ3NDEKTSV4RRFFQ69G5FAV"]'], "EntryUnknown: snapshot "),
        (None, ['--entries=["https://anilist.co/anime/987654"]'], "EntryUnknown: no entry of snapshot "),
        (None, ['--entries=["https://example.org/"]'], "SettingsInvalid: 'https://example.org/' is not"),
        (None, ["--entries=ani_1"], "SettingsInvalid: --entries must be a JSON list of texts, not 'ani_1'"),
    ],
)
def test_what_cannot_be_restored_from_ends_the_plan_with_its_cause_and_nothing_is_written(
    emptied: Path, damage: Callable[[Path], None] | None, words: list[str], says: str
) -> None:
    if damage is not None:
        damage(emptied)
    assert call(emptied, "plan", *words).exit_code == 65
    assert said(emptied).startswith(says)
    assert over(emptied, live) == 0


async def live(shop: Shop) -> int:
    return await (await shop.ports.rows()).live_entries()


def test_entries_that_commits_hold_are_tried_again(emptied: Path) -> None:
    async def held(shop: Shop) -> None:
        await shop.stores.ledger.prepare()
        await take(shop.stores.ledger, FIRST, owner="commit", seconds=3600, clock=shop.clock)

    over(emptied, held)
    assert call(emptied, "apply").exit_code == 75
    assert said(emptied).startswith(f"EntriesHeld: commits hold 1 entries, the rest is there: {FIRST}: ")
