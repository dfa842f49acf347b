# SPDX-License-Identifier: Apache-2.0
"""Memory of the operator per EpisodeSchedule, its idle writes, 200 ticks in one second, and its rate.

`make bench-schedules`, or `python tests/bench/schedule_bench.py --binary KUBERNETES`. The API server and etcd
are real; it counts the writes itself. Enrichments that people apply in the second of the ticks must start
their Workflows beside them. The last line is the ratio of its rate to a bare watch loop's (schedule_rate.py);
`--only rate` measures that alone.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from control_plane import ControlPlane, running_control_plane  # noqa: E402 - tests are not installed
from operator_process import OperatorProcess, install_workflow_crd, running_operator  # noqa: E402 - after the path is set

GROUP = "/apis/otakube.dev/v1alpha1"
WATCHED = {"episodeschedules", "animeenrichments", "workflows", "events"}
WRITES = {"POST", "PUT", "PATCH", "DELETE", "APPLY"}
KIBIBYTES, SECONDS, RATIO = 12.0, 30.0, 0.5
TICKS, BESIDE = 200, 20
MARGIN = timedelta(seconds=60)
"""Time from the creation of the schedules whose ticks fall together to their second."""


def main() -> int:
    """Run the measurements; 0 if each bar is met."""
    from schedule_rate import ratio_to_bare_loop  # it needs the path as well

    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="otakube-bench-")))
        plane = stack.enter_context(running_control_plane(folder, options.binary))
        plane.apply(*sorted((ROOT / "crds").glob("otakube.dev_*.yaml")))
        install_workflow_crd(plane, folder)
        plane.wait_for_crds("animeenrichments.otakube.dev", "episodeschedules.otakube.dev")
        api = stack.enter_context(plane.client())
        met = options.only == "rate" or _measure(plane, api, folder, options)
        ratio = ratio_to_bare_loop(plane, api, folder, count=TICKS, rounds=options.rounds)
    print(f"rate ratio to a bare loop: {ratio:.2f} (bar: >= {RATIO})")
    return 0 if met and ratio >= RATIO else 1


def _measure(plane: ControlPlane, api: httpx2.Client, folder: Path, options: argparse.Namespace) -> bool:
    """Everything but the rate; True if each bar is met."""
    kibibytes, idle = _idle(plane, api, folder, options)
    restart = _restart(plane, api, folder)
    ticks, beside = _ticks(plane, api, folder)
    print(f"memory per schedule: {kibibytes:.1f} KiB (bar: <= {KIBIBYTES:.0f})")
    print(f"API writes in {options.idle_minutes:g} idle minutes: {idle} (bar: 0)")
    print(f"API writes after a restart: {restart} (bar: 0)")
    print(f"{TICKS} ticks due in one second: all created after {ticks:.1f} s (bar: {SECONDS:.0f})")
    print(f"{BESIDE} enrichments applied in that second: Workflows after {beside:.1f} s (bar: {SECONDS:.0f})")
    return kibibytes <= KIBIBYTES and idle == 0 and restart == 0 and max(ticks, beside) <= SECONDS


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--binary", type=Path, default=os.environ.get("OTAKUBE_KUBERNETES_BINARY"))
    parser.add_argument("--small", type=int, default=200, help="schedules of the first memory reading")
    parser.add_argument("--large", type=int, default=2000, help="schedules of the second")
    parser.add_argument("--idle-minutes", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the operator and of the bare loop")
    parser.add_argument("--only", choices=["rate"], help="leave out the rest")
    options = parser.parse_args()
    if options.binary is None:
        parser.error("name the Kubernetes binary: --binary or OTAKUBE_KUBERNETES_BINARY")
    if shutil.which("go") is None:
        parser.error("the comparison needs Go: install it, or put it on PATH")
    return options


def _idle(
    plane: ControlPlane, api: httpx2.Client, folder: Path, options: argparse.Namespace
) -> tuple[float, int]:
    """KiB of resident memory that each further schedule costs, and the writes while nothing is due."""
    _namespace(api, "idle")
    slot = {"weekday": f"{datetime.now(UTC) + timedelta(days=3):%A}", "time": "12:00"}
    with running_operator(plane, folder, namespace="idle") as operator:
        readings = []
        for first, last in ((0, options.small), (options.small, options.large)):
            _create(plane, "idle", "episodeschedules", range(first, last), lambda _: {"broadcast": slot})
            _wait_for(lambda n=last: len(_described(api, "idle")) >= n, 300)  # type: ignore[misc]  # mypy infers no lambda with a default
            readings.append(_settled_memory(operator))
            print(f"{last} schedules: {readings[-1] / 2**20:.1f} MiB resident", flush=True)
        before = _writes(api)
        time.sleep(options.idle_minutes * 60)
        idle = _writes(api) - before
    return (readings[1] - readings[0]) / 1024 / (options.large - options.small), idle


def _restart(plane: ControlPlane, api: httpx2.Client, folder: Path) -> int:
    """Writes that the API server counts while an operator looks at each settled schedule twice."""
    before = _writes(api)
    with running_operator(plane, folder, namespace="idle", resync_seconds=2) as operator:
        known = operator.metric("otakube_operator_known_objects", kind="EpisodeSchedule")
        _wait_for(lambda: operator.metric("otakube_operator_reconcile_seconds_count") >= 2 * known, 300)
    return _writes(api) - before


def _ticks(plane: ControlPlane, api: httpx2.Client, folder: Path) -> tuple[float, float]:
    """Seconds from the common due time until the last tick's enrichment, and the last Workflow beside."""
    _namespace(api, "ticks")
    due = (datetime.now(UTC) + MARGIN).replace(microsecond=0)
    airings = [{"episode": 8, "airTime": f"{due:%Y-%m-%dT%H:%M:%SZ}"}]
    with running_operator(plane, folder, namespace="ticks") as operator:
        _create(
            plane, "ticks", "episodeschedules", range(TICKS), lambda _: {"airings": airings, "delay": "0s"}
        )
        _wait_for(lambda: len(_described(api, "ticks")) == TICKS, MARGIN.total_seconds())
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        _create(plane, "ticks", "animeenrichments", range(1000, 1000 + BESIDE), lambda _: {})
        ends: dict[str, float] = {}
        while len(ends) < 2 and operator.process.poll() is None:
            passed = (datetime.now(UTC) - due).total_seconds()
            items = _items(api, "ticks", "animeenrichments")
            if len(items) == TICKS + BESIDE:
                ends.setdefault("ticks", passed)
            own = [item for item in items if not item["metadata"].get("ownerReferences")]
            if sum("workflow" in item.get("status", {}) for item in own) == BESIDE:
                ends.setdefault("beside", passed)
            if passed > 10 * SECONDS:
                break
            time.sleep(0.25)
    return ends.get("ticks", float("inf")), ends.get("beside", float("inf"))


