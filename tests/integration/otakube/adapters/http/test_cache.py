# SPDX-License-Identifier: Apache-2.0
"""Kept answers: the real stand-in, and a bucket in a folder."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from otakube.adapters.http.cache import BucketAnswers
from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.domain.licences.terms import LICENCES
from otakube.errors import SourceError
from otakube_api.contract import Provider
from otakube_api.providers import Licence
from upstream_process import Upstream, running_upstream

LICENCE = LICENCES[Provider.JIKAN]
SECRET = "token-of-the-test"


@pytest.fixture(scope="module")
def running() -> Iterator[Upstream]:
    with running_upstream() as upstream:
        yield upstream


@pytest.fixture
def upstream(running: Upstream) -> Upstream:
    running.faults()
    running.forget()
    return running


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with new_client() as client:
        yield client


@pytest.fixture
def bucket(tmp_path: Path) -> FolderObjects:
    return FolderObjects(tmp_path)


def client_of(
    http: httpx2.AsyncClient,
    bucket: FolderObjects,
    licence: Licence = LICENCE,
    floor: timedelta = timedelta(),
) -> ProviderClient:
    answers = BucketAnswers(bucket, Provider.JIKAN, licence, floor=floor)
    headers = {"Authorization": f"Bearer {SECRET}"}
    return ProviderClient(http, RequestLimits(5, 2**20), headers=headers, answers=answers)


def stored(bucket: FolderObjects) -> list[Path]:
    return sorted((bucket.root / "answers" / "Jikan").glob("*.json"))


def age(path: Path, *changes: tuple[str, str]) -> None:
    """Set fields of a stored answer to an earlier time."""
    document = json.loads(path.read_bytes())
    for name, value in changes:
        (document["answer"] if name == "fetched_at" else document)[name] = value
    path.write_text(json.dumps(document))


def anime(upstream: Upstream, part: str = "") -> str:
    return f"{upstream.url}/jikan/v4/anime/{_first(upstream)}{part}"


def _first(upstream: Upstream) -> int:
    found = httpx2.get(f"{upstream.url}/jikan/v4/anime").json()["data"][0]["mal_id"]
    upstream.forget()
    return int(found)


async def test_a_fresh_answer_is_not_asked_for_again_by_any_pod(
    upstream: Upstream, http: httpx2.AsyncClient, bucket: FolderObjects
) -> None:
    url = anime(upstream)
    first = await client_of(http, bucket).ask(url, params={"a": 1, "b": 2})
    again = await client_of(http, bucket).ask(url, params={"b": 2, "a": 1})
    assert upstream.asked() == 1
    assert (first.cached, again.cached) == (False, True)
    assert (again.body, again.fetched_at, again.etag) == (first.body, first.fetched_at, first.etag)


async def test_a_confirmed_answer_keeps_its_time(
    upstream: Upstream, http: httpx2.AsyncClient, bucket: FolderObjects
) -> None:
    url, client = anime(upstream), client_of(http, bucket)
    await client.ask(url)
    (path,) = stored(bucket)
    age(path, ("fetched_at", "2026-01-01T00:00:00Z"), ("fresh_until", "2026-01-02T00:00:00Z"))
    confirmed = await client.ask(url)
    assert (confirmed.cached, confirmed.stale, confirmed.fetched_at.year) == (True, False, 2026)
    assert confirmed.fetched_at.month == 1
    rows = httpx2.get(f"{upstream.url}/admin/requests").json()
    assert {row["status"]: row["count"] for row in rows} == {200: 1, 304: 1}
    await client.ask(url)
    assert upstream.asked() == 2


async def test_a_stale_answer_is_stale_until_the_provider_says_otherwise(
    upstream: Upstream, http: httpx2.AsyncClient, bucket: FolderObjects
) -> None:
    upstream.faults({"provider": "jikan", "kind": "stale"})
    url, client = anime(upstream), client_of(http, bucket)
    upstream.forget()
    assert (await client.ask(url)).stale
    again = await client.ask(url)
    assert (again.stale, again.cached, upstream.asked()) == (True, True, 2)
    upstream.faults()
    well = await client.ask(url)
    assert (well.stale, upstream.asked()) == (False, 3)


async def test_errors_are_never_kept(
    upstream: Upstream, http: httpx2.AsyncClient, bucket: FolderObjects
) -> None:
    client = client_of(http, bucket, floor=timedelta(days=1))
    for _ in range(2):
        with pytest.raises(SourceError):
            await client.ask(f"{upstream.url}/jikan/v4/anime/999999999")
    assert (upstream.asked(), stored(bucket)) == (2, [])


async def test_a_once_a_day_rule_holds_where_nothing_says_fresh(
    upstream: Upstream, http: httpx2.AsyncClient, bucket: FolderObjects
) -> None:
    url = f"{upstream.url}/kitsu/api/edge/anime"
    await client_of(http, bucket).ask(url)
    await client_of(http, bucket).ask(url)
    assert (upstream.asked(), stored(bucket)) == (2, [])
    once = client_of(http, bucket, floor=timedelta(days=1))
    await once.ask(url)
    assert (await once.ask(url)).cached
    assert upstream.asked() == 3


async def test_an_answer_is_kept_no_longer_than_its_licence_allows(
    upstream: Upstream, http: httpx2.AsyncClient, bucket: FolderObjects
) -> None:
    url, brief = anime(upstream), LICENCE._replace(retention=timedelta(days=30))
    await client_of(http, bucket, brief).ask(url)
    (path,) = stored(bucket)
    age(path, ("fetched_at", "2026-01-01T00:00:00Z"))
    assert not (await client_of(http, bucket, brief).ask(url)).cached
    path.unlink()
    await client_of(http, bucket, LICENCE._replace(storable=False)).ask(url)
    assert stored(bucket) == []


async def test_nothing_kept_names_a_credential(
    upstream: Upstream, http: httpx2.AsyncClient, bucket: FolderObjects
) -> None:
    await client_of(http, bucket).ask(anime(upstream))
    (path,) = stored(bucket)
    assert SECRET not in path.read_text()
