# SPDX-License-Identifier: Apache-2.0
"""The stand-ins of charts/otakube-dev, through the API server, by code that the product does not share."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pymongo

from e2e import observer
from e2e.observer import Body
from ports import free_port

DEV = "otakube-dev"
UPSTREAM, VECTORS = "otakube-upstream:8080", "otakube-vectors:6333"
MOST_POINTS = 500


def request(method: str, server: str, path: str, body: Any = None) -> Any:
    """A request to a stand-in, and its answer if it is JSON."""
    api, json_body = observer.api(), {"Content-Type": "application/json"}
    where = f"/api/v1/namespaces/{DEV}/services/{server}/proxy{path}"
    call = api.param_serialize(
        method, where, header_params=json_body, body=body, auth_settings=["BearerToken"]
    )
    answer = api.call_api(*call)
    answer.read()
    assert answer.status < 300, answer.data
    return json.loads(answer.data) if answer.data else None


def move_clock(ahead_seconds: float) -> None:
    """Have the upstream's episodes be those of another time."""
    request("PUT", UPSTREAM, "/admin/clock", {"ahead_seconds": ahead_seconds})


def points(entry_id: str, version: int) -> list[Body]:
    """Payloads of the vectors of one version of an entry."""
    wanted = [_equal("entry_id", entry_id), _equal("version", version)]
    body = {"filter": {"must": wanted}, "limit": MOST_POINTS, "with_payload": True}
    found = request("POST", VECTORS, "/collections/anime/points/scroll", body)
    return [point["payload"] for point in found["result"]["points"]]


def forget_answers(provider: str) -> None:
    """Take a provider's kept answers out of the bucket, as a day would."""
    held = observer.secrets()["otakube-stores"]
    with _forwarded("otakube-objects", 7070) as port:
        delete_objects(f"http://127.0.0.1:{port}", held, f"answers/{provider}/")


def delete_objects(endpoint: str, keys: dict[str, str], prefix: str) -> None:
    """Delete what lies below a prefix of the bucket."""
    for found in _bucket(endpoint, keys).objects.filter(Prefix=prefix):
        found.delete()


@contextmanager
def bucket() -> Iterator[Any]:
    """The catalogue's bucket."""
    held = observer.secrets()["otakube-stores"]
    with _forwarded("otakube-objects", 7070) as port:
        yield _bucket(f"http://127.0.0.1:{port}", held)


@contextmanager
def documents() -> Iterator[Any]:
    """The catalogue's database."""
    with _forwarded("otakube-documents", 27017) as port:
        address = f"mongodb://127.0.0.1:{port}/?directConnection=true"
        with pymongo.MongoClient[Body](address) as connected:
            yield connected["otakube"]


def _bucket(endpoint: str, keys: dict[str, str]) -> Any:
    return boto3.resource(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=keys["otakube_s3_access_key_id"],
        aws_secret_access_key=keys["otakube_s3_secret_access_key"],
    ).Bucket("otakube")


def forget_readings(pages: dict[str, int]) -> None:
    """Have nobody remember what providers said of a title: where time goes back, episodes get fewer."""
    keys = [f"{provider}/{number}" for provider, number in pages.items()]
    with _forwarded("otakube-documents", 27017) as port:
        address = f"mongodb://127.0.0.1:{port}/?directConnection=true"
        with pymongo.MongoClient[Body](address) as documents:
            documents["otakube"]["provider_titles"].delete_many({"_id": {"$in": keys}})


def _equal(key: str, value: object) -> Body:
    return {"key": key, "match": {"value": value}}


@contextmanager
def _forwarded(service: str, port: int) -> Iterator[int]:
    own = free_port()
    command = ["kubectl", "-n", DEV, "port-forward", f"service/{service}", f"{own}:{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forward:
        try:
            assert forward.stdout is not None
            assert "Forwarding from" in forward.stdout.readline()
            yield own
        finally:
            forward.terminate()