def _create(plane: ControlPlane, namespace: str, plural: str, numbers: range, spec: Any) -> None:
    """Create objects, sixteen at once."""
    kind = {"episodeschedules": "EpisodeSchedule", "animeenrichments": "AnimeEnrichment"}[plural]

    def body(number: int) -> dict[str, Any]:
        anime = {"sourceUrls": [f"https://myanimelist.net/anime/{number + 1}"]}
        return {
            "apiVersion": "otakube.dev/v1alpha1",
            "kind": kind,
            "metadata": {"name": f"anime-{number:05}"},
            "spec": {"anime": anime, **spec(number)},
        }

    with plane.client() as api, ThreadPoolExecutor(16) as pool:
        path = f"{GROUP}/namespaces/{namespace}/{plural}"
        for answer in pool.map(lambda number: api.post(path, json=body(number)), numbers):
            answer.raise_for_status()


def _items(api: httpx2.Client, namespace: str, plural: str) -> list[dict[str, Any]]:
    answer = api.get(f"{GROUP}/namespaces/{namespace}/{plural}").raise_for_status()
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def _described(api: httpx2.Client, namespace: str) -> list[dict[str, Any]]:
    """The schedules whose next due time the operator has written."""
    items = _items(api, namespace, "episodeschedules")
    return [item for item in items if "nextScheduleTime" in item.get("status", {})]


def _namespace(api: httpx2.Client, name: str) -> None:
    api.post("/api/v1/namespaces", json={"metadata": {"name": name}}).raise_for_status()


def _settled_memory(operator: OperatorProcess) -> int:
    """Resident memory once nothing is queued and kopf's idle workers have gone."""
    while operator.metric("otakube_operator_queue_depth"):
        time.sleep(0.2)
    time.sleep(8)
    return operator.resident_bytes()


def _writes(api: httpx2.Client) -> int:
    """Writes to what the operator may write, as the API server itself counts them."""
    families = text_string_to_metric_families(api.get("/metrics").text)
    samples = [each for family in families for each in family.samples]
    counted = [each for each in samples if each.name == "apiserver_request_total"]
    return sum(
        int(each.value)
        for each in counted
        if each.labels["verb"] in WRITES and each.labels["resource"] in WATCHED
    )


def _wait_for(done: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(f"it did not come to be within {seconds:.0f} s")
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
