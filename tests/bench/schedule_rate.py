# SPDX-License-Identifier: Apache-2.0
"""Rate at which due EpisodeSchedules get AnimeEnrichments, against a bare watch loop that creates the same.

Both meet the same API server in turn: the process is held (SIGSTOP) while the schedules are applied and fall
due, let go, and timed until a watch has told the last schedule's status. The ratio is that of the operator's
controller of schedules: as the loop it writes twice for each, and its Events behind. The whole operator is
timed as well: it starts the Workflows of these enrichments and writes their statuses in the same seconds.
"""

import json
import os
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from control_plane import ControlPlane
from operator_process import OperatorProcess, running_operator

SCHEDULES = "/apis/otakube.dev/v1alpha1/namespaces/{}/episodeschedules"
WHOLE, OURS, BARE = "whole operator", "schedules alone", "bare loop"
WATCHED = ("episodeschedules", "animeenrichments", "workflows")
MARGIN = timedelta(seconds=20)
"""Time from the first schedule's creation to the second at which all are due."""


def ratio_to_bare_loop(
    plane: ControlPlane, api: httpx2.Client, folder: Path, *, count: int, rounds: int
) -> float:
    """Median rate of the operator over that of the bare loop, taken in turns."""
    source = Path(__file__).with_name("operator_bare_loop")
    subprocess.run(["go", "build", "-o", str(folder / "bare"), "."], cwd=source, check=True)
    rates: dict[str, list[float]] = {WHOLE: [], OURS: [], BARE: []}
    for number in range(1, rounds + 1):
        for who in rates:
            namespace = f"rate-{number}-{who.replace(' ', '-')}"
            api.post("/api/v1/namespaces", json={"metadata": {"name": namespace}}).raise_for_status()
            rates[who].append(count / _seconds(plane, api, folder, who, namespace, count))
            print(f"round {number}: {who} {rates[who][-1]:.0f} schedules/s", flush=True)
    medians = {who: statistics.median(found) for who, found in rates.items()}
    print(f"median of {rounds}: " + ", ".join(f"{who} {rate:.0f}/s" for who, rate in medians.items()))
    return medians[OURS] / medians[BARE]


def schedules_alone(_settings: object) -> list[Any]:
    """Controllers of an operator without enrichments."""
    from otakube_operator.schedule.controller import ScheduleController

    return [ScheduleController()]


def _seconds(
    plane: ControlPlane, api: httpx2.Client, folder: Path, who: str, namespace: str, count: int
) -> float:
    with _loop(plane, folder, who, namespace) as process:
        process.send_signal(signal.SIGSTOP)
        due = (datetime.now(UTC) + MARGIN).replace(microsecond=0)
        _create(plane, namespace, count, due)
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        started = time.monotonic()
        process.send_signal(signal.SIGCONT)
        _wait_for(api, namespace, count)
        return time.monotonic() - started


@contextmanager
def _loop(plane: ControlPlane, folder: Path, who: str, namespace: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The operator or the bare loop, watching."""
    if who != BARE:
        alone = "bench.schedule_rate:schedules_alone" if who == OURS else ""
        with running_operator(plane, folder, namespace=namespace, controllers=alone) as operator:
            while not _watching(operator, WATCHED[:2] if alone else WATCHED):
                time.sleep(0.1)
            yield operator.process
        return
    command = [str(folder / "bare"), "--schedules", "--server", plane.url, "--namespace", namespace]
    process = subprocess.Popen(
        [*command, "--authority", str(plane.authority)],
        env=os.environ | {"TOKEN": plane.token},
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # "watching"
        yield process
    finally:
        process.kill()
        process.wait()


def _watching(operator: OperatorProcess, watched: Sequence[str]) -> bool:
    """True if every watch is open: its age then differs from the age of the process."""
    born = operator.metric("process_start_time_seconds")
    ages = [operator.metric("otakube_operator_watch_age_seconds", resource=each) for each in watched]
    return max(ages) < time.time() - born - 0.5


def _create(plane: ControlPlane, namespace: str, count: int, due: datetime) -> None:
    """Create schedules whose one airing is due then, sixteen at once."""

    def body(number: int) -> dict[str, Any]:
        anime = {"sourceUrls": [f"https://myanimelist.net/anime/{number + 1}"]}
        airings = [{"episode": 8, "airTime": f"{due:%Y-%m-%dT%H:%M:%SZ}"}]
        return {
            "apiVersion": "otakube.dev/v1alpha1",
            "kind": "EpisodeSchedule",
            "metadata": {"name": f"anime-{number:05}"},
            "spec": {"anime": anime, "airings": airings, "delay": "0s"},
        }

    with plane.client() as api, ThreadPoolExecutor(16) as pool:
        path = SCHEDULES.format(namespace)
        for answer in pool.map(lambda number: api.post(path, json=body(number)), range(count)):
            answer.raise_for_status()


def _wait_for(api: httpx2.Client, namespace: str, count: int) -> None:
    """Return when `count` schedules have told of their tick, as a watch tells it."""
    done: set[str] = set()
    path = SCHEDULES.format(namespace)
    while True:
        with api.stream("GET", path, params={"watch": "true", "timeoutSeconds": "120"}) as stream:
            for line in stream.iter_lines():
                body = json.loads(line)["object"]
                if body.get("status", {}).get("lastScheduleTime"):
                    done.add(body["metadata"]["name"])
                if len(done) >= count:
                    return
