# SPDX-License-Identifier: Apache-2.0
"""Writers that sleep through their lease, race each other, were refused, or die at any instant."""

import os
import random
import time
from collections import Counter

import pytest

from drill.checker import violations
from drill.records import made_id
from drill.site import FATAL, RETRIABLE, Site, Step
from otakube.failpoints import POINTS

# Points at which the writer holds the lease and its version is not live yet.
HOLDING = POINTS[POINTS.index("S1.after") : POINTS.index("S5.after")]
# Points at which its version is live, and older ones are still to be superseded.
GOING_FORWARD = POINTS[POINTS.index("S5.after") : POINTS.index("S6.after")]
SEED = int(os.environ.get("DRILL_SEED", "20261120"))
RANDOM_KILLS = int(os.environ.get("DRILL_RANDOM", "6"))
WRITERS = 4


def lease_is_over(site: Site, entry_id: str) -> None:
    """Return when the lease that is stored is over by the clock."""
    lease = site.raw.entry(entry_id)["lease"]
    while time.time() <= lease["until"].timestamp():
        time.sleep(0.02)


@pytest.mark.matrix(every=3)
@pytest.mark.parametrize("point", HOLDING)
def test_a_writer_that_slept_through_its_lease_changes_nothing(
    site: Site, tally: "Counter[str]", point: str
) -> None:
    entry_id = made_id("ani", f"sleeper {point}")
    slept, woke = site.content(entry_id, 1), site.content(entry_id, 2)
    with site.reader(entry_id, [slept, woke]) as reader:
        sleeper = site.start(slept, failpoint=f"{point}:stop")
        assert sleeper.wait_stopped(), sleeper.describe()
        lease_is_over(site, entry_id)
        outputs = site.commit(woke)
        sleeper.resume()
        assert sleeper.wait() == RETRIABLE, sleeper.describe()
    tally.update(drills=1, effective=1, samples=reader.samples)
    assert "CommitFenced" in sleeper.said
    assert reader.violations == []
    assert violations(site.raw, entry_id, live=woke, committed=[woke], outputs=outputs) == []


def test_a_sleeper_does_not_slip_in_before_the_next_holder_commits(site: Site, tally: "Counter[str]") -> None:
    entry_id = made_id("ani", "slips in")
    slept, next_ = site.content(entry_id, 1), site.content(entry_id, 2)
    sleeper = site.start(slept, failpoint="S5.before:stop")
    assert sleeper.wait_stopped(), sleeper.describe()
    lease_is_over(site, entry_id)
    holder = site.start(next_, failpoint="S4.before:stop")
    assert holder.wait_stopped(), holder.describe()
    sleeper.resume()
    assert sleeper.wait() == RETRIABLE, sleeper.describe()
    assert site.raw.entry(entry_id).get("live_version") is None
    holder.resume()
    status = holder.wait()
    assert status in {0, RETRIABLE}, holder.describe()
    outputs = holder.outputs if status == 0 else site.commit(next_)
    tally.update(drills=1, effective=1)
    assert violations(site.raw, entry_id, live=next_, committed=[next_], outputs=outputs) == []


@pytest.mark.matrix(every=3)
@pytest.mark.parametrize("point", HOLDING[HOLDING.index("S2.after") :])
def test_a_sleeper_leaves_the_commit_that_overtook_it_alone(
    site: Site, tally: "Counter[str]", point: str
) -> None:
    """It wakes between its lease and the look at what older attempts left, and meets a newer one."""
    entry_id = made_id("ani", f"overtaken {point}")
    slept, next_ = site.content(entry_id, 1), site.content(entry_id, 2)
    sleeper = site.start(slept, failpoint="S1.after:stop")
    assert sleeper.wait_stopped(), sleeper.describe()
    lease_is_over(site, entry_id)
    holder = site.start(next_, failpoint=f"{point}:stop")
    assert holder.wait_stopped(), holder.describe()
    sleeper.resume()
    assert sleeper.wait() == RETRIABLE, sleeper.describe()
    assert "CommitFenced" in sleeper.said
    holder.resume()
    assert holder.wait() == 0, holder.describe()
    tally.update(drills=1, effective=1)
    found = violations(site.raw, entry_id, live=next_, committed=[next_], outputs=holder.outputs)
    assert found == []


@pytest.mark.matrix(every=3)
@pytest.mark.parametrize("point", GOING_FORWARD)
def test_a_sleeper_that_is_live_leaves_the_next_commit_alone(
    site: Site, tally: "Counter[str]", point: str
) -> None:
    """It wakes with superseding still to do, and meets the points and vectors of a commit in the making."""
    entry_id = made_id("ani", f"live sleeper {point}")
    slept, next_ = site.content(entry_id, 1), site.content(entry_id, 2)
    sleeper = site.start(slept, failpoint=f"{point}:stop")
    assert sleeper.wait_stopped(), sleeper.describe()
    lease_is_over(site, entry_id)
    holder = site.start(next_, failpoint="S4.after:stop")
    assert holder.wait_stopped(), holder.describe()
    sleeper.resume()
    assert sleeper.wait() == 0, sleeper.describe()
    holder.resume()
    assert holder.wait() == 0, holder.describe()
    tally.update(drills=1, effective=1)
    found = violations(site.raw, entry_id, live=next_, committed=[slept, next_], outputs=holder.outputs)
    assert found == []


