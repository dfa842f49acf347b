# SPDX-License-Identifier: Apache-2.0
"""Versions of an entry over the internal port, from the audit copies that real commits left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest_asyncio

from otakube_services.catalogue.app import create
from shop import Shop
from shop import own_settings as own_settings
from shop import shop as shop


@pytest_asyncio.fixture
async def internal(shop: Shop) -> AsyncIterator[httpx2.AsyncClient]:
    """The internal application over the shop's stores."""

    @asynccontextmanager
    async def connect() -> AsyncIterator[Any]:
        yield SimpleNamespace(
            catalogue=shop.stores.catalogue,
            objects=shop.stores.objects,
            snapshots=shop.stores.objects,
            syncs=await shop.ports.sync_history(),
            rate_limit_status=None,
        )

    service = create(connect)
    async with service.connected():
        transport = httpx2.ASGITransport(service.internal)
        async with httpx2.AsyncClient(transport=transport, base_url="http://catalogue") as client:
            yield client


async def test_the_history_has_each_version_with_its_decision_and_what_changed(
    shop: Shop, internal: httpx2.AsyncClient
) -> None:
    first = await shop.wanted("frozen", 1)
    await shop.commit(first)
    second = await shop.wanted("frozen", 2, decision="approve")
    await shop.commit(second)
    entry_id = first.record.entry.id
    history = (await internal.get(f"/animes/{entry_id}/versions")).json()
    assert (history["live"], history["older"]) == (2, 0)
    newest, oldest = history["versions"]
    assert (newest["version"], newest["decision"], newest["digest"]) == (2, "approve", second.digest)
    assert (oldest["version"], oldest["decision"], oldest["run"]) == (1, "automatic", "work/frozen/1-1")
    assert newest["changes"].startswith("synopsis")
    assert oldest["changes"] == "the first version"
    limited = (await internal.get(f"/animes/{entry_id}/versions", params={"limit": 1})).json()
    assert (len(limited["versions"]), limited["older"]) == (1, 1)
    assert limited["versions"][0]["changes"] == newest["changes"]


async def test_two_versions_are_compared_in_either_order(shop: Shop, internal: httpx2.AsyncClient) -> None:
    for revision in (1, 2):
        await shop.commit(await shop.wanted("frozen", revision))
    entry_id = (await shop.wanted("frozen")).record.entry.id
    there = (await internal.get(f"/animes/{entry_id}/versions/1/diff/2")).json()
    back = (await internal.get(f"/animes/{entry_id}/versions/2/diff/1")).json()
    synopsis = next(one for one in there["changes"] if one["field"] == "synopsis")
    assert "Revision 1" in synopsis["before"]
    assert "Revision 2" in synopsis["after"]
    assert len(there["changes"]) == len(back["changes"])


async def test_a_version_that_is_not_there_is_said_with_those_that_are(
    shop: Shop, internal: httpx2.AsyncClient
) -> None:
    await shop.commit(await shop.wanted("frozen", 1))
    entry_id = (await shop.wanted("frozen")).record.entry.id
    missing = await internal.get(f"/animes/{entry_id}/versions/1/diff/7")
    assert missing.status_code == 404
    assert "it has no version 7; there are 1" in missing.json()["detail"]
    never = await internal.get("/animes/ani_00000000000000000000000001/versions")
    assert never.status_code == 404
    assert "it has never been published" in never.json()["detail"]


async def test_a_copy_that_cannot_be_read_is_named(shop: Shop, internal: httpx2.AsyncClient) -> None:
    await shop.commit(await shop.wanted("frozen", 1))
    entry_id = (await shop.wanted("frozen")).record.entry.id
    [key] = [key async for key in shop.stores.objects.list(f"audit/{entry_id}/")]
    await shop.stores.objects.put(key, b'{"record": {}}')
    damaged = await internal.get(f"/animes/{entry_id}/versions")
    assert damaged.status_code == 500
    assert key in damaged.json()["detail"]
