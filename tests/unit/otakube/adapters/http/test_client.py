# SPDX-License-Identifier: Apache-2.0
"""One provider request against a real server on loopback."""

import asyncio
import gzip
import json
import threading
import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from otakube.adapters.http import bodies
from otakube.adapters.http.cache import BucketAnswers
from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.memory import PodMemory
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.domain.licences.terms import LICENCES
from otakube.errors import SourceError
from otakube.ports.providers import AnswerMemory
from otakube_api.contract import Provider, SourceReason
from raw_server import answer, raw_server

NAMED_AT_LENGTH = b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * 10**5
"""A gzip file whose name is long and whose content is none: as the inner of two layers it gives nothing."""
NO_GZIP = b"\x1f\x8b{}"


@pytest.fixture
async def client() -> AsyncIterator[ProviderClient]:
    async with new_client() as http:
        yield ProviderClient(http, RequestLimits(seconds=60, size=1000))


async def refused(client: ProviderClient, server: HTTPServer, path: str = "/x") -> SourceError:
    with pytest.raises(SourceError) as caught:
        await client.ask(server.url_for(path))
    return caught.value


async def test_an_answer_carries_where_and_when(client: ProviderClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x", query_string="q=%E8%9F%B2").respond_with_json(
        {"a": 1}, headers={"ETag": '"7"', "X-Cache-Status": "STALE"}
    )
    answer = await client.ask(httpserver.url_for("/x"), params={"q": "蟲"})
    assert (answer.body, answer.etag, answer.stale) == ({"a": 1}, '"7"', True)
    assert answer.fetched_at.tzinfo is not None


