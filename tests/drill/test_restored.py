# SPDX-License-Identifier: Apache-2.0
"""The document store of an entry erased by hand, or put back to an older state, by the page's procedure."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from drill.checker import Content, Json, Raw, violations
from drill.records import made_id
from drill.site import RETRIABLE, Site
from otakube.failpoints import POINTS

# Points at which the decision is stored and the version is not live yet.
UNDECIDED = POINTS[POINTS.index("S0.after") : POINTS.index("S5.after")]


@dataclass
class Documents:
    """All documents of one entry and its runs, whatever their collection: other drills use the others."""

    raw: Raw
    entry_id: str
    runs: list[str]
    kept: dict[str, list[Json]] = field(default_factory=dict)

    def backup(self) -> None:
        """Keep what is there."""
        self.kept = {
            name: list(self.raw.db[name].find(self._mine)) for name in self.raw.db.list_collection_names()
        }

    def restore(self) -> None:
        """Put back what was kept, over what is there; nothing, if nothing was."""
        for name in self.raw.db.list_collection_names():
            self.raw.db[name].delete_many(self._mine)
            if documents := self.kept.get(name):
                self.raw.db[name].insert_many(documents)

    @property
    def _mine(self) -> dict[str, Any]:
        own = [{"_id": self.entry_id}, {"entry_id": self.entry_id}, {"_id": {"$in": self.runs}}]
        return {"$or": own}


def documents(site: Site, entry_id: str, *contents: Content) -> Documents:
    return Documents(site.raw, entry_id, [content.run for content in contents])


def orphaned(report: Json, entry_id: str) -> list[str]:
    """What the scrubber found of an entry, with what became of it."""
    own = [found for found in report["findings"] if entry_id in found["subject"]]
    return sorted(f"{found['damage']} {found['outcome']}" for found in own)


@pytest.mark.parametrize("point", UNDECIDED)
def test_a_sleeper_s_token_is_not_valid_again_after_its_entry_was_erased(
    site: Site, tally: "Counter[str]", point: str
) -> None:
    """The counter begins again, and another holder has the sleeper's number when it wakes up."""
    entry_id = made_id("ani", f"erased {point}")
    slept, next_ = site.content(entry_id, 1), site.content(entry_id, 2)
    sleeper = site.start(slept, failpoint=f"{point}:stop")
    assert sleeper.wait_stopped(), sleeper.describe()
    token = site.raw.entry(entry_id).get("lease", {}).get("token")
    documents(site, entry_id, slept).restore()
    holder = site.start(next_, failpoint="S4.after:stop")
    assert holder.wait_stopped(), holder.describe()
    assert token in {None, site.raw.entry(entry_id)["lease"]["token"]}
    sleeper.resume()
    assert sleeper.wait() == RETRIABLE, sleeper.describe()
    assert "CommitFenced" in sleeper.said
    assert site.raw.entry(entry_id).get("live_version") is None
    holder.resume()
    assert holder.wait() == 0, holder.describe()
    swept(site)
    tally.update(drills=1, effective=1)
    found = violations(site.raw, entry_id, live=next_, committed=[next_], outputs=holder.outputs)
    assert found == []


def test_a_decision_that_was_erased_is_recorded_again_before_its_commit(
    site: Site, tally: "Counter[str]"
) -> None:
    entry_id = made_id("ani", "erased decision")
    slept = site.content(entry_id, 1)
    sleeper = site.start(slept, failpoint="S0.after:stop")
    assert sleeper.wait_stopped(), sleeper.describe()
    documents(site, entry_id, slept).restore()
    sleeper.resume()
    assert sleeper.wait() == RETRIABLE, sleeper.describe()
    assert f"the decision on {slept.run} is gone" in sleeper.said
    assert site.raw.entry(entry_id).get("live_version") is None
    outputs = site.commit(slept)
    tally.update(drills=1, effective=1)
    assert violations(site.raw, entry_id, live=slept, committed=[slept], outputs=outputs) == []


def swept(site: Site) -> Json:
    """The two scrubs of the procedure."""
    site.scrub()
    return site.scrub(full=True)


def test_points_and_vectors_of_the_lost_history_go_and_the_entry_is_enriched_again(
    site: Site, tally: "Counter[str]"
) -> None:
    """The lost commit had superseded the restored version: its points and vectors are nowhere any more."""
    entry_id = made_id("ani", "restored")
    kept, lost, again = (site.content(entry_id, revision) for revision in (1, 2, 3))
    site.commit(kept)
    stored = documents(site, entry_id, kept, lost)
    stored.backup()
    site.commit(lost)
    stored.restore()
    assert orphaned(swept(site), entry_id) == [
        "BlobOrphaned Repaired",
        "ImageUnmapped Repaired",
        "PointsMissing Failed",
        "PointsOrphaned Repaired",
        "VectorsMissing Failed",
    ]
    outputs = site.commit(again)
    copies = site.raw.keys(f"audit/{entry_id}/")
    assert len(copies) == 3, "the copy of the lost commit names the entry"
    tally.update(drills=1, effective=1)
    found = violations(site.raw, entry_id, live=again, committed=[kept, again], outputs=outputs)
    assert [one.partition(" [")[0] for one in found] == ["I5: audit copies"]


def test_points_and_vectors_that_a_lost_history_deleted_in_part_are_made_again(
    site: Site, tally: "Counter[str]"
) -> None:
    """Killed before it deleted the older version's vectors: the restored version's points come from them."""
    entry_id = made_id("ani", "restored in part")
    kept, lost = site.content(entry_id, 1), site.content(entry_id, 2)
    outputs = site.commit(kept)
    stored = documents(site, entry_id, kept, lost)
    stored.backup()
    step = site.start(lost, failpoint="S5.after:kill")
    assert step.wait() == -9, step.describe()
    site.raw.s3.delete_object(Bucket=site.raw.at.bucket, Key=vectors_of(site, entry_id, kept))
    stored.restore()
    assert orphaned(swept(site), entry_id) == [
        "BlobOrphaned Repaired",
        "ImageUnmapped Repaired",
        "PointsOrphaned Repaired",
        "VectorsMissing Repaired",
    ]
    tally.update(drills=1, effective=1)
    assert violations(site.raw, entry_id, live=kept, committed=[kept], outputs=outputs) == []


def vectors_of(site: Site, entry_id: str, content: Content) -> str:
    """The key of the vectors of what was live first."""
    event = site.raw.db.events.find_one({"entry_id": entry_id, "run": content.run}) or {}
    return f"vectors/{entry_id}/{event['version']}-{event['commit_key']}.json"


def test_a_sleeper_s_lease_that_was_restored_is_taken_over_by_the_scrub(
    site: Site, tally: "Counter[str]"
) -> None:
    """The backup has the lease and the open intent of a commit that sleeps since."""
    entry_id = made_id("ani", "restored lease")
    kept, slept = site.content(entry_id, 1), site.content(entry_id, 2)
    outputs = site.commit(kept)
    sleeper = site.start(slept, failpoint="S4.after:stop")
    assert sleeper.wait_stopped(), sleeper.describe()
    stored = documents(site, entry_id, kept, slept)
    stored.backup()
    until = site.raw.entry(entry_id)["lease"]["until"].timestamp()
    while time.time() <= until:
        time.sleep(0.02)
    stored.restore()
    assert "IntentOpen Repaired" in orphaned(site.scrub(), entry_id)
    sleeper.resume()
    assert sleeper.wait() == RETRIABLE, sleeper.describe()
    tally.update(drills=1, effective=1)
    assert violations(site.raw, entry_id, live=kept, committed=[kept], outputs=outputs) == []
