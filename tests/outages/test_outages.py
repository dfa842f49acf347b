# SPDX-License-Identifier: Apache-2.0
"""Outages of the installed Otakube: said within thirty seconds wherever a person looks, healed by itself.

`make test-outages`; `OUTAGES=redis,objects` chooses some. It breaks the installation, so nothing else may
run on the cluster meanwhile.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from e2e import kube, observer, titles
from outages import signs
from outages.kinds import OUTAGES, Outage

LIMIT = 30.0
CHOSEN = [each for each in os.environ.get("OUTAGES", "").split(",") if each]
ROWS: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    """Print what was measured, whatever failed."""
    yield
    print("\n| outage | step | reason | `get` | Event | log | metric | Ready after the end |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(ROWS))


def measured(name: str, outage: Outage) -> str:
    """One outage from its beginning to its end; the row of the table."""
    before = signs.samples(outage)
    spec = {"anime": titles.generated(outage.title), "review": {"policy": "Never"}, **outage.spec}
    with outage.breaks():
        kube.apply(name, spec)
        found = signs.watch(name, outage, before)
    ended = time.monotonic()
    print(f"{datetime.now(UTC):%H:%M:%S} {outage.name}: {found}")
    observer.wait(name, observer.is_true("Ready"), seconds=900)
    healed = time.monotonic() - ended
    seconds = [found.after(place) for place in signs.PLACES]
    cells = [outage.what, found.step or "-", outage.reason, *(f"{each:.1f} s" for each in seconds)]
    ROWS.append(f"| {' | '.join(cells)} | {healed:.0f} s |")
    assert max(seconds) <= LIMIT, ROWS[-1]
    return ROWS[-1]


def chosen() -> list[Outage]:
    """Those of OUTAGES, in the order named there; all without it."""
    by_name = {each.name: each for each in OUTAGES}
    return [by_name[name] for name in CHOSEN] or list(OUTAGES)


@pytest.mark.parametrize("outage", [pytest.param(each, id=each.name) for each in chosen()])
def test_an_outage_is_said_within_the_limit_and_the_run_ends_ready_by_itself(
    outage: Outage, name: str
) -> None:
    try:
        print(measured(name, outage))
    finally:
        outage.afterwards()
