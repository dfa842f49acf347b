# SPDX-License-Identifier: Apache-2.0
"""docs/security.md says of each pod what the rendered chart says: its secrets, and what it may reach."""

from typing import Any

import pytest

from charts import CHARTS, ValueSet, pods, render
from otakube_cluster import binaries, settings
from security_page import names, table

VALUES = ValueSet("otakube", CHARTS / "otakube/ci/inline-secrets-values.yaml")
PUBLIC = "0.0.0.0/0"
STORES = {27017, 6333, 7070, 6379}
PROVIDERS = {443, 9001}
API_SERVER = {443, 6443}


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return render(binaries.program("helm", settings.load().cache), VALUES)


def kind_of(pod: dict[str, Any]) -> str:
    """The name that the page has for a pod: its step, else its component."""
    tags = pod["metadata"]["labels"]
    return str(tags.get("otakube.dev/step") or tags["app.kubernetes.io/component"])


def secrets_of(pod: dict[str, Any]) -> frozenset[str]:
    """The keys that a pod mounts; a Secret mounted whole counts as all of it."""
    mounted = [volume["secret"] for volume in pod["spec"]["volumes"] if "secret" in volume]
    keys = [each["key"] for secret in mounted for each in secret.get("items", [{"key": "otakube_ALL"}])]
    return frozenset(key.removeprefix("otakube_") for key in keys)


def test_each_pod_mounts_the_keys_that_the_page_names(documents: list[dict[str, Any]]) -> None:
    said = {pod: frozenset(names(keys)) for row, keys in table("Secrets") for pod in names(row)}
    assert {kind_of(pod): secrets_of(pod) for _, pod in pods(documents)} == said


def test_no_pod_takes_a_secret_as_environment(documents: list[dict[str, Any]]) -> None:
    for name, pod in pods(documents):
        for container in pod["spec"]["containers"]:
            given = str([container.get("env", []), container.get("envFrom", [])])
            assert "secret" not in given.lower(), name


def selects(policy: dict[str, Any], pod: dict[str, Any]) -> bool:
    """True if a NetworkPolicy is about a pod."""
    tags, selector = pod["metadata"]["labels"], policy["spec"]["podSelector"]
    assert {each["operator"] for each in selector.get("matchExpressions", [])} <= {"In"}
    return selector.get("matchLabels", {}).items() <= tags.items() and all(
        tags.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", [])
    )


def target(rule: dict[str, Any]) -> str:
    """What an egress rule opens, in the page's words."""
    ports, to = {port["port"] for port in rule["ports"]}, str(rule["to"])
    known = {
        "DNS": ports == {53} and "kube-system" in to,
        "stores": ports == STORES and "ipBlock" not in to,
        "providers": ports == PROVIDERS and PUBLIC in to,
        "API server": ports == API_SERVER and PUBLIC not in to,
    }
    [found] = [word for word, holds in known.items() if holds]
    return found


def flows(documents: list[dict[str, Any]], pod: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """What a pod reaches, and the ports at which it is reached."""
    own = [each for each in documents if each["kind"] == "NetworkPolicy" and selects(each, pod)]
    assert {"Ingress", "Egress"} == {way for each in own for way in each["spec"]["policyTypes"]}
    out = [target(rule) for each in own for rule in each["spec"].get("egress", [])]
    into = [
        port["port"] for each in own for rule in each["spec"].get("ingress", []) for port in rule["ports"]
    ]
    return frozenset(out), frozenset(map(str, into))


def test_each_pod_reaches_and_is_reached_as_the_page_says(documents: list[dict[str, Any]]) -> None:
    said = {
        pod: (frozenset(names(reaches)), frozenset(names(ports)))
        for row, reaches, ports in table("What each pod can reach")
        for pod in names(row)
    }
    assert {kind_of(pod): flows(documents, pod) for _, pod in pods(documents)} == said
