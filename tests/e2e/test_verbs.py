# SPDX-License-Identifier: Apache-2.0
"""The verbs of somebody on call, as they are typed: what each prints, and what becomes of the object."""

import hashlib
import json
import re
import tarfile
from pathlib import Path
from subprocess import CompletedProcess

from e2e import kube, observer, titles
from e2e.people import otakube
from e2e.titles import page

SHORTEST = 8  # a shorter value may be a word of its own, such as the name of a bucket
QUALIFIED = "animeenrichment.otakube.dev"


def ready_reason(name: str) -> str:
    return str(observer.condition(name, "Ready").get("reason"))


def told(name: str, done: CompletedProcess[str]) -> list[str]:
    """What was said of an object on standard error, without its name."""
    return [line.removeprefix(f"{name}: ") for line in done.stderr.splitlines() if line.startswith(name)]


def test_enrich_and_wait_says_the_way_and_the_version_that_is_live(name: str) -> None:
    words = ("enrich", page(31), "--name", name, "--review", "Never", "--wait", "--timeout", "15m")
    done = otakube(*words, check=False, seconds=1000)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{QUALIFIED}/{name} created\n"
    body = observer.enrichment(name)
    assert body["spec"]["anime"] == {"sourceUrls": [page(31)]}
    assert body["spec"]["review"]["policy"] == "Never"
    lines = told(name, done)
    assert any(re.fullmatch(r"\w+, fetch 1/\d+", line) for line in lines), lines
    assert lines[-1] == f"Ready, version {body['status']['liveVersion']} is live"
    assert observer.condition_in(body, "Ready")["reason"] == "Published"


def test_enrich_and_wait_for_what_nobody_knows_ends_with_the_reason(name: str) -> None:
    done = otakube("enrich", titles.UNKNOWN["title"], "--name", name, "--wait", check=False, seconds=1000)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"otakube: '{name}' did not become Ready: AnimeUnknown: "), done.stderr
    assert observer.condition(name, "Stalled")["reason"] == "AnimeUnknown"


def test_logs_are_those_of_the_attempts_and_a_step_without_one_says_so(name: str) -> None:
    kube.apply(name, {"anime": titles.generated(32), "review": {"policy": "Required", "timeout": "1h"}})
    observer.wait(name, observer.is_true("AwaitingReview"))
    whole = otakube("logs", name).stdout.splitlines()
    attempts = [line.partition("] ")[0].removeprefix("[") for line in whole]
    assert list(dict.fromkeys(one.partition("(")[0] for one in attempts)) == ["fetch", "stage", "assemble"]
    assert all("event" in json.loads(line.partition("] ")[2]) for line in whole), "the steps' own lines alone"
    asked = otakube("logs", name, "--step", "fetch", "--tail", "1").stdout.splitlines()
    last = {line.partition("] ")[0]: line for line in whole if line.startswith("[fetch(")}
    assert asked == list(last.values())
    later = otakube("logs", name, "--step", "commit", check=False)
    assert later.returncode == 1
    assert "has no pod of step 'commit' any more, or not yet" in later.stderr
    assert f"`otakube status {name}`" in later.stderr
    assert otakube("logs", name, "--step", "publish", check=False).returncode == 2


def test_a_report_lists_what_it_holds_and_has_nothing_secret(name: str, tmp_path: Path) -> None:
    kube.apply(name, {"anime": titles.generated(33), "review": {"policy": "Never"}, "suspend": True})
    observer.wait(name, lambda body: observer.condition_in(body, "Ready").get("reason") == "Suspended")
    file = tmp_path / "bundle.tar.gz"
    done = otakube("report", "--file", str(file))
    with tarfile.open(file) as archive:
        parts = {
            member.name.removeprefix("otakube-report/"): extracted.read()
            for member in archive
            if (extracted := archive.extractfile(member))
        }
    manifest = json.loads(parts.pop("manifest.json"))
    assert done.stdout == f"{file}: {len(parts)} parts; look through it first\n"
    assert {part: one["sha256"] for part, one in manifest["parts"].items()} == {
        part: hashlib.sha256(body).hexdigest() for part, body in parts.items()
    }
    objects = json.loads(parts["animeenrichments.json"])["items"]
    assert name in {one["metadata"]["name"] for one in objects}
    assert any(part.startswith("logs/otakube-operator-") for part in parts)
    whole = b"\n".join(parts.values()).decode()
    keys = json.loads(parts["secrets.json"])
    assert "otakube-stores" in keys
    assert [key for key, value in secret_values().items() if value in whole] == []


