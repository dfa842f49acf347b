# SPDX-License-Identifier: Apache-2.0
"""The time of the daily planner over 5,000 entries, 400 of them on air, and the writes of a second run.

`make bench-planner`, or `python tests/bench/planner_bench.py --binary KUBERNETES`. API server and etcd are
real, the catalogue is the embedded one.
"""

import argparse
import asyncio
import os
import ssl
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from otakube.adapters.kubernetes import ClusterSchedules
from otakube.adapters.stores.sqlite.catalogue import SqliteCatalogue
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.summaries import SqliteEntriesByStatus
from otakube.domain.merge.broadcast import broadcast_slot
from otakube.domain.record.golden import AnimeStatus, GoldenRecord
from otakube.maintenance.plan_schedules import Planner, PlannerReport
from otakube.maintenance.planned_schedule import PlannerTerms

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from control_plane import ControlPlane, running_control_plane  # noqa: E402 - tests are not installed
from golden import a_record, an_entry, an_episode  # noqa: E402 - after the path is set

NAMESPACE, SECONDS = "planner-bench", 60.0
EPISODES = 12
START = datetime(2026, 10, 9, 16, 30, tzinfo=UTC)
WEEK = timedelta(weeks=1)
TERMS = PlannerTerms(now=START + 6 * WEEK + timedelta(days=1), delay="1h", horizon=timedelta(days=14))
INSERT = """
INSERT INTO animes (entry_id, next_version, live_version, commit_key, digest, model, record, committed_at)
VALUES (?, 2, 1, 'k', 'd', 'm', ?, ?)
"""


def main() -> int:
    """Run the measurement; 0 if each bar is met."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="otakube-bench-")))
        plane = stack.enter_context(running_control_plane(folder, options.binary))
        plane.apply(*sorted((ROOT / "crds").glob("otakube.dev_*.yaml")))
        plane.wait_for_crds("episodeschedules.otakube.dev")
        api = stack.enter_context(plane.client())
        api.post("/api/v1/namespaces", json={"metadata": {"name": NAMESPACE}}).raise_for_status()
        return asyncio.run(_measure(plane, api, folder, options))


async def _measure(plane: ControlPlane, api: httpx2.Client, folder: Path, options: argparse.Namespace) -> int:
    async with SqliteDocuments(folder) as documents:
        _fill(documents, options.entries, options.on_air)
        first, report = await _plan(plane, documents)
        before = _version(api)
        second, again = await _plan(plane, documents)
    writes = _version(api) != before
    print(f"{options.entries} entries, {options.on_air} on air: {len(report.created)} schedules created")
    print(f"first run: {first:.1f} s (bar: {SECONDS:.0f})")
    print(f"second run: {second:.1f} s, {again.unchanged} unchanged, {'writes' if writes else 'no write'}")
    made = len(report.created) == again.unchanged == options.on_air and not report.failed
    return 0 if made and not writes and first <= SECONDS else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--binary", type=Path, default=os.environ.get("OTAKUBE_KUBERNETES_BINARY"))
    parser.add_argument("--entries", type=int, default=5000)
    parser.add_argument("--on-air", type=int, default=400)
    options = parser.parse_args()
    if options.binary is None:
        parser.error("name the Kubernetes binary: --binary or OTAKUBE_KUBERNETES_BINARY")
    return options


def _fill(documents: SqliteDocuments, entries: int, on_air: int) -> None:
    """Write live entries, the first of them on air."""
    with documents.transaction("filling") as rows:
        for number in range(entries):
            record = _record(number, AnimeStatus.ONGOING if number < on_air else AnimeStatus.FINISHED)
            rows.execute(INSERT, [record.entry.id, record.model_dump_json(), START.isoformat()])


def _record(number: int, status: AnimeStatus) -> GoldenRecord:
    page = f"https://myanimelist.net/anime/{90_000 + number}"
    entry = an_entry(
        id=f"ani_{number:026}",
        sources=[page],
        status=status,
        broadcast=broadcast_slot(5, "25:30"),
        episode_count=None,
    )
    aired = [an_episode(one, aired=START + (one - 1) * WEEK) for one in range(1, EPISODES + 1)]
    return a_record(entry=entry, episodes=aired)


async def _plan(plane: ControlPlane, documents: SqliteDocuments) -> tuple[float, PlannerReport]:
    """One run of the planner, and its seconds."""
    trust = ssl.create_default_context(cafile=str(plane.authority))
    headers = {"Authorization": f"Bearer {plane.token}"}
    async with httpx2.AsyncClient(
        base_url=plane.url, headers=headers, verify=trust, timeout=60, trust_env=False
    ) as client:
        planner = Planner(
            entries=SqliteEntriesByStatus(documents),
            catalogue=SqliteCatalogue(documents),
            schedules=ClusterSchedules(client, NAMESPACE),
            terms=TERMS,
        )
        begun = time.monotonic()
        report = await planner.run()
        return time.monotonic() - begun, report


def _version(api: httpx2.Client) -> dict[str, str]:
    """The resourceVersion of each schedule."""
    path = f"/apis/otakube.dev/v1alpha1/namespaces/{NAMESPACE}/episodeschedules"
    items = api.get(path).raise_for_status().json()["items"]
    return {item["metadata"]["name"]: item["metadata"]["resourceVersion"] for item in items}


if __name__ == "__main__":
    sys.exit(main())
