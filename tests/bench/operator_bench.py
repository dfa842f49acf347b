# SPDX-License-Identifier: Apache-2.0
"""Rate of the operator over a pile of objects, its memory per object, and the writes of a restart.

`make bench-operator`, or `python tests/bench/operator_bench.py --binary KUBERNETES`. The comparison is a bare
watch loop over Go's standard library (operator_bare_loop/main.go), which does two writes for each object;
ours does the same two, and its Events behind them. Both meet the same API server in turn: the loop is held
(SIGSTOP) while the objects are applied, let go, and timed until a watch has told the last status.

The last line is the ratio; 1 means as fast as the bare loop.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from control_plane import ControlPlane, running_control_plane  # noqa: E402 - tests are not installed
from operator_process import OperatorProcess, install_workflow_crd, running_operator  # noqa: E402 - after the path is set

GROUP = "/apis/otakube.dev/v1alpha1"
OURS, BARE = "operator", "bare loop"
WATCHED = {"animeenrichments", "workflows", "events"}
WRITES = {"POST", "PUT", "PATCH", "DELETE", "APPLY"}


def main() -> int:
    """Run the three measurements; 0 if each bar is met."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="otakube-bench-")))
        plane = stack.enter_context(running_control_plane(folder, options.binary))
        _install(plane, folder)
        api = stack.enter_context(plane.client())
        kilobytes = _memory(plane, api, folder, options.small, options.large)
        writes = _idle_restart(plane, api, folder)
        ratio = _rates(plane, api, folder, options)
    print(f"memory per object: {kilobytes:.1f} KiB (bar: < 16)")
    print(f"API writes after a restart with nothing to do: {writes} (bar: 0)")
    print(f"rate ratio: {ratio:.2f} (bar: >= {options.bar})")
    return 0 if kilobytes < 16 and writes == 0 and ratio >= options.bar else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--binary", type=Path, default=os.environ.get("OTAKUBE_KUBERNETES_BINARY"))
    parser.add_argument("--count", type=int, default=200, help="objects a round")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each")
    parser.add_argument("--small", type=int, default=200, help="objects of the first memory reading")
    parser.add_argument("--large", type=int, default=1000, help="objects of the second memory reading")
    parser.add_argument("--bar", type=float, default=0.5)
    options = parser.parse_args()
    if options.binary is None:
        parser.error("name the Kubernetes binary: --binary or OTAKUBE_KUBERNETES_BINARY")
    if shutil.which("go") is None:
        parser.error("the comparison needs Go: install it, or put it on PATH")
    return options


def _install(plane: ControlPlane, folder: Path) -> None:
    plane.apply(*sorted((ROOT / "crds").glob("otakube.dev_*.yaml")))
    install_workflow_crd(plane, folder)
    plane.wait_for_crds("animeenrichments.otakube.dev")
    source = ROOT / "tests/bench/operator_bare_loop"
    subprocess.run(["go", "build", "-o", str(folder / "bare"), "."], cwd=source, check=True)


def _memory(plane: ControlPlane, api: httpx2.Client, folder: Path, small: int, large: int) -> float:
    """KiB of resident memory that each further object costs, its Workflow included."""
    namespace = _namespace(api, "memory")
    with running_operator(plane, folder, namespace=namespace) as operator:
        readings = []
        for first, last in ((0, small), (small, large)):
            _apply(plane, namespace, first, last)
            _wait_for(api, namespace, last)
            readings.append(_settled_memory(operator))
            print(f"{last} objects: {readings[-1] / 2**20:.1f} MiB resident", flush=True)
    return (readings[1] - readings[0]) / 1024 / (large - small)


def _settled_memory(operator: OperatorProcess) -> int:
    """Resident memory once nothing is queued and kopf's idle workers have gone."""
    while operator.metric("otakube_operator_queue_depth"):
        time.sleep(0.2)
    time.sleep(8)
    return operator.resident_bytes()


