# SPDX-License-Identifier: Apache-2.0
"""The commit over embedded stores, killed at every boundary and at random instants: whole or absent."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from drill.checker import Content, violations, visible_state
from drill.embedded import EmbeddedSite, embedded_site
from drill.records import made_id
from otakube.failpoints import POINTS

SEED = int(os.environ.get("DRILL_SEED", "20261126"))
RANDOM_KILLS = int(os.environ.get("DRILL_RANDOM", "6"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedSite]:
    yield from embedded_site(tmp_path_factory.mktemp("embedded"))


def scrubbed(site: EmbeddedSite, entry_id: str, old: Content, new: Content, before: str) -> None:
    """The scrubber leaves the new version whole, or the old one byte for byte."""
    assert site.scrub()["clean"]
    if site.raw.entry(entry_id)["digest"] == new.digest:
        assert violations(site.raw, entry_id, live=new, committed=[old, new]) == []
    else:
        assert visible_state(site.raw, entry_id) == before
        assert violations(site.raw, entry_id, live=old, committed=[old]) == []


@pytest.mark.matrix(every=3)
@pytest.mark.parametrize(("number", "point"), list(enumerate(POINTS)), ids=POINTS)
def test_a_commit_that_is_killed_at_a_boundary_is_whole_or_absent(
    site: EmbeddedSite, tally: "Counter[str]", number: int, point: str
) -> None:
    entry_id = made_id("ani", f"embedded {point}")
    old, new = site.content(entry_id, 1), site.content(entry_id, 2)
    site.commit(old)
    before = visible_state(site.raw, entry_id)
    with site.reader(entry_id, [old, new]) as reader:
        step = site.start(new, failpoint=f"{point}:kill")
        assert step.wait() == -9, step.describe()
        # Half of the cells meet the scrubber first, the other half the next attempt of the step.
        if number % 2:
            scrubbed(site, entry_id, old, new, before)
        outputs = site.commit(new)
    tally.update(drills=1, effective=1, repeated=1, samples=reader.samples)
    assert reader.violations == []
    assert violations(site.raw, entry_id, live=new, committed=[old, new], outputs=outputs) == []


@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_a_kill_at_a_random_instant_leaves_a_whole_entry(
    site: EmbeddedSite, tally: "Counter[str]", number: int
) -> None:
    source = random.Random(f"{SEED}/{number}")
    entry_id = made_id("ani", f"embedded random {SEED} {number}")
    old, new = site.content(entry_id, 1), site.content(entry_id, 2)
    site.commit(old)
    lasted = time.time() - site.begun(old)
    with site.reader(entry_id, [old, new]) as reader:
        step = site.start(new)
        site.begun(new)
        time.sleep(source.uniform(0, 0.6 * lasted))  # the rest of it is the process ending
        effective = site.at_work(new)
        step.kill()
        status = step.wait()
        assert status in {0, -9}, step.describe()
        outputs = step.outputs if status == 0 else site.commit(new)
    tally.update(drills=1, effective=effective, repeated=status != 0, samples=reader.samples)
    assert reader.violations == []
    assert violations(site.raw, entry_id, live=new, committed=[old, new], outputs=outputs) == []


def test_a_writer_that_meets_another_one_comes_back_later(site: EmbeddedSite, tally: "Counter[str]") -> None:
    """The vectors are one process's at a time: the second hears so, and commits when the first has ended."""
    entry_id = made_id("ani", "embedded race")
    first, second = site.content(entry_id, 1), site.content(entry_id, 2)
    holder = site.start(first, failpoint="S4.after:stop")
    assert holder.wait_stopped(), holder.describe()
    refused = site.start(second)
    assert refused.wait() == 75, refused.describe()
    assert "in use by another process" in refused.said
    holder.resume()
    assert holder.wait() == 0, holder.describe()
    outputs = site.commit(second)
    tally.update(drills=1, effective=1)
    assert violations(site.raw, entry_id, live=second, committed=[first, second], outputs=outputs) == []
