# SPDX-License-Identifier: Apache-2.0
"""The runtime serves a kind that it has never heard of."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from control_plane import ControlPlane
from integration.otakube_operator import toy
from integration.otakube_operator.conftest import Body, eventually
from integration.otakube_operator.proxy import Proxy
from operator_process import OperatorProcess, running_operator

CONTROLLERS = "integration.otakube_operator.toy:controllers"
MERGE = {"Content-Type": "application/merge-patch+json"}


@dataclass(frozen=True, slots=True)
class Toys:
    """One namespace with Greetings and ConfigMaps."""

    plane: ControlPlane
    api: httpx2.Client
    namespace: str
    folder: Path

    def operator(self, server: str = "", **options: object) -> AbstractContextManager[OperatorProcess]:
        """An operator that serves Greetings alone."""
        return running_operator(
            self.plane,
            self.folder,
            namespace=self.namespace,
            server=server,
            controllers=CONTROLLERS,
            **options,
        )

    def greet(self, text: object = "hello", finalizers: Sequence[str] = ()) -> None:
        meta = {"name": "one", "finalizers": list(finalizers)}
        body = {"apiVersion": f"{toy.GROUP}/v1", "kind": "Greeting", "metadata": meta}
        self.api.post(self._path("greetings"), json=body | {"spec": {"text": text}}).raise_for_status()

    def edit(self, text: str, plural: str = "greetings") -> None:
        body = {"data": {"text": text}} if plural == "configmaps" else {"spec": {"text": text}}
        self.api.patch(self._path(plural, "one"), json=body, headers=MERGE).raise_for_status()

    def delete(self, plural: str = "greetings") -> None:
        self.api.delete(self._path(plural, "one")).raise_for_status()

    def find(self, plural: str = "greetings", name: str = "one") -> Body | None:
        answer = self.api.get(self._path(plural, name))
        body: Body = answer.json()
        return None if answer.status_code == 404 else body

    def page(self) -> str | None:
        """The text of the ConfigMap, None if there is none."""
        found = self.find("configmaps")
        return None if found is None else found["data"]["text"]

    def condition(self, type_: str = "Ready") -> tuple[str, str, str] | None:
        conditions = (self.find() or {}).get("status", {}).get("conditions", [])
        found = [
            (each["status"], each["reason"], each["message"]) for each in conditions if each["type"] == type_
        ]
        return found[0] if found else None

    def events(self) -> list[tuple[str, str]]:
        items = self.api.get(f"/api/v1/namespaces/{self.namespace}/events").json()["items"]
        return sorted((item["type"], item["reason"]) for item in items)

    def eventually(self, check: Any) -> None:
        eventually(check, lambda: f"{self.find()} {self.find('configmaps')}")

    def eventually_written(self, text: str) -> None:
        self.eventually(lambda: self.page() == text and self.condition() == ("True", "Written", text))

    def _path(self, plural: str, name: str = "") -> str:
        root = "/api/v1" if plural == "configmaps" else f"/apis/{toy.GROUP}/v1"
        return f"{root}/namespaces/{self.namespace}/{plural}" + (f"/{name}" if name else "")


@pytest.fixture(scope="module")
def toy_plane(otakube_api: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> ControlPlane:
    """The API server with the toy's CRD."""
    manifest = tmp_path_factory.mktemp("toy") / "crd.yaml"
    manifest.write_text(yaml.safe_dump(toy.CRD))
    otakube_api.apply(manifest)
    otakube_api.wait_for_crds(toy.CRD["metadata"]["name"])
    return otakube_api


@pytest.fixture
def toys(toy_plane: ControlPlane, api: httpx2.Client, namespace: str, tmp_path: Path) -> Toys:
    return Toys(toy_plane, api, namespace, tmp_path)


@pytest.fixture
def operator(toys: Toys) -> Iterator[OperatorProcess]:
    with toys.operator() as process:
        yield process


def test_the_toy_is_small() -> None:
    assert len(Path(toy.__file__).read_text().splitlines()) < 150


@pytest.mark.usefixtures("operator")
def test_what_is_created_is_served_and_reported_by_one_event(toys: Toys) -> None:
    toys.greet()
    toys.eventually_written("hello")
    found = toys.find() or {}
    assert found["metadata"]["finalizers"] == [toy.FINALIZER]
    assert found["status"]["observedGeneration"] == found["metadata"]["generation"] == 1
    toys.eventually(lambda: toys.events() == [("Normal", "Written")])


@pytest.mark.usefixtures("operator")
def test_an_edit_of_the_object_or_of_what_it_owns_is_followed(toys: Toys) -> None:
    toys.greet()
    toys.eventually_written("hello")
    toys.edit("good evening")
    toys.eventually_written("good evening")
    assert (toys.find() or {})["status"]["observedGeneration"] == 2
    toys.edit("drifted", "configmaps")
    toys.eventually_written("good evening")
    toys.delete("configmaps")
    toys.eventually_written("good evening")


