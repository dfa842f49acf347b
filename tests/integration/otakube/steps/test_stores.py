# SPDX-License-Identifier: Apache-2.0
"""All steps with the real stores: identity, image map, live record and dead letters over their protocols."""

import json
import os
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import boto3
import pytest
from pymongo import MongoClient

from stores import Stores
from upstream_process import Upstream

OTAKUBE = Path(sys.executable).with_name("otakube")
FAILED = {"displayName": "stage", "phase": "Failed", "message": "Error (exit code 65): RecordInvalid: x"}


class Site:
    """A database of its own, and steps over it."""

    def __init__(self, folder: Path, stores: Stores, upstream: Upstream) -> None:
        name = f"t{token_hex(4)}"
        settings = {"mongodb_database": name, "qdrant_collection": name}
        self.folder, self.run, self.settings = folder, name, stores.settings(**settings)
        self.environment = {
            **upstream.environment(),
            **stores.environment(folder / "secrets", **settings),
            "PATH": os.defpath,
            "HOME": os.environ["HOME"],
        }

    def step(self, name: str, *options: str, generation: int = 1) -> dict[str, str]:
        """Run one step that must succeed; its outputs."""
        outputs = self.folder / f"outputs-{generation}" / name
        common = [f"--uid={self.run}", f"--generation={generation}", f"--outputs={outputs}"]
        done = subprocess.run(
            [OTAKUBE, "step", name, *common, *options, "--termination-log=/dev/null"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return {file.name: file.read_text() for file in outputs.glob("*")}


@pytest.fixture
def site(tmp_path: Path, stores: Stores, upstream: Upstream) -> Site:
    """Stores and upstream, joined."""
    return Site(tmp_path, stores, upstream)


def enrich(site: Site, *options: str, mode: str = "FullEnrichment", generation: int = 1) -> dict[str, str]:
    """From fetch to commit; all outputs."""
    outputs = site.step("fetch", *options, f"--mode={mode}", generation=generation)
    site.step("stage", f"--mode={mode}", generation=generation)
    outputs |= site.step("assemble", f"--mode={mode}", "--review-policy=Never", generation=generation)
    digest = f"--digest={outputs['digest']}"
    site.step("embed", digest, generation=generation)
    return outputs | site.step("commit", digest, "--decision=automatic", generation=generation)


def test_an_enrichment_then_an_episode_update_of_the_same_entry(site: Site) -> None:
    first = enrich(site, "--title=Hoshi no Toudaimori")
    again = enrich(site, f"--anime-id={first['entry-id']}", mode="EpisodeUpdate", generation=2)
    assert again["entry-id"] == first["entry-id"]
    assert int(again["version"]) > int(first["version"])
    assert again["images-failed"] == "0"
    site.step("conclude", "--status=Succeeded")


def test_a_second_enrichment_keeps_every_id(site: Site) -> None:
    first = enrich(site, "--title=Hoshi no Toudaimori")
    again = enrich(site, '--source-urls=["https://kitsu.app/anime/61204"]', generation=2)
    assert again["entry-id"] == first["entry-id"]
    assert again["images-stored"] == first["images-stored"]


def test_a_dead_letter_reaches_both_stores(site: Site) -> None:
    site.step("fetch", "--title=Hoshi no Toudaimori")
    failures = json.dumps([FAILED])
    site.step("conclude", "--status=Failed", f"--failures={failures}", "--enrichment=demo/hoshi")
    site.step("conclude", "--status=Failed", f"--failures={failures}", "--enrichment=demo/hoshi")
    settings = site.settings
    with MongoClient[dict[str, str]](settings.mongodb_uri.get_secret_value()) as client:
        [stored] = client[settings.mongodb_database].dead_letters.find()
    assert (stored["step"], stored["reason"]) == ("stage", "RecordInvalid")
    bucket = boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        aws_access_key_id=settings.s3_access_key_id.get_secret_value(),
        aws_secret_access_key=settings.s3_secret_access_key.get_secret_value(),
        region_name=settings.s3_region,
    )
    copy = bucket.get_object(Bucket=settings.s3_bucket, Key=f"dead-letters/{site.run}-1-1.json")
    letter = json.loads(copy["Body"].read())
    assert letter["enrichment"] == "demo/hoshi"
    assert f"work/{site.run}/1-1/fetch/summary.json" in letter["objects"]


STOPPED = {"displayName": "commit(0)", "phase": "Failed", "message": "workflow shutdown with strategy:  Stop"}


def test_a_run_that_was_stopped_after_its_version_went_live_says_so_and_leaves_no_object(site: Site) -> None:
    committed = enrich(site, "--title=Hoshi no Toudaimori")
    stopped = f"--failures={json.dumps([STOPPED])}"
    assert site.step("conclude", "--status=Failed", stopped) == {
        name: committed[name] for name in ("entry-id", "version", "digest")
    }


def test_a_run_that_was_stopped_before_its_commit_says_nothing_of_another_runs_version(site: Site) -> None:
    first = enrich(site, "--title=Hoshi no Toudaimori")
    site.step("fetch", f"--anime-id={first['entry-id']}", generation=2)
    stopped = f"--failures={json.dumps([STOPPED])}"
    assert site.step("conclude", "--status=Failed", stopped, generation=2) == {}


def test_an_approval_in_spite_of_doubts_is_kept_and_nobody_is_asked_again(site: Site) -> None:
    pages = ["https://anilist.co/anime/210902", "https://myanimelist.net/anime/70211"]
    gates = []
    for generation in (1, 2):
        site.step("fetch", f"--source-urls={json.dumps(pages)}", generation=generation)
        site.step("stage", generation=generation)
        shown = site.step("assemble", "--review-policy=OnLowConfidence", generation=generation)
        gates.append([one["gate"] for one in json.loads(shown["gates"])])
        digest = f"--digest={shown['digest']}"
        site.step("embed", digest, generation=generation)
        answer = ("--decision=approve", "--reviewer=ilse", "--note=one story in two cuts")
        site.step("commit", digest, *answer, generation=generation)
    assert "Identity" in gates[0]
    assert "Identity" not in gates[1]
    with MongoClient(site.settings.mongodb_uri.get_secret_value()) as client:
        [kept] = client[site.run]["merge_locks"].find()
    assert set(pages) <= set(kept["pages"])
    assert (kept["lock"]["kind"], kept["lock"]["decided_by"]) == ("Same", "ilse")
    assert kept["lock"]["note"] == "one story in two cuts"