def _idle_restart(plane: ControlPlane, api: httpx2.Client, folder: Path) -> int:
    """Writes that the API server counts while an operator starts over settled objects."""
    before = _writes(api)
    with running_operator(plane, folder, namespace="memory", resync_seconds=2) as operator:
        known = operator.metric("otakube_operator_known_objects", kind="AnimeEnrichment")
        deadline = time.monotonic() + 120
        while operator.metric("otakube_operator_reconcile_seconds_count") < 2 * known:
            if time.monotonic() > deadline:
                raise RuntimeError("the operator did not look at every object")
            time.sleep(0.5)
    return _writes(api) - before


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


def _rates(plane: ControlPlane, api: httpx2.Client, folder: Path, options: argparse.Namespace) -> float:
    """Median rate of the operator over median rate of the bare loop, taken in turns."""
    rates: dict[str, list[float]] = {OURS: [], BARE: []}
    for round_ in range(options.rounds):
        for who in (OURS, BARE):
            namespace = _namespace(api, f"round-{round_}-{who.replace(' ', '-')}")
            with _loop(plane, folder, who, namespace) as process:
                process.send_signal(signal.SIGSTOP)
                _apply(plane, namespace, 0, options.count)
                started = time.monotonic()
                process.send_signal(signal.SIGCONT)
                _wait_for(api, namespace, options.count)
                rates[who].append(options.count / (time.monotonic() - started))
            print(f"round {round_ + 1}: {who} {rates[who][-1]:.0f}/s", flush=True)
    ours, bare = statistics.median(rates[OURS]), statistics.median(rates[BARE])
    print(f"median of {options.rounds}: operator {ours:.0f}/s, bare loop {bare:.0f}/s")
    return ours / bare


@contextmanager
def _loop(plane: ControlPlane, folder: Path, who: str, namespace: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The operator or the bare loop, watching."""
    if who == OURS:
        with running_operator(plane, folder, namespace=namespace) as operator:
            while operator.metric("otakube_operator_watch_age_seconds") > 3600 or not _watching(operator):
                time.sleep(0.1)
            yield operator.process
        return
    command = [str(folder / "bare"), "--server", plane.url, "--authority", str(plane.authority)]
    environment = os.environ | {"TOKEN": plane.token}
    process = subprocess.Popen([*command, "--namespace", namespace], env=environment, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # "watching"
        yield process
    finally:
        process.kill()
        process.wait()


def _watching(operator: OperatorProcess) -> bool:
    """True if both of kopf's watches are open: their ages then differ from the age of the process."""
    born = operator.metric("process_start_time_seconds")
    name = "otakube_operator_watch_age_seconds"
    ages = [operator.metric(name, resource=each) for each in ("animeenrichments", "workflows")]
    return max(ages) < time.time() - born - 0.5


def _apply(plane: ControlPlane, namespace: str, first: int, last: int) -> None:
    """Create objects `first` to `last`, sixteen at once."""
    with plane.client() as api, ThreadPoolExecutor(16) as pool:
        path = f"{GROUP}/namespaces/{namespace}/animeenrichments"
        for answer in pool.map(lambda number: api.post(path, json=_body(number)), range(first, last)):
            answer.raise_for_status()


def _body(number: int) -> dict[str, object]:
    url = f"https://myanimelist.net/anime/{number + 1}"
    return {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": f"anime-{number:05}"},
        "spec": {"anime": {"sourceUrls": [url]}},
    }


def _wait_for(api: httpx2.Client, namespace: str, count: int) -> None:
    """Return when `count` objects name their Workflow, as a watch tells it."""
    done: set[str] = set()
    path = f"{GROUP}/namespaces/{namespace}/animeenrichments"
    while True:
        with api.stream("GET", path, params={"watch": "true", "timeoutSeconds": "120"}) as stream:
            for line in stream.iter_lines():
                body = _named(line)
                done |= body
                if len(done) >= count:
                    return


def _named(line: str) -> set[str]:
    """The name of the object in a watch event, if its status names a Workflow."""
    body = json.loads(line)["object"]
    return {body["metadata"]["name"]} if body.get("status", {}).get("workflow") else set()


def _namespace(api: httpx2.Client, name: str) -> str:
    api.post("/api/v1/namespaces", json={"metadata": {"name": name}}).raise_for_status()
    return name


if __name__ == "__main__":
    sys.exit(main())
