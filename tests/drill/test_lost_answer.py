# SPDX-License-Identifier: Apache-2.0
"""The compare-and-set of S5 whose answer is lost on the wire, through the real driver."""

from collections import Counter

import pytest

from drill.checker import violations
from drill.proxy import Trap
from drill.records import made_id
from drill.site import RETRIABLE, Site


def armed(site: Site, *, withhold: bool, repeat: bool) -> Trap:
    """A trap for the request that makes a version live: the server has carried it out when it springs."""
    trap = Trap(marker=b"outbox", action=lambda: None, when="answered", withhold=withhold, repeat=repeat)
    site.proxies["documents"].arm(trap)
    return trap


def test_a_repeated_compare_and_set_that_finds_its_own_version_live_is_no_lost_race(
    site: Site, tally: "Counter[str]"
) -> None:
    entry_id = made_id("ani", "repeated compare-and-set")
    old, new = site.content(entry_id, 1), site.content(entry_id, 2)
    site.commit(old)
    with site.reader(entry_id, [old, new]) as reader:
        step = site.start(new, failpoint="S5.before:stop")
        assert step.wait_stopped(), step.describe()
        trap = armed(site, withhold=False, repeat=True)
        step.resume()
        status = step.wait()
    site.proxies["documents"].disarm()
    assert trap.sprung.is_set()
    assert status == 0, step.describe()
    tally.update(drills=1, effective=1, samples=reader.samples)
    assert reader.violations == []
    assert violations(site.raw, entry_id, live=new, committed=[old, new], outputs=step.outputs) == []


@pytest.mark.parametrize("scrubbed", [False, True], ids=["next attempt", "scrubber"])
def test_a_compare_and_set_whose_answer_is_lost_is_rolled_forward(
    site: Site, tally: "Counter[str]", scrubbed: bool
) -> None:
    entry_id = made_id("ani", f"lost compare-and-set {scrubbed}")
    old, new = site.content(entry_id, 1), site.content(entry_id, 2)
    site.commit(old)
    with site.reader(entry_id, [old, new]) as reader:
        step = site.start(new, failpoint="S5.before:stop")
        assert step.wait_stopped(), step.describe()
        trap = armed(site, withhold=True, repeat=False)
        step.resume()
        status = step.wait()
        site.proxies["documents"].disarm()
        assert trap.sprung.is_set()
        assert status in {0, RETRIABLE}, step.describe()
        if scrubbed:
            assert site.scrub()["clean"]
            assert violations(site.raw, entry_id, live=new, committed=[old, new]) == []
        outputs = step.outputs if status == 0 else site.commit(new)
    tally.update(drills=1, effective=1, repeated=status != 0, samples=reader.samples)
    assert reader.violations == []
    assert violations(site.raw, entry_id, live=new, committed=[old, new], outputs=outputs) == []
