# SPDX-License-Identifier: Apache-2.0
"""A sound installation on an API server of its own: the charts' objects, and what controllers would add."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml

from charts import CHARTS, ValueSet, render
from console import MERGE
from control_plane import ControlPlane, running_control_plane
from otakube_cluster import binaries, settings
from ports import free_port
from stores import BUCKET, Server, objects_program

NAMESPACE, ARGO, STORES = "otakube", "argo", "otakube-dev"
KEY_ID, KEY = "doctor-test", "a-secret-of-the-doctor-test"
CRDS = Path(__file__).parents[1] / "crds"
ARGO_KINDS = ("workflows", "workflowtemplates", "workflowtaskresults", "cronworkflows")
NOT_NEEDED = {"ServiceMonitor", "NetworkPolicy", "PodDisruptionBudget"}
SERVICES = {"otakube-documents": 27017, "otakube-vectors": 6333, "otakube-redis": 6379}


@dataclass(frozen=True, slots=True)
class Sound:
    """The installation, with a client of cluster-admin."""

    plane: ControlPlane
    api: httpx2.Client

    def put(self, path: str, body: dict[str, Any]) -> None:
        """Create, or replace whatever is there."""
        name = body["metadata"]["name"]
        self.api.delete(f"{path}/{name}")
        self.api.post(path, json=body).raise_for_status()

    def merge(self, path: str, change: dict[str, Any]) -> None:
        """JSON merge patch."""
        self.api.patch(path, json=change, headers=MERGE).raise_for_status()


@contextmanager
def sound_installation(folder: Path, binary: Path) -> Iterator[Sound]:
    """Start API server and S3 server, and install everything."""
    with (
        running_control_plane(folder, binary) as plane,
        plane.client() as api,
        s3_server(folder) as endpoint,
    ):
        sound = Sound(plane, api)
        argo = binaries.built(binaries.ARGO_WORKFLOWS, settings.load().cache)
        kinds = (argo / f"crds/argoproj.io_{kind}.yaml" for kind in ARGO_KINDS)
        plane.apply(*sorted(CRDS.glob("otakube.dev_*.yaml")), *kinds)
        plane.wait_for_crds(
            "animeenrichments.otakube.dev", "workflowtemplates.argoproj.io", "cronworkflows.argoproj.io"
        )
        for name in (NAMESPACE, ARGO, STORES):
            api.post("/api/v1/namespaces", json={"metadata": {"name": name}}).raise_for_status()
        _release(sound, endpoint)
        _argo(sound)
        _stores(sound)
        yield sound


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """versitygw with a bucket; yields its address."""
    (folder / "objects" / BUCKET).mkdir(parents=True)
    command = [
        str(objects_program()),
        "--quiet",
        "--port",
        "127.0.0.1:{port}",
        "posix",
        str(folder / "objects"),
    ]
    access = {"ROOT_ACCESS_KEY": KEY_ID, "ROOT_SECRET_KEY": KEY}
    server = Server("objects", command, folder / "objects.log", free_port(), access)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()


def _release(sound: Sound, endpoint: str) -> None:
    """The chart's objects, available Deployments, and the token that a controller writes."""
    helm = binaries.program("helm", settings.load().cache)
    documents = render(helm, ValueSet("otakube", CHARTS / "otakube/ci/dev-values.yaml"), NAMESPACE)
    wanted = [each for each in documents if each["kind"] not in NOT_NEEDED]
    for each in wanted:
        if each["kind"] == "ConfigMap":
            each["data"]["OTAKUBE_S3_ENDPOINT"] = endpoint
    applied = sound.plane.kubectl("-n", NAMESPACE, "apply", "-f", "-", stdin=yaml.safe_dump_all(wanted))
    assert applied.returncode == 0, applied.stderr
    for name in ("otakube-operator", "otakube-catalogue"):
        _available(sound, NAMESPACE, name)
    token = {"data": {"token": encoded("a-token")}}
    sound.merge(f"/api/v1/namespaces/{NAMESPACE}/secrets/otakube-executor.service-account-token", token)
    data = {
        "otakube_mongodb_uri": f"mongodb://otakube:pass@otakube-documents.{STORES}.svc:27017/",
        "otakube_redis_url": f"redis://otakube-redis.{STORES}.svc:6379/0",
        "otakube_s3_access_key_id": KEY_ID,
        "otakube_s3_secret_access_key": KEY,
    }
    secret = {
        "metadata": {"name": "otakube-stores"},
        "data": {key: encoded(value) for key, value in data.items()},
    }
    sound.put(f"/api/v1/namespaces/{NAMESPACE}/secrets", secret)


def _argo(sound: Sound) -> None:
    config = {"config": "workflowRestrictions: {templateReferencing: Secure}\n"}
    body = {"metadata": {"name": "workflow-controller-configmap"}, "data": config}
    sound.put(f"/api/v1/namespaces/{ARGO}/configmaps", body)
    container = {
        "name": "workflow-controller",
        "image": "quay.io/argoproj/workflow-controller:v4.1.4",
        "env": [{"name": "DEFAULT_REQUEUE_TIME", "value": "1s"}],
    }
    template = {"metadata": {"labels": {"app": "argo"}}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": {"app": "argo"}}, "template": template}
    deployment = {"metadata": {"name": "workflow-controller"}, "spec": spec}
    sound.put(f"/apis/apps/v1/namespaces/{ARGO}/deployments", deployment)
    _available(sound, ARGO, "workflow-controller")


def _stores(sound: Sound) -> None:
    for name, port in SERVICES.items():
        service = {"metadata": {"name": name}, "spec": {"ports": [{"port": port}]}}
        sound.put(f"/api/v1/namespaces/{STORES}/services", service)
        metadata = {"name": name, "labels": {"kubernetes.io/service-name": name}}
        endpoints = [{"addresses": ["10.0.0.9"], "conditions": {"ready": True}}]
        body = {
            "metadata": metadata,
            "addressType": "IPv4",
            "endpoints": endpoints,
            "ports": [{"port": port}],
        }
        sound.put(f"/apis/discovery.k8s.io/v1/namespaces/{STORES}/endpointslices", body)


def _available(sound: Sound, namespace: str, name: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}/status"
    sound.merge(path, {"status": {"replicas": 1, "readyReplicas": 1, "availableReplicas": 1}})


def encoded(text: str) -> str:
    """A Secret's value."""
    return base64.b64encode(text.encode()).decode()
