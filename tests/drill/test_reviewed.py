# SPDX-License-Identifier: Apache-2.0
"""Records and suggestions that change in the bucket between the review and the commit."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from drill import records
from drill.checker import Content, digest, violations, visible_state
from drill.records import made_id
from drill.site import FATAL, Site

SUMMARY = "A short text that somebody suggested."


def changed(content: Content) -> Content:
    """The same run with another record, whole in itself: its vectors are made of it."""
    entry = content.golden["entry"] | {"synopsis": "Words that nobody reviewed."}
    golden = content.golden | {"entry": entry}
    return replace(content, golden=golden, vectors=records.vectors(golden, digest(golden)))


def test_a_record_that_changed_after_its_review_is_never_published(site: Site, tally: "Counter[str]") -> None:
    entry_id = made_id("ani", "changed after its review")
    live, reviewed = site.content(entry_id, 1), site.content(entry_id, 2)
    site.commit(live)
    before = visible_state(site.raw, entry_id)
    other = changed(reviewed)
    site.leave(other)
    refused = site.start(reviewed, decision="approve")
    assert refused.wait() == FATAL, refused.describe()
    assert "RecordChanged" in refused.said
    assert reviewed.digest in refused.said
    assert other.digest in refused.said
    assert visible_state(site.raw, entry_id) == before
    assert site.raw.db.reviews.find_one({"_id": reviewed.run}) is None, "nobody decided on that record"
    assert violations(site.raw, entry_id, live=live, committed=[live]) == []
    site.leave(reviewed)
    outputs = site.commit(reviewed)
    tally.update(drills=1, effective=1)
    assert violations(site.raw, entry_id, live=reviewed, committed=[live, reviewed], outputs=outputs) == []


def test_a_record_that_changes_while_it_is_committed_goes_live_as_it_was_reviewed(
    site: Site, tally: "Counter[str]"
) -> None:
    entry_id = made_id("ani", "changed while committed")
    reviewed = site.content(entry_id, 1)
    step = site.start(reviewed, failpoint="S0.before:stop")
    assert step.wait_stopped(), step.describe()
    site.leave(changed(reviewed))
    step.resume()
    assert step.wait() == 0, step.describe()
    tally.update(drills=1, effective=1)
    assert violations(site.raw, entry_id, live=reviewed, committed=[reviewed], outputs=step.outputs) == []


@pytest.mark.parametrize(("point", "published"), [("S4.after", False), ("S5.after", True)])
def test_the_next_attempt_refuses_a_changed_record_and_the_scrubber_ends_the_first(
    site: Site, tally: "Counter[str]", point: str, published: bool
) -> None:
    entry_id = made_id("ani", f"changed between attempts {point}")
    reviewed = site.content(entry_id, 1)
    killed = site.start(reviewed, failpoint=f"{point}:kill")
    assert killed.wait() == -9, killed.describe()
    site.leave(changed(reviewed))
    refused = site.start(reviewed)
    assert refused.wait() == FATAL, refused.describe()
    assert "RecordChanged" in refused.said
    site.scrub()
    tally.update(drills=1, effective=1)
    live = reviewed if published else None
    assert violations(site.raw, entry_id, live=live, committed=[reviewed] if published else []) == []


def suggestions(summary: str) -> dict[str, Any]:
    made = {"id": "summary", "kind": "Summary", "value": summary, "confidence": 0.5, "reason": "it is short"}
    return {"made_by": "drill@1", "suggestions": [made]}


def accepted(content: Content) -> Content:
    """The record that must be live once the summary is accepted: as reviewed, with the summary in it."""
    mark = {"field": "summary", "value": SUMMARY, "suggested_by": "drill@1", "accepted_by": "ilse"}
    entry = content.golden["entry"] | {"summary": SUMMARY, "accepted_suggestions": [mark]}
    golden = content.golden | {"entry": entry}
    return replace(content, golden=golden, vectors=records.vectors(golden, digest(golden)))


@pytest.mark.parametrize("written", [SUMMARY, "A text that nobody reviewed."], ids=["kept", "changed"])
def test_what_goes_live_is_the_reviewed_record_with_the_suggestion_as_it_was_reviewed(
    site: Site, tally: "Counter[str]", written: str
) -> None:
    entry_id = made_id("ani", f"suggestion {written}")
    reviewed = site.content(entry_id, 1)
    expected = accepted(reviewed)
    site.leave(replace(expected, golden=reviewed.golden))  # the record as reviewed, the vectors as embedded
    site.raw.put(f"{reviewed.run}/suggestions.json", records.body(suggestions(written)))
    options = ["--accepted", json.dumps(["summary"]), "--reviewer", "ilse"]
    options += ["--suggestions-digest", digest(suggestions(SUMMARY))]
    step = site.start(reviewed, *options, decision="approve")
    status = step.wait()
    tally.update(drills=1, effective=1)
    if written == SUMMARY:
        assert status == 0, step.describe()
        assert violations(site.raw, entry_id, live=expected, committed=[expected], outputs=step.outputs) == []
    else:
        assert status == FATAL, step.describe()
        assert "RecordChanged" in step.said
        assert site.raw.entry(entry_id) == {}
