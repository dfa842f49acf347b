# SPDX-License-Identifier: Apache-2.0
"""`otakube report` against a real API server: everything is in it, and no secret."""

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

import httpx2
import pytest

from console import conditions, enrich, otakube
from control_plane import ControlPlane
from installation import encoded
from otakube_cli.report import without_secrets

pytestmark = pytest.mark.usefixtures("argo_crds")

SECRET = "hunter2-of-the-report"


def planted(api: httpx2.Client, namespace: str) -> None:
    """A Secret, and its value in many places where it does not belong."""
    root = f"/api/v1/namespaces/{namespace}"
    data = {
        "otakube_mongodb_uri": encoded(f"mongodb://otakube:{SECRET}@db/"),
        "otakube_redis_url": encoded(SECRET),
    }
    container = {"name": "a", "image": "a", "env": [{"name": "A_TOKEN", "value": "sk-another-secret"}]}
    for path, body in (
        ("secrets", {"metadata": {"name": "otakube-stores"}, "data": data}),
        (
            "configmaps",
            {
                "metadata": {"name": "otakube-steps"},
                "data": {
                    "OTAKUBE_QDRANT_URL": f"http://user:{SECRET}@qdrant:6333",
                    "OTAKUBE_SUGGESTION_API_KEY": "sk-another-secret",
                    "OTAKUBE_S3_BUCKET": "otakube",
                },
            },
        ),
        (
            "events",
            {
                "metadata": {"name": "tide.1"},
                "involvedObject": {"namespace": namespace},
                "message": f"cannot reach mongodb://otakube:{SECRET}@db/",
            },
        ),
        (
            "pods",
            {
                "metadata": {"name": "operator", "annotations": {"note": SECRET}},
                "spec": {"containers": [container]},
            },
        ),
    ):
        api.post(f"{root}/{path}", json=body).raise_for_status()
    message = f"the step said {SECRET}"
    enrich(api, namespace, "tide", conditions=conditions("False", "StoreUnavailable", message, "Stalled"))


def test_a_bundle_lists_its_parts_and_has_no_secret(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str, tmp_path: Path
) -> None:
    planted(api, namespace)
    file = tmp_path / "report.tar.gz"
    done = otakube(otakube_api, "report", "--file", str(file), "-n", namespace)
    assert done.returncode == 0, done.stderr
    with tarfile.open(file) as archive:
        parts = {
            member.name.removeprefix("otakube-report/"): archive.extractfile(member).read()  # type: ignore[union-attr]  # a file
            for member in archive.getmembers()
        }
    listed = json.loads(parts["manifest.json"])["parts"]
    assert set(listed) == parts.keys() - {"manifest.json"}
    assert all(hashlib.sha256(parts[name]).hexdigest() == each["sha256"] for name, each in listed.items())
    assert {"doctor.json", "animeenrichments.json", "events.json", "logs/operator/a.log"} <= listed.keys()
    assert json.loads(parts["secrets.json"]) == {
        "otakube-stores": ["otakube_mongodb_uri", "otakube_redis_url"]
    }
    assert json.loads(parts["settings.json"])["OTAKUBE_S3_BUCKET"] == "otakube"
    [tide] = json.loads(parts["animeenrichments.json"])["items"]
    assert tide["status"]["conditions"][0]["message"] == "the step said ***"
    leaked = [name for name, body in parts.items() if SECRET.encode() in body or b"sk-another-secret" in body]
    assert leaked == []
    assert [name for name, body in parts.items() if encoded(SECRET).encode() in body] == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"API_KEY": "x"}, {"API_KEY": "***"}),
        ({"name": "PASSWORD", "value": "x"}, {"name": "PASSWORD", "value": "***"}),
        ({"name": "LEVEL", "value": "x"}, {"name": "LEVEL", "value": "x"}),
        ({"secretName": "otakube-stores"}, {"secretName": "otakube-stores"}),
        ([{"token": ""}], [{"token": ""}]),
        ({"a": {"clientId": "x", "n": 1}}, {"a": {"clientId": "***", "n": 1}}),
    ],
)
def test_what_its_name_calls_secret_is_taken_out(value: Any, shown: Any) -> None:
    assert without_secrets(value) == shown


def test_a_file_that_cannot_be_written_is_named(
    otakube_api: ControlPlane, namespace: str, tmp_path: Path
) -> None:
    done = otakube(otakube_api, "report", "--file", str(tmp_path / "gone/report.tar.gz"), "-n", namespace)
    assert done.returncode == 1
    assert "No such file or directory" in done.stderr
