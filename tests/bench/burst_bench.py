# SPDX-License-Identifier: Apache-2.0
"""Many AnimeEnrichments at once on the cluster, against the time that the providers' budgets take for them.

`make bench-burst`. Stand-in and steps are set to the given clock, 1 being the real limits, and back again
afterwards. The titles are generated ones, so that no two objects are the same anime. The ideal is that of the
provider that takes longest: the requests that it got beyond its burst, by its rate. All must be Ready with an
answer of each provider that is switched on, and no request may have been refused.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from otakube_api.providers import PROFILES

NAMESPACE, DEV = "otakube", "otakube-dev"
LABEL = "app.kubernetes.io/part-of=otakube-burst"
ADMIN = f"/api/v1/namespaces/{DEV}/services/otakube-upstream:8080/proxy/admin/requests"
FIRST = 1_000_000  # as standins/otakube_standins/upstream/generated.py
BAR = 1.2
STEPS, SERVER = "OTAKUBE_PROVIDER_CLOCK_SCALE", "statefulset/otakube-upstream"
CLOCK, GENERATED = "OTAKUBE_UPSTREAM_CLOCK_SCALE", "OTAKUBE_UPSTREAM_GENERATED"


def main() -> int:
    """Measure; 0 if the bar is met and no provider was shed."""
    options = _options()
    with upstream(options.scale, options.first + options.count):
        _delete()
        kubectl("delete", "--raw", ADMIN)
        started = time.monotonic()
        kubectl("apply", "-f", "-", stdin=_manifests(options.first, options.count))
        objects = _wait(options.count, started + options.patience)
        wall = time.monotonic() - started
        requests = json.loads(kubectl("get", "--raw", ADMIN))
    bad = _report(objects)
    ideal, refused = _ideal(requests, options.scale)
    if not options.keep:
        _delete()
    print(f"{options.count} objects, clock {options.scale:g}: {wall:.0f} s, {refused} requests refused")
    print(f"ratio to the budgets' ideal of {ideal:.0f} s: {wall / ideal:.2f} (bar: {BAR})")
    return 1 if bad or refused or wall > BAR * ideal else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=50, help="objects that are applied at once")
    parser.add_argument("--first", type=int, default=1, help="number of the first generated title")
    parser.add_argument("--scale", type=float, default=1.0, help="clock of the providers' limits")
    parser.add_argument("--patience", type=float, default=3600, help="seconds after which it gives up")
    parser.add_argument("--keep", action="store_true", help="leave the objects")
    return parser.parse_args()


def kubectl(*words: str, stdin: str | None = None, namespace: str = NAMESPACE) -> str:
    """Run kubectl."""
    command = ["kubectl", "--namespace", namespace, *words]
    return subprocess.run(command, input=stdin, check=True, capture_output=True, text=True).stdout


@contextmanager
def upstream(scale: float, titles: int) -> Iterator[None]:
    """Have the stand-in and the steps go by that clock and know that many titles, then as before."""
    steps = json.loads(kubectl("get", "configmap", "otakube-steps", "-o", "json"))["data"].get(STEPS, "1")
    server = json.loads(kubectl("get", SERVER, "-o", "json", namespace=DEV))
    env = {each["name"]: each.get("value") for each in _container(server)["env"]}
    _set(f"{scale:g}", f"{CLOCK}={scale:g}", f"{GENERATED}={titles}")
    try:
        yield
    finally:
        _set(steps, *(f"{name}={env[name]}" if name in env else f"{name}-" for name in (CLOCK, GENERATED)))


def _set(steps: str, *server: str) -> None:
    kubectl("patch", "configmap", "otakube-steps", "--type=merge", "-p", json.dumps({"data": {STEPS: steps}}))
    kubectl("set", "env", SERVER, *server, namespace=DEV)
    kubectl("rollout", "status", SERVER, "--timeout=180s", namespace=DEV)


def _container(server: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = server["spec"]["template"]["spec"]["containers"][0]
    return found


def _manifests(first: int, count: int) -> str:
    key, value = LABEL.split("=")
    return yaml.safe_dump_all(
        {
            "apiVersion": "otakube.dev/v1alpha1",
            "kind": "AnimeEnrichment",
            "metadata": {"name": f"burst-{number:03}", "labels": {key: value}},
            "spec": {
                "anime": {"sourceUrls": [f"https://myanimelist.net/anime/{FIRST + number}"]},
                "review": {"policy": "Never"},
            },
        }
        for number in range(first, first + count)
    )


def _wait(count: int, deadline: float) -> list[dict[str, Any]]:
    """The objects once all are Ready or Stalled, or as they are at the deadline."""
    before: Counter[str] = Counter()
    while True:
        listed = kubectl("get", "animeenrichments", "-l", LABEL, "-o", "json")
        objects: list[dict[str, Any]] = json.loads(listed)["items"]
        reasons = Counter(_ready(each).get("reason", "new") for each in objects)
        if reasons != before:
            print(f"{time.strftime('%H:%M:%S')} {dict(reasons)}", flush=True)
        before = reasons
        ended = [each for each in objects if _ready(each).get("status") == "True" or _is(each, "Stalled")]
        if len(ended) == count or time.monotonic() > deadline:
            return objects
        time.sleep(1)


def _ready(body: dict[str, Any]) -> dict[str, str]:
    return _condition(body, "Ready")


def _is(body: dict[str, Any], type_: str) -> bool:
    return _condition(body, type_).get("status") == "True"


def _condition(body: dict[str, Any], type_: str) -> dict[str, str]:
    conditions = body.get("status", {}).get("conditions", [])
    return next((each for each in conditions if each["type"] == type_), {})


def _report(objects: list[dict[str, Any]]) -> list[str]:
    """Objects that are not Ready, or lack an answer that another one has; each is printed."""
    answered = {each["metadata"]["name"]: _answered(each) for each in objects}
    everybody = frozenset().union(*answered.values())
    bad = [
        f"{each['metadata']['name']}: {_ready(each).get('message')}; no answer of "
        f"{sorted(everybody - answered[each['metadata']['name']])}"
        for each in objects
        if _ready(each).get("status") != "True" or answered[each["metadata"]["name"]] != everybody
    ]
    print("\n".join(bad) or f"all Ready, each with the answers of {', '.join(sorted(everybody))}")
    return bad


def _answered(body: dict[str, Any]) -> frozenset[str]:
    sources = body.get("status", {}).get("sources", [])
    return frozenset(each["provider"] for each in sources if each["state"] == "Answered")


def _ideal(requests: list[dict[str, Any]], scale: float) -> tuple[float, int]:
    """Seconds that the slowest budget takes for what was asked, and requests that were refused."""
    asked: Counter[str] = Counter()
    for each in requests:
        asked[each["provider"]] += each["count"]
    slowest = 0.0
    for profile in PROFILES.values():
        limits, count = profile.limits, asked[profile.package]
        seconds = max(0, count - limits.rates[0].requests) * limits.longest.seconds / limits.longest.requests
        if count:
            print(f"{profile.package}: {count} requests, {seconds / scale:.0f} s of its budget")
        slowest = max(slowest, seconds / scale)
    return slowest, sum(each["count"] for each in requests if each["status"] == 429)


def _delete() -> None:
    kubectl("delete", "animeenrichments", "-l", LABEL, "--timeout=300s")


if __name__ == "__main__":
    sys.exit(main())