def test_points_of_a_sleeper_that_dies_after_waking_are_swept(site: Site, tally: "Counter[str]") -> None:
    entry_id = made_id("ani", "sleeper that dies")
    slept, woke = site.content(entry_id, 1), site.content(entry_id, 2)
    sleeper = site.start(slept, failpoint="S4.before:stop,S5.before:kill")
    assert sleeper.wait_stopped(), sleeper.describe()
    lease_is_over(site, entry_id)
    site.commit(woke)
    sleeper.resume()
    assert sleeper.wait() == -9, sleeper.describe()
    stray = violations(site.raw, entry_id, live=woke, committed=[woke])
    assert [one.partition(":")[0] for one in stray] == ["I3"], "the stale points were to be there"
    swept = [
        found["outcome"] for found in site.scrub(full=True)["findings"] if found["damage"] == "PointsOrphaned"
    ]
    assert swept == ["Repaired"]
    tally.update(drills=1, effective=1)
    assert violations(site.raw, entry_id, live=woke, committed=[woke]) == []


def test_writers_that_race_commit_one_after_the_other(site: Site, tally: "Counter[str]") -> None:
    entry_id = made_id("ani", "race")
    contents = [site.content(entry_id, revision) for revision in range(1, WRITERS + 1)]
    with site.reader(entry_id, contents) as reader:
        steps = [site.start(content) for content in contents]
        for content, step in zip(contents, steps, strict=True):
            assert step.wait() in {0, RETRIABLE}, step.describe()
            if step.process.returncode:
                site.commit(content)
    events = sorted(site.raw.db.events.find({"entry_id": entry_id}), key=lambda e: e["version"])
    by_digest = {content.digest: content for content in contents}
    committed = [by_digest[event["digest"]] for event in events]
    tally.update(drills=1, effective=1, samples=reader.samples)
    assert len(committed) == WRITERS
    assert reader.violations == []
    assert violations(site.raw, entry_id, live=committed[-1], committed=committed) == []


def test_the_attempt_that_replaces_a_stopped_one_needs_not_wait_for_its_lease(site: Site) -> None:
    entry_id = made_id("ani", "replaced")
    content = site.content(entry_id, 1)
    first = site.start(content, failpoint="S4.after:stop")
    assert first.wait_stopped(), first.describe()
    assert site.start(content).wait() == 0
    first.resume()
    assert first.wait() == RETRIABLE, first.describe()
    assert violations(site.raw, entry_id, live=content, committed=[content]) == []


@pytest.mark.parametrize("decision", ["reject", ""])
def test_without_an_approval_nothing_is_written(site: Site, decision: str) -> None:
    entry_id = made_id("ani", f"refused {decision}")
    content = site.content(entry_id, 1)
    refused = site.start(content, decision=decision)
    assert refused.wait() == FATAL
    assert "ReviewRejected" in refused.said
    # A decision stands: the same run cannot be approved later.
    approved = site.start(content, decision="approve")
    assert approved.wait() == FATAL
    assert site.raw.entry(entry_id) == {}
    assert violations(site.raw, entry_id, live=None, committed=[]) == []


@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_a_kill_at_a_random_instant_leaves_a_whole_entry(
    site: Site, tally: "Counter[str]", number: int
) -> None:
    source = random.Random(f"{SEED}/{number}")
    entry_id = made_id("ani", f"random {SEED} {number}")
    old, new = site.content(entry_id, 1), site.content(entry_id, 2)
    site.commit(old)
    lasted = time.time() - site.begun(old)
    with site.reader(entry_id, [old, new]) as reader:
        step = site.start(new)
        victim = source.choice(["step", "documents", "vectors", "objects"])
        site.begun(new)
        time.sleep(source.uniform(0, 0.6 * lasted))  # the rest of it is the process ending
        effective = site.at_work(new)
        strike(site, step, victim)
        status = step.wait()
        assert status in {0, -9, RETRIABLE}, step.describe()
        outputs = step.outputs if status == 0 else site.commit(new)
    tally.update(drills=1, effective=effective, repeated=status != 0, samples=reader.samples)
    assert reader.violations == []
    assert violations(site.raw, entry_id, live=new, committed=[old, new], outputs=outputs) == []


def strike(site: Site, step: Step, victim: str) -> None:
    """Kill the victim; a store comes back at once."""
    if victim == "step":
        step.kill()
    else:
        site.server(victim).restart()