@pytest.mark.usefixtures("operator")
def test_a_deletion_takes_the_owned_object_along_before_the_finalizer_goes(toys: Toys) -> None:
    toys.greet()
    toys.eventually_written("hello")
    toys.delete()
    toys.eventually(lambda: toys.find() is None)
    assert toys.page() is None  # nobody collects garbage here


@pytest.mark.usefixtures("operator")
def test_finalizers_of_others_stay(toys: Toys) -> None:
    theirs = "example.org/theirs"
    toys.greet(finalizers=[theirs])
    toys.eventually_written("hello")
    assert (toys.find() or {})["metadata"]["finalizers"] == [theirs, toy.FINALIZER]
    toys.delete()
    toys.eventually(lambda: (toys.find() or {})["metadata"]["finalizers"] == [theirs])


@pytest.mark.usefixtures("operator")
def test_a_spec_that_cannot_be_read_stalls_until_it_can(toys: Toys) -> None:
    toys.greet(["not", "text"])
    toys.eventually(lambda: (toys.condition("Stalled") or ())[:2] == ("True", "SpecInvalid"))
    toys.edit("hello")
    toys.eventually_written("hello")
    assert toys.condition("Stalled") is None


@pytest.mark.usefixtures("operator")
def test_an_object_of_that_name_that_is_somebody_elses_is_left_alone(toys: Toys) -> None:
    path = f"/api/v1/namespaces/{toys.namespace}/configmaps"
    foreign = {"metadata": {"name": "one"}, "data": {"text": "theirs"}}
    toys.api.post(path, json=foreign).raise_for_status()
    toys.greet()
    toys.eventually(lambda: (toys.condition("Stalled") or ())[:2] == ("True", "NameTaken"))
    assert toys.page() == "theirs"
    toys.delete("configmaps")
    toys.eventually_written("hello")


def test_writes_that_conflict_are_planned_anew(toys: Toys, proxy: Proxy) -> None:
    """An edit that comes between the read and the write makes the API server answer 409."""
    texts = iter(["second", "third"])

    def interfere(_: int) -> int:
        if proxy.writes[-1].startswith("PATCH") and proxy.writes[-1].endswith(("/one", "/status")):
            text = next(texts, None)
            if text is not None:
                toys.edit(text)
        return 0

    toys.greet("first")
    proxy.answer = interfere
    with toys.operator(proxy.url) as operator:
        toys.eventually_written("third")
        assert (
            operator.metric("otakube_operator_reconciles_total", kind="Greeting", result="WriteConflict") >= 1
        )
    assert (toys.find() or {})["status"]["observedGeneration"] == 3


def test_a_resync_repairs_what_no_watch_reported_and_writes_nothing_else(toys: Toys, proxy: Proxy) -> None:
    toys.greet()
    with toys.operator(proxy.url, resync_seconds=1) as operator:
        toys.eventually_written("hello")
        toys.eventually(lambda: toys.events() == [("Normal", "Written")])
        proxy.cut()
        toys.delete("configmaps")
        proxy.writes.clear()
        proxy.heal()
        toys.eventually_written("hello")
        passes = operator.metric("otakube_operator_reconcile_seconds_count", kind="Greeting")
        toys.eventually(
            lambda: operator.metric("otakube_operator_reconcile_seconds_count", kind="Greeting") > passes + 2
        )
    assert [write.split()[0] for write in proxy.writes] == ["POST"]


@pytest.mark.parametrize("fatal", [1, 2, 3])
def test_killed_after_any_write_the_next_process_goes_on(toys: Toys, proxy: Proxy, fatal: int) -> None:
    """The writes are finalizer, ConfigMap and status."""
    killed: list[OperatorProcess] = []

    def strike(count: int) -> None:
        if count == fatal and not killed:
            killed.append(operator)
            operator.kill()

    with toys.operator(proxy.url) as operator:
        proxy.after_write = strike
        toys.greet()
        assert operator.process.wait(60) == -signal.SIGKILL
    proxy.writes.clear()
    with toys.operator(proxy.url):
        toys.eventually_written("hello")
        toys.edit("later")
        toys.eventually_written("later")
    own = [write for write in proxy.writes if not write.endswith("/events")]
    assert len(own) == 3 - fatal + 2


def test_a_restart_with_nothing_to_do_writes_nothing(toys: Toys, proxy: Proxy) -> None:
    toys.greet()
    with toys.operator():
        toys.eventually_written("hello")
        toys.eventually(lambda: toys.events() == [("Normal", "Written")])
    with toys.operator(proxy.url, resync_seconds=1) as second:
        toys.eventually(lambda: second.metric("otakube_operator_reconcile_seconds_count") >= 3)
    assert proxy.writes == []
