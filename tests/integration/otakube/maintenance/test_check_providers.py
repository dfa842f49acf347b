# SPDX-License-Identifier: Apache-2.0
"""`otakube check providers` against the stand-in upstream: what is wrong with one stands in its row."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.history import SqliteHistory
from otakube.domain.checks.plausibility import Health, ProviderCondition
from otakube_api.contract import Provider
from otakube_standins.upstream.provider import otakube_environment
from raw_documents import SqliteFile
from upstream_process import Upstream

pytestmark = pytest.mark.integration
TITLE = "Hoshi no Toudaimori"
SECRETS = {
    "OTAKUBE_PROVIDERS__MYANIMELIST__CLIENT_ID": "secret-id",
    "OTAKUBE_PROVIDERS__ANIMESCHEDULE__TOKEN": "secret-token",
}


def check(upstream: Upstream, folder: Path, *options: str, **more: str) -> tuple[int, dict[str, Any], str]:
    """Exit status, rows by provider, and everything that was printed."""
    done = subprocess.run(
        [Path(sys.executable).with_name("otakube"), "check", "providers", "-o", "json",
         f"--title={TITLE}", *options, f"--objects=file:{folder}"],
        env={"PATH": os.defpath, "OTAKUBE_SECRETS_DIR": "/nonexistent"}
        | upstream.environment(**otakube_environment(upstream.url) | SECRETS) | more,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    rows = json.loads(done.stdout) if done.returncode < 2 else []
    return done.returncode, {row["provider"]: row for row in rows}, done.stdout + done.stderr


def only(*providers: str) -> list[str]:
    return [f"--provider={name}" for name in providers]


def test_every_provider_that_answers_is_ok_and_tells_its_budget(upstream: Upstream, tmp_path: Path) -> None:
    status, rows, printed = check(upstream, tmp_path)
    assert status == 0
    assert {name: row["state"] for name, row in rows.items()} == {one.value: "Ok" for one in Provider}
    assert rows["AniDB"]["remaining_today"] < 200
    assert all(row["breaker"] == "Closed" for row in rows.values())
    assert "secret" not in printed


def test_one_without_credentials_is_switched_off_and_no_trouble(upstream: Upstream, tmp_path: Path) -> None:
    status, rows, _ = check(
        upstream, tmp_path, *only("MyAnimeList"), OTAKUBE_PROVIDERS__MYANIMELIST__CLIENT_ID=""
    )
    assert status == 0
    assert rows["MyAnimeList"]["state"] == "SwitchedOff"
    assert "providers.myanimelist.client_id" in rows["MyAnimeList"]["message"]


@pytest.mark.parametrize(
    ("provider", "fault", "state"),
    [
        ("Jikan", {"provider": "jikan", "path": "/anime/*", "kind": "wrong-types"}, "Drifted"),
        ("Jikan", {"provider": "jikan", "kind": "stale"}, "Stale"),
        ("Kitsu", {"provider": "kitsu", "kind": "status", "status": 503}, "Unreachable"),
        ("AniList", {"provider": "anilist", "kind": "html"}, "Drifted"),
        ("Kitsu", {"provider": "kitsu", "path": "*/characters", "kind": "status", "status": 500}, "Drifted"),
    ],
)
def test_one_that_is_not_well_is_named_with_the_reason(
    upstream: Upstream, tmp_path: Path, provider: str, fault: dict[str, object], state: str
) -> None:
    upstream.faults(fault)
    status, rows, _ = check(upstream, tmp_path, *only(provider))
    assert (status, rows[provider]["state"]) == (1, state), rows
    assert rows[provider]["message"]


def test_a_title_that_a_provider_lacks_names_the_cure(upstream: Upstream, tmp_path: Path) -> None:
    status, rows, _ = check(upstream, tmp_path, "--title=Nothing", *only("Kitsu"))
    assert (status, rows["Kitsu"]["state"]) == (1, "Unreachable")
    assert rows["Kitsu"]["message"] == "NotFound: 'Nothing' is not found: check a title that it knows"


def test_one_that_enrichments_leave_out_is_told_with_the_evidence(upstream: Upstream, tmp_path: Path) -> None:
    kept = SqliteHistory(SqliteDocuments(tmp_path))
    asyncio.run(
        kept.set_health(
            Provider.KITSU, Health(state=ProviderCondition.SHRINKING, evidence="5 of 6 titles shrank")
        )
    )
    status, rows, _ = check(upstream, tmp_path, *only("Kitsu"))
    assert (status, rows["Kitsu"]["state"]) == (1, "Ignored")
    assert rows["Kitsu"]["message"] == "5 of 6 titles shrank"


def test_answers_that_were_kept_hide_no_outage(upstream: Upstream, tmp_path: Path) -> None:
    assert check(upstream, tmp_path, *only("Jikan"))[0] == 0
    upstream.faults({"provider": "jikan", "path": "/anime/*", "kind": "status", "status": 503})
    status, rows, _ = check(upstream, tmp_path, *only("Jikan"))
    assert (status, rows["Jikan"]["state"]) == (1, "Unreachable")


def test_a_changed_form_is_told_once(upstream: Upstream, tmp_path: Path) -> None:
    check(upstream, tmp_path, *only("AnimeSchedule"))
    known = SqliteFile(tmp_path / "documents.sqlite3")
    [row] = known.run("SELECT checked FROM provider_checks")
    kept = json.loads(row["checked"])
    path = next(one for one in kept["shape"] if "." in one and "[]" not in one)
    kept["shape"][f"{path}Old"] = kept["shape"].pop(path)
    known.run("UPDATE provider_checks SET checked = ?", json.dumps(kept))
    status, rows, _ = check(upstream, tmp_path, *only("AnimeSchedule"))
    assert (status, rows["AnimeSchedule"]["state"]) == (1, "Drifted")
    assert f"vanished: {path}Old; new: {path}" == rows["AnimeSchedule"]["message"]
    assert check(upstream, tmp_path, *only("AnimeSchedule"))[0] == 0


def as_asked_before(folder: Path, asked: str | None) -> None:
    """AniList's kept check, as of a release whose query did not ask for banners; its question where known."""
    known = SqliteFile(folder / "documents.sqlite3")
    [row] = known.run("SELECT checked FROM provider_checks")
    kept = json.loads(row["checked"])
    del kept["shape"]["anime.data.Media.bannerImage"]
    kept["questions"] = kept["questions"] | {"anime": asked} if asked else {}
    known.run("UPDATE provider_checks SET checked = ?", json.dumps(kept))


@pytest.mark.parametrize(("asked", "anew"), [("another question", "anime"), (None, "anime, further")])
def test_a_release_that_asks_for_more_starts_anew_and_tells_no_drift(
    upstream: Upstream, tmp_path: Path, asked: str | None, anew: str
) -> None:
    check(upstream, tmp_path, *only("AniList"))
    as_asked_before(tmp_path, asked)
    status, rows, _ = check(upstream, tmp_path, *only("AniList"))
    assert (status, rows["AniList"]["state"]) == (0, "Ok"), rows
    assert rows["AniList"]["message"].endswith(f"as another question is asked: {anew}")
    _, rows, _ = check(upstream, tmp_path, *only("AniList"))
    assert "another question" not in rows["AniList"]["message"]


def test_an_unknown_provider_is_named_with_those_that_there_are(upstream: Upstream, tmp_path: Path) -> None:
    status, _, printed = check(upstream, tmp_path, *only("MAL"))
    assert status == 2
    assert "'MAL' is no provider" in printed
    assert "AnimePlanet" in printed
