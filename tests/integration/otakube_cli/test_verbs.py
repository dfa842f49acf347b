# SPDX-License-Identifier: Apache-2.0
"""The daily verbs against a real API server; the test is the operator."""

import threading
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from console import conditions, enrich, otakube, path_of, said
from control_plane import ControlPlane
from workflows import a_workflow

pytestmark = pytest.mark.usefixtures("argo_crds")

PATIENCE = 120.0
STALLED = conditions("False", "StoreUnavailable", "MongoDB does not answer", "Stalled")


def read(api: httpx2.Client, namespace: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(path_of(namespace, name)).raise_for_status().json()
    return found


def request_of(api: httpx2.Client, namespace: str, name: str) -> str | None:
    annotations = read(api, namespace, name)["metadata"].get("annotations", {})
    return annotations.get("otakube.dev/requested-at")


def test_a_title_becomes_an_object_of_its_words(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    words = ("enrich", "Fruits Basket", "--year", "2019", "--type", "TV", "--review", "Required")
    done = otakube(otakube_api, *words, "-n", namespace)
    assert (done.returncode, done.stdout) == (0, "animeenrichment.otakube.dev/fruits-basket-2019 created\n")
    spec = read(api, namespace, "fruits-basket-2019")["spec"]
    assert spec["anime"] == {"title": "Fruits Basket", "year": 2019, "type": "TV"}
    assert spec["review"]["policy"] == "Required"
    again = otakube(otakube_api, *words, "-n", namespace)
    assert again.returncode == 1
    assert "(AlreadyExists)" in again.stderr
    assert "otakube rerun fruits-basket-2019" in again.stderr


def test_pages_become_one_object(otakube_api: ControlPlane, api: httpx2.Client, namespace: str) -> None:
    pages = ["https://myanimelist.net/anime/457", "https://anilist.co/anime/457"]
    done = otakube(otakube_api, "enrich", *pages, "-n", namespace, "-o", "name")
    assert done.stdout == "animeenrichment.otakube.dev/myanimelist-net-anime-457\n"
    stored = read(api, namespace, "myanimelist-net-anime-457")
    assert stored["spec"]["anime"] == {"sourceUrls": pages}


def test_a_dry_run_prints_what_kubectl_applies_and_stores_nothing(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    printed = otakube(otakube_api, "enrich", "Mushishi", "--dry-run", "-o", "yaml", "-n", namespace).stdout
    assert yaml.safe_load(printed)["spec"] == {"anime": {"title": "Mushishi"}}
    assert api.get(path_of(namespace, "mushishi")).status_code == 404
    assert otakube_api.kubectl("apply", "-f", "-", stdin=printed).returncode == 0
    assert api.get(path_of(namespace, "mushishi")).status_code == 200


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Mushishi", "Monster"), 2, "one title in quotes"),
        (("https://anilist.co/anime/457", "--year", "2005"), 2, "narrow the search for a title"),
        (("Mush{{ishi",), 1, "spec.anime.title"),
        (("http://anilist.co/anime/457",), 1, "https"),
        (("Mushishi", "--review", "Sometimes"), 2, "Sometimes"),
    ],
)
def test_what_is_refused_says_why(
    otakube_api: ControlPlane, namespace: str, words: tuple[str, ...], code: int, said: str
) -> None:
    done = otakube(otakube_api, "enrich", *words, "-n", namespace)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


class Operator(threading.Thread):
    """Gives an object one status after the other, once it is there and as it is awaited."""

    def __init__(self, api: httpx2.Client, namespace: str, name: str, *statuses: dict[str, Any]) -> None:
        super().__init__()
        self._api, self._place, self._statuses = api, (namespace, name), statuses

    def run(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._api.get(path_of(*self._place)).status_code == 404:
            assert time.monotonic() < deadline, "nobody created it"
            time.sleep(0.05)
        for status in self._statuses:
            said(self._api, *self._place, **status)
            time.sleep(0.3)  # so that the watch may tell them apart; none must be seen


RUNNING = {"conditions": conditions("Unknown", "WorkflowRunning", "runs", "Reconciling")}


def test_who_waits_is_told_the_way_and_the_end(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    ready = {"conditions": conditions("True", "Published"), "liveVersion": 3}
    operator = Operator(api, namespace, "mushishi", RUNNING, ready)
    operator.start()
    done = otakube(otakube_api, "enrich", "Mushishi", "--wait", "--timeout", "2m", "-n", namespace)
    operator.join()
    assert (done.returncode, done.stdout) == (0, "animeenrichment.otakube.dev/mushishi created\n")
    assert done.stderr.endswith("mushishi: Ready, version 3 is live\n")


def test_who_waits_in_vain_hears_the_reason(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    operator = Operator(api, namespace, "mushishi", RUNNING, {"conditions": STALLED})
    operator.start()
    done = otakube(otakube_api, "enrich", "Mushishi", "--wait", "-n", namespace)
    operator.join()
    assert done.returncode == 1
    assert done.stderr.endswith("did not become Ready: StoreUnavailable: MongoDB does not answer\n")


def test_patience_has_an_end(otakube_api: ControlPlane, namespace: str) -> None:
    done = otakube(otakube_api, "enrich", "Mushishi", "--wait", "--timeout", "1s", "-n", namespace)
    assert done.returncode == 1
    assert "'mushishi' is not Ready after 1 seconds (not seen by the operator yet)" in done.stderr


def test_a_run_is_asked_for_by_name_and_its_own_end_is_awaited(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "tide", conditions=conditions("True", "Published"), liveVersion=1)

    def answer() -> None:
        deadline = time.monotonic() + PATIENCE
        while not (token := request_of(api, namespace, "tide")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        said(api, namespace, "tide", **RUNNING, lastHandledRequest=token)
        said(api, namespace, "tide", conditions=conditions("True", "Published"), liveVersion=2)

    operator = threading.Thread(target=answer)
    operator.start()
    done = otakube(otakube_api, "rerun", "tide", "--wait", "-n", namespace)
    operator.join()
    assert (done.returncode, done.stdout) == (0, "animeenrichment.otakube.dev/tide runs again\n")
    assert done.stderr.endswith("tide: Ready, version 2 is live\n")


def test_all_stalled_or_failed_are_asked_for_and_no_other(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "stalled", conditions=STALLED)
    enrich(api, namespace, "failed", conditions=conditions("False", "SpecInvalid"))
    enrich(api, namespace, "ready", conditions=conditions("True", "Published"))
    enrich(api, namespace, "running", **RUNNING)
    dry = otakube(otakube_api, "rerun", "--stalled", "--dry-run", "-n", namespace)
    assert dry.stdout == "animeenrichment.otakube.dev/stalled would run again\n"
    assert request_of(api, namespace, "stalled") is None
    otakube(otakube_api, "rerun", "--stalled", "-n", namespace)
    names = ("stalled", "failed", "ready", "running")
    assert [name for name in names if request_of(api, namespace, name)] == ["stalled"]
    done = otakube(otakube_api, "rerun", "--failed", "-n", namespace)
    assert len(done.stdout.splitlines()) == 2
    assert [name for name in names if request_of(api, namespace, name)] == ["stalled", "failed"]


@pytest.mark.parametrize("words", [(), ("tide", "--stalled"), ("--stalled", "--failed"), ("tide", "-A")])
def test_which_ones_must_be_said_once(
    otakube_api: ControlPlane, namespace: str, words: tuple[str, ...]
) -> None:
    done = otakube(otakube_api, "rerun", *words, "-n", namespace)
    assert done.returncode == 2, done.stderr


def test_one_that_is_not_there_keeps_no_other_from_its_turn(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "wave")
    done = otakube(otakube_api, "suspend", "tide", "wave", "-n", namespace)
    assert (done.returncode, done.stdout) == (1, "animeenrichment.otakube.dev/wave suspended\n")
    assert '"tide" not found' in done.stderr
    assert read(api, namespace, "wave")["spec"]["suspend"] is True
    again = otakube(otakube_api, "suspend", "wave", "-n", namespace)
    assert again.stdout == "animeenrichment.otakube.dev/wave suspended (no change)\n"
    otakube(otakube_api, "resume", "wave", "-n", namespace)
    assert read(api, namespace, "wave")["spec"]["suspend"] is False


def a_run(api: httpx2.Client, namespace: str, name: str, **status: Any) -> str:
    """Store an enrichment with its run; returns the run's path."""
    uid = enrich(api, namespace, name)["metadata"]["uid"]
    body = a_workflow(f"{name}-1-1", uid=uid, **status)
    del body["metadata"]["resourceVersion"]
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/workflows"
    api.post(path, json=body).raise_for_status()
    return f"{path}/{name}-1-1"


def test_a_run_is_stopped_as_argo_stops_it(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    path = a_run(api, namespace, "tide")
    done = otakube(otakube_api, "stop", "tide", "-n", namespace)
    assert (done.returncode, done.stdout) == (0, "workflow.argoproj.io/tide-1-1 stopped\n")
    assert api.get(path).json()["spec"]["shutdown"] == "Stop"
    a_run(api, namespace, "wave", phase="Succeeded")
    over = otakube(otakube_api, "stop", "wave", "-n", namespace)
    assert (over.returncode, over.stderr) == (1, "otakube: 'wave' has no run that goes on\n")


def test_a_shell_completes_the_names_of_objects(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "tide")
    enrich(api, namespace, "tower")
    words = f"otakube rerun -n {namespace} t"
    completing = {"_OTAKUBE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "4"}
    assert otakube(otakube_api, **completing).stdout.split() == ["tide", "tower"]
    words = f"otakube rerun -n {namespace} tide t"
    completing = {"_OTAKUBE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "5"}
    assert otakube(otakube_api, **completing).stdout.split() == ["tower"]


def test_a_completion_without_a_cluster_is_silent(otakube_api: ControlPlane, tmp_path: Path) -> None:
    completing = {"_OTAKUBE_COMPLETE": "complete_bash", "COMP_WORDS": "otakube status t", "COMP_CWORD": "2"}
    done = otakube(otakube_api, **completing, KUBECONFIG=str(tmp_path / "gone"))
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_versions_name_what_is_not_installed_and_what_differs(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    here = otakube(otakube_api, "version", "-n", namespace)
    assert "operator     not installed" in here.stdout
    assert (here.returncode, here.stderr) == (0, "")
    labels = {"app.kubernetes.io/version": "0.0.1"}
    pod = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "a", "image": "a"}]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": pod}
    body = {"metadata": {"name": "otakube-operator", "labels": labels}, "spec": spec}
    api.post(f"/apis/apps/v1/namespaces/{namespace}/deployments", json=body).raise_for_status()
    older = otakube(otakube_api, "version", "-n", namespace, "-o", "json")
    assert '"operator": "0.0.1"' in older.stdout
    assert older.stderr.startswith("WARNING: operator 0.0.1 and client ")
    assert set(yaml.safe_load(otakube(otakube_api, "version", "--client", "-o", "json").stdout)) == {"client"}
