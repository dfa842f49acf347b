# SPDX-License-Identifier: Apache-2.0
"""Every boundary of the commit x before, in flight, after x step and each store killed; generated."""

import itertools
from collections import Counter
from dataclasses import dataclass, field

import pytest

from drill.checker import Content, violations, visible_state
from drill.proxy import Trap
from drill.records import made_id
from drill.site import RETRIABLE, Site, Step
from otakube.failpoints import BOUNDARIES, Boundary

MOMENTS = ("before", "in flight", "after")
VICTIMS = ("step", "documents", "vectors", "objects")
# What the request of each boundary's side effect contains on the wire.
MARKERS = {
    "S0": b"reviews",
    "S1": b"lease",
    "S2": b"Prepared",
    "S3": b"PUT /otakube/vectors/",
    "S4": b"PUT /collections/anime/points",
    "S5": b"outbox",
    "S6": b"POST /collections/anime/points/delete",
    "S7": b"PUT /otakube/audit/",
    "S8": b"Done",
}
CELLS = [
    pytest.param(boundary, moment, victim, number, id=f"{boundary.name}-{moment.replace(' ', '-')}-{victim}")
    for number, (victim, boundary, moment) in enumerate(itertools.product(VICTIMS, BOUNDARIES, MOMENTS))
]


@dataclass
class Subject:
    """The entry that the drills commit to, and its history; a new one after each failure."""

    entry_id: str
    history: list[Content] = field(default_factory=list)

    @property
    def live(self) -> Content | None:
        """The content that is live; None before the first commit."""
        return self.history[-1] if self.history else None


@pytest.fixture(scope="module")
def subjects() -> list[Subject]:
    """The entry that the last drill left whole, if it did."""
    return []


@pytest.fixture
def subject(site: Site, subjects: list[Subject], request: pytest.FixtureRequest) -> Subject:
    """An entry with a live version, so that half a commit would show."""
    if subjects:
        return subjects.pop()
    new = Subject(made_id("ani", request.node.nodeid))
    first = site.content(new.entry_id, 0)
    site.commit(first)
    new.history.append(first)
    return new


def test_every_boundary_has_a_marker_and_twelve_cells() -> None:
    assert set(MARKERS) == {boundary.name for boundary in BOUNDARIES}
    assert len(CELLS) == len(BOUNDARIES) * len(MOMENTS) * len(VICTIMS) == 108


@pytest.mark.matrix(every=5)
@pytest.mark.parametrize(("boundary", "moment", "victim", "number"), CELLS)
def test_a_commit_is_whole_or_absent_whoever_dies(
    site: Site,
    subject: Subject,
    subjects: list[Subject],
    tally: "Counter[str]",
    boundary: Boundary,
    moment: str,
    victim: str,
    number: int,
) -> None:
    content = site.content(subject.entry_id, number + 1)
    before = visible_state(site.raw, subject.entry_id)
    with site.reader(subject.entry_id, [*subject.history, content]) as reader:
        step, effective = strike(site, content, boundary, moment, victim)
        status = step.wait()
        assert status in {0, -9, RETRIABLE}, step.describe()
        # Half of the cells meet the scrubber first, the other half the next attempt of the step.
        if number % 2:
            scrubbed(site, subject, content, before, status)
        outputs = step.outputs if status == 0 else site.commit(content)
    subject.history.append(content)
    tally.update(drills=1, effective=effective, repeated=status != 0, samples=reader.samples)
    assert reader.violations == []
    assert effective, "the fault fell outside of the commit"
    found = violations(site.raw, subject.entry_id, live=content, committed=subject.history, outputs=outputs)
    assert found == []
    subjects.append(subject)


def strike(site: Site, content: Content, boundary: Boundary, moment: str, victim: str) -> tuple[Step, bool]:
    """Start the commit and kill the victim at the moment; whether the step was at work then."""
    if moment == "in flight":
        return strike_in_flight(site, content, boundary, victim)
    point = f"{boundary.name}.{moment}"
    if victim == "step":
        step = site.start(content, failpoint=f"{point}:kill")
        return step, step.wait() == -9
    step = site.start(content, failpoint=f"{point}:stop")
    stopped = step.wait_stopped()
    server = site.server(victim)
    server.kill()
    step.resume()
    server.start()
    return step, stopped


def strike_in_flight(site: Site, content: Content, boundary: Boundary, victim: str) -> tuple[Step, bool]:
    """Between the request of the boundary and its answer."""
    step = site.start(content, failpoint=f"{boundary.name}.before:stop")
    stopped = step.wait_stopped()
    server = None if victim == "step" else site.server(victim)
    trap = Trap(
        marker=MARKERS[boundary.name],
        action=server.kill if server else step.kill,
        # The boundary's own store dies with the request in hand, whoever else with the answer on its way.
        when="forwarded" if victim == boundary.store else "answered",
        withhold=victim in {"step", boundary.store},
    )
    site.proxies[boundary.store].arm(trap)
    step.resume()
    sprung = trap.sprung.wait(60)
    site.proxies[boundary.store].disarm()
    if server and sprung:
        server.start()
    return step, stopped and sprung


def scrubbed(site: Site, subject: Subject, content: Content, before: str, status: int) -> None:
    """After the scrubber the commit is wholly there, or the entry is as it was, byte for byte."""
    report = site.scrub()
    assert report["clean"], report
    live = site.raw.entry(subject.entry_id)["digest"] == content.digest
    assert live or status != 0, "an acknowledged commit is gone"
    if live:
        committed = [*subject.history, content]
        assert violations(site.raw, subject.entry_id, live=content, committed=committed) == []
    else:
        assert visible_state(site.raw, subject.entry_id) == before, "I9"
        found = violations(site.raw, subject.entry_id, live=subject.live, committed=subject.history)
        assert found == []
