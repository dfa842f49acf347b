# SPDX-License-Identifier: Apache-2.0
"""`kubectl apply` warns of an object that no operator will look at, and of no other."""

import json
import secrets
import time
from collections.abc import Iterator

import httpx2
import pytest

from charts import CHARTS
from control_plane import ControlPlane
from integration.charts.conftest import Installation

MANIFEST = CHARTS / "otakube-crds/templates/unwatched-namespaces.yaml"
WARNING = "nobody watches the namespace"
PATIENCE = 120.0

KINDS = {
    "AnimeEnrichment": {"anime": {"title": "Frozen Tide"}},
    "CatalogRestore": {},
    "DatasetSync": {},
    "EpisodeSchedule": {
        "anime": {"sourceUrls": ["https://myanimelist.net/anime/73815"]},
        "broadcast": {"weekday": "Friday", "time": "25:30"},
    },
}


@pytest.fixture(scope="module", autouse=True)
def policy(with_argo: ControlPlane, installation: Installation) -> Iterator[None]:
    """The chart's policy, in force; it goes with the module."""
    with_argo.apply(MANIFEST)
    deadline = time.monotonic() + PATIENCE
    while WARNING not in warning_of(with_argo, "default", "AnimeEnrichment"):
        assert time.monotonic() < deadline, "the policy never came into force"
        time.sleep(0.2)
    yield
    with_argo.kubectl("delete", "-f", str(MANIFEST))


def warning_of(plane: ControlPlane, namespace: str, kind: str, *options: str) -> str:
    """What kubectl prints beside its answer; the object is admitted in any case."""
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": f"tide-{secrets.token_hex(3)}"},
        "spec": KINDS[kind],
    }
    done = plane.kubectl("-n", namespace, "apply", *options, "-f", "-", stdin=json.dumps(body))
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_in_a_namespace_without_a_release_is_stored_with_a_warning(
    with_argo: ControlPlane, server: httpx2.Client, kind: str
) -> None:
    name = f"unwatched-{secrets.token_hex(4)}"
    server.post("/api/v1/namespaces", json={"metadata": {"name": name}}).raise_for_status()
    for options in ((), ("--server-side",), ("--dry-run=server",)):
        warning = warning_of(with_argo, name, kind, *options)
        assert f"{WARNING} {name}, so nothing will come of this object" in warning
        assert "install the chart otakube there" in warning


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_beside_an_operator_is_stored_without_a_warning(
    with_argo: ControlPlane, installation: Installation, kind: str
) -> None:
    assert warning_of(with_argo, installation.namespace, kind) == ""


def test_the_policy_refuses_nothing_and_needs_no_value() -> None:
    text = MANIFEST.read_text()
    assert "validationActions: [Warn]" in text
    assert "failurePolicy: Ignore" in text
    assert "{{" not in text
