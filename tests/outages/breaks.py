# SPDX-License-Identifier: Apache-2.0
"""Breaks of an installation on the stand-ins; each ends with what it broke whole again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e import observer
from e2e.kube import kubectl
from otakube_cluster import images, settings

DEV = "otakube-dev"
TEMPLATE = "workflowtemplate/otakube-enrich-anime"
FAULTS = f"/api/v1/namespaces/{DEV}/services/otakube-upstream:8080/proxy/admin/faults"
POOL = "otakube.dev/outage-pool"


@contextmanager
def scaled_to_nothing(server: str) -> Iterator[None]:
    """A stand-in away."""
    _scale(server, 0)
    try:
        yield
    finally:
        _scale(server, 1)


def _scale(server: str, replicas: int) -> None:
    kubectl("scale", f"statefulset/{server}", f"--replicas={replicas}", namespace=DEV)
    if not replicas:
        kubectl("wait", "--for=delete", f"pod/{server}-0", "--timeout=120s", namespace=DEV)


@contextmanager
def faulty_upstream(*rules: dict[str, Any]) -> Iterator[None]:
    """Providers that answer wrongly, late or not."""
    _admin("PUT", list(rules))
    try:
        yield
    finally:
        _admin("DELETE")


def _admin(method: str, body: list[dict[str, Any]] | None = None) -> None:
    """A request to the stand-in, through the API server."""
    api, json_body = observer.api(), {"Content-Type": "application/json"}
    call = api.param_serialize(
        method, FAULTS, header_params=json_body, body=body, auth_settings=["BearerToken"]
    )
    answer = api.call_api(*call)
    answer.read()
    assert answer.status < 300, answer.data


@contextmanager
def missing(what: str) -> Iterator[None]:
    """An object of the installation deleted, and then created as it was."""
    before = json.loads(kubectl("get", what, "-o", "json"))
    kubectl("delete", what)
    try:
        yield
    finally:
        kubectl("create", "-f", "-", stdin=json.dumps(_as_new(before)))


def _as_new(body: dict[str, Any]) -> dict[str, Any]:
    """Without what the API server gave it; a Secret of a token gets its token anew."""
    meta = {key: body["metadata"].get(key, {}) for key in ("name", "labels", "annotations")}
    kept = {key: value for key, value in body.items() if key not in {"metadata", "status"}}
    if body.get("type") == "kubernetes.io/service-account-token":
        meta["annotations"].pop("kubernetes.io/service-account.uid", None)
        kept.pop("data", None)
    return {**kept, "metadata": meta}


@contextmanager
def missing_image(image: str) -> Iterator[None]:
    """An image that is neither on the local cluster's node nor in a registry that it can reach."""
    cluster, aside = settings.load(), "localhost/outage-aside:1"
    if image not in images.present(cluster):
        pytest.skip(f"{image} is not in the local cluster's image store, which is where it is taken from")
    images.ctr(cluster, ["images", "tag", "--force", image, aside])
    images.ctr(cluster, ["images", "rm", image])
    try:
        yield
    finally:
        images.ctr(cluster, ["images", "tag", "--force", aside, image])
        images.ctr(cluster, ["images", "rm", aside])


@contextmanager
def bad_template() -> Iterator[None]:
    """A WorkflowTemplate whose entrypoint is no template."""
    with _patched_template([{"op": "replace", "path": "/spec/entrypoint", "value": "nowhere"}]):
        yield


@contextmanager
def no_node_of_the_pool() -> Iterator[None]:
    """A step that asks for a pool of which no node is; then one joins it."""
    place = [each["name"] for each in _template()["spec"]["templates"]].index("embed")
    asked = json.dumps({"nodeSelector": {POOL: "true"}})
    _patch_template([{"op": "replace", "path": f"/spec/templates/{place}/podSpecPatch", "value": asked}])
    try:
        yield
    finally:
        kubectl("label", "nodes", "--all", "--overwrite", f"{POOL}=true")


def without_the_pool() -> None:
    """Have no step ask for the pool, and no node in it: not before the run has ended, which would end it."""
    place = [each["name"] for each in _template()["spec"]["templates"]].index("embed")
    whole = _rendered()["spec"]["templates"][place]["podSpecPatch"]
    _patch_template([{"op": "replace", "path": f"/spec/templates/{place}/podSpecPatch", "value": whole}])
    kubectl("label", "nodes", "--all", f"{POOL}-")


def _rendered() -> dict[str, Any]:
    """The template as the chart was built from it."""
    return dict(yaml.safe_load(Path("charts/otakube/files/workflows/otakube-enrich-anime.yaml").read_text()))


def _patch_template(change: list[dict[str, Any]]) -> None:
    kubectl("patch", TEMPLATE, "--type=json", "-p", json.dumps(change))


@contextmanager
def _patched_template(change: list[dict[str, Any]]) -> Iterator[None]:
    before = _template()["spec"]
    _patch_template(change)
    try:
        yield
    finally:
        _patch_template([{"op": "replace", "path": "/spec", "value": before}])


def _template() -> dict[str, Any]:
    return dict(json.loads(kubectl("get", TEMPLATE, "-o", "json")))


@contextmanager
def full_bucket() -> Iterator[None]:
    """An S3 server on a disk of one page of memory: it answers, and nothing can be written."""
    tiny = {"name": "tiny", "emptyDir": {"medium": "Memory", "sizeLimit": "4Ki"}}
    mount = {"name": "tiny", "mountPath": "/data"}
    before = _objects()["spec"]["template"]
    spec = json.loads(json.dumps(before["spec"]))
    spec["volumes"].append(tiny)
    for container in [*spec["initContainers"], *spec["containers"]]:
        others = [each for each in container["volumeMounts"] if each["mountPath"] != "/data"]
        container["volumeMounts"] = [*others, mount]
    _set_template({**before, "spec": spec})
    try:
        yield
    finally:
        _set_template(before)


def _objects() -> dict[str, Any]:
    return dict(json.loads(kubectl("get", "statefulset/otakube-objects", "-o", "json", namespace=DEV)))


def _set_template(template: dict[str, Any]) -> None:
    change = json.dumps([{"op": "replace", "path": "/spec/template", "value": template}])
    kubectl("patch", "statefulset/otakube-objects", "--type=json", "-p", change, namespace=DEV)
    kubectl("rollout", "status", "statefulset/otakube-objects", "--timeout=180s", namespace=DEV)
