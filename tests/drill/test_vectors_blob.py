# SPDX-License-Identifier: Apache-2.0
"""The vectors' blob of a version: superseding leaves newer ones alone, the scrubber misses a lost one."""

from collections import Counter
from pathlib import Path

import pytest

from drill import faults
from drill.checker import violations
from drill.places import Folders
from drill.records import made_id
from drill.schedule import Schedule
from drill.site import Site
from drill.test_chosen import LONG_SLEEP, SLEEP, played, run, stop
from otakube import failpoints
from otakube.failpoints import POINTS

# Points at which a version is live, and older ones are still to be superseded.
SUPERSEDING = POINTS[POINTS.index("S5.after") : POINTS.index("S6.after")]
# Points at which a commit in the making has put its blob.
BLOB_PUT = POINTS[POINTS.index("S3.after") : POINTS.index("S5.after")]


@pytest.mark.parametrize("asleep", SUPERSEDING)
async def test_superseding_leaves_the_blob_of_a_commit_in_the_making(
    memory_folder: Path, tally: "Counter[str]", monkeypatch: pytest.MonkeyPatch, asleep: str
) -> None:
    monkeypatch.setattr(failpoints, "_ARMED", faults.Passed())
    for number, at_work in enumerate(BLOB_PUT):
        schedule = Schedule(
            seed=f"superseded {asleep} {at_work}",
            actors=(run(1, begins=0), run(2, begins=60, attempts=6)),
            faults=(stop("run 1", asleep, SLEEP), stop("run 2", at_work, LONG_SLEEP)),
            live_before=True,
        )
        found, trace = await played(Folders(memory_folder), number, schedule)
        tally.update(drills=1, effective=1)
        assert not found, "\n".join(found)
        assert "VectorsMissing" not in " ".join(trace), "a scrub had to make it again"


async def test_superseding_leaves_the_blob_of_a_commit_that_ended_meanwhile(
    memory_folder: Path, tally: "Counter[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    """No intent names it any more: its version alone says that it is newer."""
    monkeypatch.setattr(failpoints, "_ARMED", faults.Passed())
    schedule = Schedule(
        seed="superseded by one that is done",
        actors=(run(1, begins=0), run(2, begins=60, attempts=6)),
        faults=(stop("run 1", "vectors.delete_before", SLEEP),),
        live_before=True,
    )
    found, trace = await played(Folders(memory_folder), 0, schedule)
    tally.update(drills=1, effective=1)
    assert not found, "\n".join(found)
    told = next(at for at, line in enumerate(trace) if "run 2: is told version" in line)
    woken = next(at for at, line in enumerate(trace) if "run 1: wakes before vectors.delete_before" in line)
    assert told < woken, "\n".join(trace)
    assert "VectorsMissing" not in " ".join(trace), "a scrub had to make it again"


def test_a_lost_blob_is_missed_and_made_again_before_the_points_need_it(
    site: Site, tally: "Counter[str]"
) -> None:
    entry_id = made_id("ani", "lost blob")
    content = site.content(entry_id, 1)
    with site.reader(entry_id, [content]) as reader:
        site.commit(content)
        [blob] = site.raw.keys(f"vectors/{entry_id}/")
        site.raw.s3.delete_object(Bucket=site.raw.at.bucket, Key=blob)
        found = [
            (one["damage"], one["outcome"])
            for one in site.scrub(full=True)["findings"]
            if one["subject"] == entry_id and one["damage"] != "ImageUnmapped"  # no run has mapped it
        ]
        assert found == [("VectorsMissing", "Repaired")]
        site.server("vectors").restart()
    tally.update(drills=1, effective=1, samples=reader.samples)
    assert reader.violations == []
    assert violations(site.raw, entry_id, live=content, committed=[content]) == []