async def test_an_answer_carries_its_question_in_whatever_order_and_at_whatever_host(
    client: ProviderClient, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/x").respond_with_json({})
    url = httpserver.url_for("/x")
    asked = [
        (await client.ask(url, params={"a": "1", "b": "2"})).question,
        (await client.ask(url.replace("localhost", "127.0.0.1"), params={"b": "2", "a": "1"})).question,
    ]
    others = [
        (await client.ask(url, params={"a": "1"})).question,
        (await client.ask(url, post={"query": "{ id }"})).question,
        (await client.ask(url, post={"query": "{ id title }"})).question,
    ]
    assert len(set(asked)) == 1
    assert len({*asked, *others}) == 4


async def test_an_answer_and_a_failure_keep_no_user_and_password(
    client: ProviderClient, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/x").respond_with_json({})
    httpserver.expect_request("/y").respond_with_json({}, status=404)
    base = httpserver.url_for("/").rstrip("/").replace("://", "://ilse:hid%2Fden@")
    answer = await client.ask(f"{base}/x", params={"q": "a"})
    assert answer.url == httpserver.url_for("/x?q=a")
    assert "hid" not in answer.model_dump_json()
    with pytest.raises(SourceError) as refused:
        await client.ask(f"{base}/y")
    assert "hid" not in str(refused.value)
    request, _ = httpserver.log[0]
    assert request.authorization is not None  # it is sent, and not written down


async def test_retry_after_is_waited_for(client: ProviderClient, httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/x").respond_with_data("", status=429, headers={"Retry-After": "1"})
    httpserver.expect_ordered_request("/x").respond_with_json({})
    started = time.monotonic()
    await client.ask(httpserver.url_for("/x"))
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize("after", ["61", "86400", "99999999999999999999"])
async def test_a_wait_that_is_too_long_is_not_waited_for(
    client: ProviderClient, httpserver: HTTPServer, after: str
) -> None:
    httpserver.expect_oneshot_request("/x").respond_with_data("", status=429, headers={"Retry-After": after})
    assert (await refused(client, httpserver)).reason is SourceReason.RATE_LIMITED


async def test_a_passing_failure_is_tried_again(client: ProviderClient, httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/x").respond_with_data("", status=502)
    httpserver.expect_ordered_request("/x").respond_with_json([1])
    assert (await client.ask(httpserver.url_for("/x"))).body == [1]


@pytest.mark.parametrize(
    ("response", "reason", "said"),
    [
        (Response("{}", 404, content_type="application/json"), SourceReason.NOT_FOUND, "404"),
        (Response("{}", 401), SourceReason.REFUSED, "401"),
        (
            Response("", 302, headers={"Location": "http://169.254.169.254/"}),
            SourceReason.ANSWER_INVALID,
            "302",
        ),
        (Response("", 204), SourceReason.ANSWER_INVALID, "204"),
        (Response("<p>", content_type="text/html"), SourceReason.ANSWER_INVALID, "text/html, expected JSON"),
        (Response('{"a":', content_type="application/json"), SourceReason.ANSWER_INVALID, "is no JSON"),
        (Response(b'"\xff"', content_type="application/json"), SourceReason.ANSWER_INVALID, "is no JSON"),
        (Response("[" * 900, content_type="application/json"), SourceReason.ANSWER_INVALID, "is no JSON"),
        (Response("NaN", content_type="application/json"), SourceReason.ANSWER_INVALID, "is no JSON"),
        (
            Response(json.dumps("x" * 2000), content_type="application/json"),
            SourceReason.ANSWER_TOO_LARGE,
            "1000",
        ),
        (
            Response(
                gzip.compress(b"0" * 10**6, mtime=0),
                content_type="application/json",
                headers={"Content-Encoding": "gzip"},
            ),
            SourceReason.ANSWER_TOO_LARGE,
            "larger than 1000",
        ),
        (
            Response(
                gzip.compress(b"{}" * 9, mtime=0)[:-9],
                content_type="application/json",
                headers={"Content-Encoding": "gzip"},
            ),
            SourceReason.ANSWER_INVALID,
            "is no gzip: it ends too early",
        ),
        (
            Response(NO_GZIP, content_type="application/json", headers={"Content-Encoding": "gzip"}),
            SourceReason.ANSWER_INVALID,
            "is no gzip",
        ),
        (
            Response(
                gzip.compress(b"", mtime=0) * 40,
                content_type="application/json",
                headers={"Content-Encoding": "gzip"},
            ),
            SourceReason.ANSWER_INVALID,
            "more than 16 members",
        ),
        (
            Response("{}", content_type="application/json", headers={"Content-Encoding": "br"}),
            SourceReason.ANSWER_INVALID,
            "encoded as 'br'",
        ),
    ],
)
async def test_a_lasting_failure_is_asked_once_and_named(
    client: ProviderClient, httpserver: HTTPServer, response: Response, reason: SourceReason, said: str
) -> None:
    httpserver.expect_request("/x").respond_with_response(response)
    error = await refused(client, httpserver)
    assert (error.reason, said in str(error)) == (reason, True), str(error)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    "location",
    ["https://[::1", "http://[foo]/", "//..xn--_", "//%zz..xn--", ":ftp:file:\\", "://  xn--", "x" * 60_000],
)
async def test_a_redirect_s_address_is_not_even_read(client: ProviderClient, location: str) -> None:
    asked: list[str] = []

    def redirect(target: str, _: bytes) -> bytes:
        asked.append(target)
        return answer(b"", ("Location", location.encode()), status=302)

    async with raw_server(redirect) as url:
        with pytest.raises(SourceError) as caught:
            await client.ask(f"{url}/x")
    said = str(caught.value)
    assert (caught.value.reason, "302" in said, len(asked)) == (SourceReason.ANSWER_INVALID, True, 1), said


async def test_an_entity_tag_of_other_letters_is_not_sent_back(tmp_path: Path) -> None:
    kept = BucketAnswers(FolderObjects(tmp_path), Provider.JIKAN, LICENCES[Provider.JIKAN])
    async with raw_server(lambda *_: answer(b"{}", ("ETag", b'"\xff"'))) as url, new_client() as http:
        client = ProviderClient(http, RequestLimits(seconds=60, size=1000), answers=kept)
        assert [(await client.ask(f"{url}/x")).body for _ in range(2)] == [{}, {}]


async def test_a_body_without_a_length_is_cut_off_at_the_cap(
    client: ProviderClient, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/x").respond_with_handler(
        lambda _: Response((b"1" * 100 for _ in range(10**6)), content_type="application/json")
    )
    assert (await refused(client, httpserver)).reason is SourceReason.ANSWER_TOO_LARGE


async def test_nobody_there_is_unavailable(client: ProviderClient) -> None:
    with pytest.raises(SourceError) as caught:
        await client.ask("http://127.0.0.1:1/x")
    assert caught.value.reason is SourceReason.UNAVAILABLE


async def test_a_query_is_no_part_of_a_message(client: ProviderClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=403)
    assert "secret" not in str(await refused(client, httpserver, "/x?key=secret"))


@pytest.mark.parametrize(
    "response",
    [
        Response("<a>é</a>", content_type="text/xml; charset=utf-8"),
        Response("<a>é</a>".encode("latin-1"), content_type="text/html; charset=ISO-8859-1"),
        Response(gzip.compress("<a>é</a>".encode()), headers={"Content-Encoding": "gzip"}),
        Response(gzip.compress("<a>é</a>".encode()), content_type="application/x-gzip"),
        Response(gzip.compress(b"<a>") + gzip.compress("é</a>".encode()), content_type="application/gzip"),
        *(
            Response(gzip.compress("<a>é</a>".encode()), headers={"Content-Encoding": name})
            for name in ("x-gzip", "GZIP", "gzip, identity")
        ),
        *(
            Response("<a>é</a>", content_type="text/xml", headers={"Content-Encoding": name})
            for name in ("gzip", "identity", "none", "UTF-8")
        ),
        Response(gzip.compress("<a>é</a>".encode()), content_type="text/xml"),
        Response("<a>é</a>", content_type="application/x-gzip"),
        *(
            Response(gzip.compress("<a>é</a>".encode()) + padding, headers={"Content-Encoding": "gzip"})
            for padding in (bytes(20), b"\r\n", b"junk", b"\x1f")
        ),
    ],
)
async def test_text_comes_decoded(client: ProviderClient, httpserver: HTTPServer, response: Response) -> None:
    httpserver.expect_request("/x").respond_with_response(response)
    assert (await client.ask_text(httpserver.url_for("/x"))).body == "<a>é</a>"


@pytest.mark.parametrize(
    ("response", "reason", "said"),
    [
        (Response("{}", content_type="application/json"), SourceReason.ANSWER_INVALID, "application/json"),
        (Response(b"\xff", content_type="text/xml"), SourceReason.ANSWER_INVALID, "no utf-8"),
        (Response("x", content_type="text/xml; charset=utf-7"), SourceReason.ANSWER_INVALID, "utf-7"),
        (
            Response(gzip.compress(b"0" * 10**6), content_type="application/gzip"),
            SourceReason.ANSWER_TOO_LARGE,
            "1000",
        ),
        (
            Response(
                gzip.compress(NAMED_AT_LENGTH),
                content_type="application/gzip",
                headers={"Content-Encoding": "gzip"},
            ),
            SourceReason.ANSWER_TOO_LARGE,
            "1000",
        ),
    ],
)
async def test_text_that_cannot_be_read_is_named(
    client: ProviderClient, httpserver: HTTPServer, response: Response, reason: SourceReason, said: str
) -> None:
    httpserver.expect_request("/x").respond_with_response(response)
    with pytest.raises(SourceError) as caught:
        await client.ask_text(httpserver.url_for("/x"))
    assert (caught.value.reason, said in str(caught.value)) == (reason, True), str(caught.value)


async def test_a_bomb_costs_no_memory(httpserver: HTTPServer) -> None:
    bomb = gzip.compress(b"0" * 3 * 10**8)
    httpserver.expect_request("/x").respond_with_data(bomb, content_type="application/gzip")
    async with new_client() as http:
        client = ProviderClient(http, RequestLimits(seconds=60, size=len(bomb)))
        tracemalloc.start()
        with pytest.raises(SourceError) as caught:
            await client.ask_text(httpserver.url_for("/x"))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert caught.value.reason is SourceReason.ANSWER_TOO_LARGE
    assert peak < 10**8


@pytest.mark.parametrize(("size", "elsewhere"), [(10, False), (200_000, True)])
async def test_a_long_body_is_read_away_from_the_event_loop(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, size: int, elsewhere: bool
) -> None:
    readers: list[threading.Thread] = []
    real = bodies.document

    def document(response: httpx2.Response, body: bytes) -> object:
        readers.append(threading.current_thread())
        return real(response, body)

    monkeypatch.setattr(bodies, "document", document)
    httpserver.expect_request("/x").respond_with_json(["x" * size])
    async with new_client() as http:
        await ProviderClient(http, RequestLimits(seconds=30, size=10**6)).ask(httpserver.url_for("/x"))
    assert [one is not threading.main_thread() for one in readers] == [elsewhere]


async def test_a_large_answer_waits_for_memory_and_a_small_one_does_not(httpserver: HTTPServer) -> None:
    memory, large = PodMemory(20 << 20), "x" * 700_000
    httpserver.expect_request("/large").respond_with_json(large)
    httpserver.expect_request("/small").respond_with_json({})
    async with new_client() as http:
        client = ProviderClient(http, RequestLimits(seconds=60, size=2**24, memory=memory))
        async with memory.arriving.reserve(memory.arriving.total):
            waiting = asyncio.create_task(client.ask(httpserver.url_for("/large")))
            await asyncio.sleep(0.5)
            assert not waiting.done()
        assert (await waiting).body == large
        async with memory.arriving.reserve(memory.arriving.total):
            assert (await client.ask(httpserver.url_for("/small"))).body == {}


async def test_an_answer_out_of_the_cache_takes_memory_as_a_fresh_one_does(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_oneshot_request("/x").respond_with_json(
        ["x" * 100_000], headers={"Cache-Control": "max-age=600"}
    )
    kept = BucketAnswers(FolderObjects(tmp_path), Provider.JIKAN, LICENCES[Provider.JIKAN])
    memory = PodMemory(10 << 20)
    async with new_client() as http:
        client = ProviderClient(http, RequestLimits(60, 2**20, memory), answers=kept)
        answers = [await client.ask(httpserver.url_for("/x")) for _ in range(2)]
        assert [answer.cached for answer in answers] == [False, True]
        others = []
        while 2 * memory.contents.free > 3 * 100_000:  # until it is more than two thirds of what is free
            others.append(AnswerMemory())
            memory.contents.keep(others[-1], memory.contents.free // 2)
        error = await refused(client, httpserver)
    assert error.reason is SourceReason.ANSWER_TOO_LARGE