def secret_values() -> dict[str, str]:
    """The values of all Secrets, by Secret and key."""
    return {
        f"{name}/{key}": value
        for name, secret in observer.secrets().items()
        for key, value in secret.items()
        if len(value) >= SHORTEST
    }


def test_a_stopped_run_is_stalled_and_a_rerun_asks_for_the_review_again(name: str) -> None:
    kube.apply(name, {"anime": titles.generated(34), "review": {"policy": "Required", "timeout": "1h"}})
    observer.wait(name, observer.is_true("AwaitingReview"))
    [run] = [flow["metadata"]["name"] for flow in observer.workflows(name)]
    assert otakube("stop", name).stdout == f"workflow.argoproj.io/{run} stopped\n"
    observer.wait(name, observer.is_true("Stalled"))
    assert ready_reason(name) == "WorkflowStopped"
    again = otakube("stop", name, check=False)
    assert (again.returncode, again.stderr) == (1, f"otakube: '{name}' has no run that goes on\n")
    assert "WorkflowStopped" in otakube("status", name).stdout
    assert otakube("rerun", name).stdout == f"{QUALIFIED}/{name} runs again\n"
    observer.wait(name, observer.is_true("AwaitingReview"))
    assert len(observer.workflows(name)) == 2
    otakube("review", "approve", name, "--note", "seen")
    observer.wait(name, observer.is_true("Ready"))


def test_a_suspended_run_is_held_where_it_is_and_goes_on_when_resumed(name: str) -> None:
    kube.apply(name, {"anime": titles.generated(35), "review": {"policy": "Required", "timeout": "1h"}})
    observer.wait(name, observer.is_true("AwaitingReview"))
    assert otakube("suspend", name).stdout == f"{QUALIFIED}/{name} suspended\n"
    observer.wait(name, lambda body: observer.condition_in(body, "Ready").get("reason") == "Suspended")
    observer.wait_workflow(name, lambda flow: flow["spec"].get("suspend") is True)
    assert otakube("suspend", name).stdout == f"{QUALIFIED}/{name} suspended (no change)\n"
    assert otakube("resume", name).stdout == f"{QUALIFIED}/{name} resumed\n"
    observer.wait_workflow(name, lambda flow: not flow["spec"].get("suspend"))
    observer.wait(name, observer.is_true("AwaitingReview"))
    otakube("review", "approve", name, "--note", "seen")
    observer.wait(name, observer.is_true("Ready"))
    assert len(observer.workflows(name)) == 1, "it is the same run"


def test_an_earlier_version_comes_back_after_a_review_that_shows_the_differences(name: str) -> None:
    anime, never = titles.generated(36), {"policy": "Never"}
    kube.apply(name, {"anime": anime, "review": never, "providers": ["Jikan", "Kitsu"]})
    observer.wait(name, observer.is_true("Ready"))
    first = entry_of(name)
    kube.apply(name, {"anime": anime, "review": never})
    observer.wait(name, observer.is_true("Ready"))
    second = entry_of(name)
    assert second["version"] > first["version"]
    assert claimants(second) > claimants(first)

    asked = otakube("entry", "rollback", name, str(first["version"]))
    created = re.fullmatch(
        r"AnimeEnrichment (rollback-\S+) is created; it waits for a review: otakube review show \1\n",
        asked.stdout,
    )
    assert created, asked.stdout
    rollback = created[1]
    try:
        observer.wait(rollback, observer.is_true("AwaitingReview"))
        page_shown = otakube("review", "show", rollback).stdout
        assert f"version {first['version']} of " in page_shown
        assert f"would replace {second['version']}" in page_shown
        assert f"Compared with version {second['version']}" in page_shown
        otakube("review", "approve", rollback, "--note", "the second one is wrong")
        observer.wait(rollback, observer.is_true("Ready"))
        back = entry_of(name)
        assert back["version"] > second["version"]
        assert claimants(back) == claimants(first)
        [latest, *_] = json.loads(otakube("entry", "history", name, "-o", "json").stdout)["versions"]
        assert (latest["version"], latest["decision"]) == (back["version"], "approve")
        assert latest["by"].startswith(f"{rollback} ")
        assert observer.status(rollback)["liveVersion"] == back["version"]
    finally:
        kube.delete(rollback)


def entry_of(name: str) -> observer.Body:
    """The live entry of an object, with its version."""
    shown = json.loads(otakube("entry", "show", name, "-o", "json").stdout)
    return {"version": shown["version"], **shown["record"]}


def claimants(entry: observer.Body) -> set[str]:
    """Providers that speak in a record."""
    return {one["provider"] for one in entry["attributions"]}
