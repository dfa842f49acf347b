# SPDX-License-Identifier: Apache-2.0
"""A week's file at its source: what arrives whole, what is tried again, and what is refused for good."""

import hashlib

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from otakube.adapters.dataset_source import LoadedDataset, load_web, new_client, web_address
from otakube.errors import Fatal, Retriable, StepError
from otakube_api.contract import DatasetReason

BODY = b'{"lastUpdate": "2026-11-21"}\n' * 1000
RELEASES = "https://github.com/owner/anime.db/releases"


async def load(server: HTTPServer, path: str = "/week.jsonl", most: int = 1 << 20) -> LoadedDataset:
    async with new_client() as client:
        return await load_web(client, "https://x.example/week", server.url_for(path), most=most)


async def failure(server: HTTPServer, path: str = "/week.jsonl", most: int = 1 << 20) -> StepError:
    with pytest.raises(StepError) as caught:
        await load(server, path, most)
    return caught.value


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("github:owner/anime.db/a.jsonl", f"{RELEASES}/latest/download/a.jsonl"),
        ("github:owner/anime.db@2026-48/a.jsonl.zst", f"{RELEASES}/download/2026-48/a.jsonl.zst"),
        ("https://x.example/a", "https://x.example/a"),
    ],
)
def test_a_source_has_one_address(source: str, url: str) -> None:
    assert web_address(source) == url


@pytest.mark.parametrize("source", ["github:owner/a.jsonl", "http://x.example/a", "file:///etc/passwd", ""])
def test_anything_else_is_no_source(source: str) -> None:
    with pytest.raises(Fatal, match=r"is no source: write https://") as caught:
        web_address(source)
    assert caught.value.reason is DatasetReason.SOURCE_REFUSED


async def test_a_file_comes_with_its_name_digest_and_etag_through_a_redirect(httpserver: HTTPServer) -> None:
    moved = Response(status=302, headers={"Location": "/signed/blob?signature=secret"})
    httpserver.expect_request("/week.jsonl").respond_with_response(moved)
    httpserver.expect_request("/signed/blob").respond_with_data(BODY, headers={"ETag": '"e1"'})
    found = await load(httpserver)
    assert (found.name, found.body, found.etag) == ("week.jsonl", BODY, '"e1"')
    assert found.digest == f"sha256:{hashlib.sha256(BODY).hexdigest()}"
    assert found.source == "https://x.example/week"


@pytest.mark.parametrize("status", [404, 429, 500, 503])
async def test_a_server_that_may_have_it_later_is_asked_again(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/week.jsonl").respond_with_data("", status=status)
    error = await failure(httpserver)
    assert isinstance(error, Retriable)
    assert error.reason is DatasetReason.SOURCE_UNAVAILABLE
    assert f"answered {status}" in str(error)


@pytest.mark.parametrize("status", [401, 403, 410])
async def test_a_server_that_refuses_is_not_asked_again(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/week.jsonl").respond_with_data("", status=status)
    error = await failure(httpserver)
    assert isinstance(error, Fatal)
    assert error.reason is DatasetReason.SOURCE_REFUSED


async def test_a_file_beyond_the_size_and_a_circle_of_redirects_are_refused(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/week.jsonl").respond_with_data(BODY)
    assert "has more than" in str(await failure(httpserver, most=100))
    circle = Response(status=302, headers={"Location": "/circle"})
    httpserver.expect_request("/circle").respond_with_response(circle)
    assert "is redirected more than 5 times" in str(await failure(httpserver, "/circle"))


async def test_a_redirect_to_another_scheme_is_refused_and_its_signature_is_told_to_nobody(
    httpserver: HTTPServer,
) -> None:
    leads = {"Location": "ftp://x.example/a?signature=secret"}
    httpserver.expect_request("/week.jsonl").respond_with_response(Response(status=302, headers=leads))
    error = await failure(httpserver)
    assert "is redirected to ftp://x.example/a: no https" in str(error)
    assert "secret" not in str(error)


async def test_a_server_that_is_not_there_is_asked_again(httpserver: HTTPServer) -> None:
    def hang_up(_: Request) -> Response:
        raise SystemExit  # the connection ends without an answer

    httpserver.expect_request("/week.jsonl").respond_with_handler(hang_up)
    httpserver.stop()
    error = await failure(httpserver)
    assert isinstance(error, Retriable)
    assert error.reason is DatasetReason.SOURCE_UNAVAILABLE
    httpserver.start()
