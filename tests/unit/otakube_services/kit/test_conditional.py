# SPDX-License-Identifier: Apache-2.0
"""HEAD, and tags of answers that a reader has."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from fastapi import Response
from fastapi.testclient import TestClient

from otakube_services.kit.conditional import IfNoneMatch, matches, tagged
from otakube_services.kit.service import create_service

TAG = 'W/"7-0123"'


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (None, False),
        ("", False),
        ("*", True),
        (TAG, True),
        ('"7-0123"', True),
        ('"6-0123", W/"7-0123"', True),
        ('W/"6-0123"', False),
        ('"a,b", "7-0123"', True),
        ("7-0123", False),
    ],
)
def test_tags_are_compared_weakly(known: str | None, found: bool) -> None:
    assert matches(known, TAG) is found


@pytest.fixture
def client() -> Iterator[TestClient]:
    @asynccontextmanager
    async def connect() -> AsyncIterator[str]:
        yield "ports"

    service = create_service("reader", description="Reads.", connect=connect)

    @service.public.get("/kept")
    async def kept(response: Response, if_none_match: IfNoneMatch = None) -> list[str]:
        tagged(response, TAG, if_none_match)
        return ["one"]

    @service.public.get("/asked")
    async def asked() -> list[str]:
        return ["two"]

    with TestClient(service.public) as client:
        yield client


@pytest.mark.parametrize("path", ["/kept", "/asked", "/nowhere", "/asked?what=1", "/openapi.json"])
def test_head_is_get_without_its_body(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, dict(head.headers)) == (got.status_code, dict(got.headers))
    assert (got.content != b"", head.content) == (True, b"")


def test_what_a_reader_has_is_304_without_a_body(client: TestClient) -> None:
    tag = client.get("/kept").headers["etag"]
    for answer in (
        client.get("/kept", headers={"If-None-Match": tag}),
        client.head("/kept", headers={"If-None-Match": tag}),
    ):
        assert (answer.status_code, answer.content) == (304, b"")
        assert (answer.headers["etag"], answer.headers["cache-control"]) == (TAG, "no-cache")
        assert "content-type" not in answer.headers
    assert client.get("/kept", headers={"If-None-Match": '"other"'}).json() == ["one"]


def test_what_has_no_tag_is_kept_by_nobody(client: TestClient) -> None:
    for path in ("/asked", "/nowhere"):
        assert client.get(path).headers["cache-control"] == "no-store"
