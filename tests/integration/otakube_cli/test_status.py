# SPDX-License-Identifier: Apache-2.0
"""`otakube status` against a real API server, as kubectl users expect it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import yaml

from console import OTAKUBE, conditions, enrich, environment, otakube, said
from control_plane import ControlPlane

STALLED = conditions("False", "StoreUnavailable", "MongoDB does not answer", "Stalled")


def test_a_list_is_sorted_by_name_and_has_no_column_too_many(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "wave")
    enrich(api, namespace, "tide", title="Frozen Tide", conditions=STALLED)
    done = otakube(otakube_api, "status", "-n", namespace)
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["NAME", "ANIME", "READY", "REASON", "STEP", "ATTEMPT", "SINCE"]
    assert lines[1].split()[:5] == ["tide", "Frozen", "Tide", "False", "StoreUnavailable"]
    assert lines[2].split() == ["wave", "Frozen", "Tide", "Unknown", "NotSeen"]
    bare = otakube(otakube_api, "status", "-n", namespace, "--no-headers").stdout.splitlines()
    assert [line.split() for line in bare] == [line.split() for line in lines[1:]]


def test_names_and_objects_are_printed_as_kubectl_prints_them(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "tide")
    for words in ((), ("tide",)):
        here = (*words, "-n", namespace)
        ours = otakube(otakube_api, "status", *here, "-o", "name").stdout
        assert ours == otakube_api.kubectl("get", "animeenrichments", *here, "-o", "name").stdout
        ours_whole = otakube(otakube_api, "status", *here, "-o", "json").stdout
        kubectls = otakube_api.kubectl("get", "animeenrichments", *here, "-o", "json").stdout
        assert json.loads(ours_whole) == json.loads(kubectls)
        assert yaml.safe_load(otakube(otakube_api, "status", *here, "-o", "yaml").stdout) == json.loads(
            kubectls
        )


def test_nothing_is_said_on_standard_error_alone(otakube_api: ControlPlane, namespace: str) -> None:
    done = otakube(otakube_api, "status", "-n", namespace)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"No resources found in {namespace} namespace.\n"
    kubectls = otakube_api.kubectl("get", "animeenrichments", "-n", namespace)
    assert done.stderr == kubectls.stderr


def test_all_namespaces_have_a_column(otakube_api: ControlPlane, api: httpx2.Client, namespace: str) -> None:
    enrich(api, namespace, "tide")
    listed = otakube(otakube_api, "status", "-A", "-o", "wide").stdout.splitlines()
    assert listed[0].split()[:2] == ["NAMESPACE", "NAME"]
    assert listed[0].split()[-2:] == ["CAUSE", "NEXT"]
    assert [namespace, "tide"] in [line.split()[:2] for line in listed]


def test_one_is_shown_with_cause_and_cure(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    sources = [{"provider": "Kitsu", "state": "Failed", "reason": "Unavailable"}]
    enrich(api, namespace, "tide", conditions=STALLED, sources=sources, entryId="ani_1")
    shown = otakube(otakube_api, "status", "tide", "-n", namespace).stdout
    assert "False StoreUnavailable" in shown
    assert "MongoDB does not answer" in shown
    assert "Kitsu Failed (Unavailable)" in shown
    [cure] = [line for line in shown.splitlines() if line.split()[0] == "cure"]
    assert "Bring the store back" in cure


def test_one_that_nobody_watches_says_so(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "tide")
    shown = otakube(otakube_api, "status", "tide", "-n", namespace).stdout
    assert "the operator has not looked at this object yet" in shown
    assert "otakube doctor" in shown


def test_the_namespace_is_the_context_s_unless_another_is_named(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str, tmp_path: Path
) -> None:
    enrich(api, namespace, "tide")
    body = yaml.safe_load(otakube_api.kubeconfig.read_text())
    body["contexts"][0]["context"]["namespace"] = namespace
    config = tmp_path / "config"
    config.write_text(yaml.safe_dump(body))
    assert otakube(otakube_api, "status", "-o", "name", KUBECONFIG=str(config)).stdout.endswith("/tide\n")
    other = otakube(otakube_api, "status", "-n", f"{namespace}-b", KUBECONFIG=str(config))
    assert other.stderr == f"No resources found in {namespace}-b namespace.\n"
    unnamed = otakube(otakube_api, "status")
    assert unnamed.stderr == "No resources found in otakube namespace.\n"


@contextmanager
def watching(plane: ControlPlane, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    command = [OTAKUBE, "status", "--watch", *arguments]
    with subprocess.Popen(command, env=environment(plane), stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def test_a_watch_prints_each_change_once_below_one_heading(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "tide")
    with watching(otakube_api, "-n", namespace) as process:
        assert process.stdout is not None
        assert process.stdout.readline().split()[0] == "NAME"
        assert "NotSeen" in process.stdout.readline()
        said(api, namespace, "tide", conditions=STALLED)
        assert process.stdout.readline().split()[3:5] == ["False", "StoreUnavailable"]
        enrich(api, namespace, "wave")
        assert process.stdout.readline().split()[0] == "wave"


def test_a_watch_of_one_prints_objects_for_programs(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "tide")
    enrich(api, namespace, "wave")
    with watching(otakube_api, "wave", "-n", namespace, "-o", "name") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "animeenrichment.otakube.dev/wave\n"
        said(api, namespace, "tide", conditions=STALLED)
        said(api, namespace, "wave", conditions=STALLED)
        assert process.stdout.readline() == "animeenrichment.otakube.dev/wave\n"
