# SPDX-License-Identifier: Apache-2.0
"""An earlier version brought back by a run: reviewed under every policy, committed as the next version."""

import json
import shutil
from typing import Any

from upstream_process import Outcome, Workbench

KEEPER = '--source-urls=["https://myanimelist.net/anime/70211"]'


def up_to_review(bench: Workbench, uid: str, *options: str) -> dict[str, str]:
    """A run up to its review, under the policy Never; all outputs."""
    shutil.rmtree(bench.folder / "bucket/objects/answers", ignore_errors=True)
    fetched = bench.step("fetch", *options, "--review-policy=Never", uid=uid)
    assert fetched.status == 0, fetched.failure
    staged = bench.step("stage", uid=uid)
    assert staged.status == 0, staged.failure
    made = bench.step("assemble", "--review-policy=Never", uid=uid)
    assert made.status == 0, made.failure
    return fetched.outputs | made.outputs


def publish(bench: Workbench, uid: str, outputs: dict[str, str]) -> str:
    """Make the run's record live; the version."""
    digest = f"--digest={outputs['digest']}"
    assert bench.step("embed", digest, "--accelerator=CPU", uid=uid).status == 0
    done = bench.step("commit", digest, "--decision=approve", "--reviewer=ilse", uid=uid)
    assert done.status == 0, done.failure
    return done.outputs["version"]


def content(record: Any) -> Any:
    """What readers see, without when it was put together and what the gates found."""
    passing = ("assembled_at", "gates", "findings")
    return {key: value for key, value in record.items() if key not in passing}


def rolled_back(bench: Workbench, entry_id: str, version: str, uid: str) -> Outcome:
    return bench.step("fetch", f"--anime-id={entry_id}", f"--rollback-to={version}", uid=uid)


def test_an_earlier_version_becomes_the_next_one_after_a_review(bench: Workbench) -> None:
    first = up_to_review(bench, "uid-1", KEEPER)
    assert publish(bench, "uid-1", first) == "1"
    bench.upstream.faults({"provider": "kitsu", "kind": "status", "status": 404})
    assert publish(bench, "uid-2", up_to_review(bench, "uid-2", KEEPER)) == "2"
    before, lost = bench.golden("uid-1"), bench.golden("uid-2")
    assert content(before) != content(lost)

    missing = rolled_back(bench, first["entry-id"], "7", "uid-3")
    assert missing.status == 65
    assert "it has no version '7'; there are 2, 1" in missing.failure

    bench.upstream.forget()
    entry, to = f"--anime-id={first['entry-id']}", "--rollback-to=1"
    back = up_to_review(bench, "uid-4", entry, to)
    assert bench.upstream.asked() == 0
    assert back["review"] == "Required"
    findings = json.loads(back["findings"])
    assert findings[0].startswith("version 1 of ")
    assert findings[0].endswith(" would replace 2")
    assert "providers.Kitsu: None -> fresh" in findings
    assert publish(bench, "uid-4", back) == "3"
    assert content(bench.golden("uid-4")) == content(before)
