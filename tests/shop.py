# SPDX-License-Identifier: Apache-2.0
"""A catalogue of a test's own: on the shared servers, or embedded in a folder."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import pytest_asyncio

from drill import records
from otakube.bootstrap.stores.choice import SERVERS, choose
from otakube.bootstrap.stores.ports import Stores as Ports
from otakube.bootstrap.stores.servers import ServerStores
from otakube.commit import saga as commit_step
from otakube.commit.claims import PageClaims
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Commit, VectorSet
from otakube.maintenance.scrub import ScrubStores
from otakube.ports.catalogue import MirroredImage
from otakube.settings import Settings
from otakube_api.contract import Output
from raw_documents import MongoRaw, RawDocuments, SqliteRaw
from stores import Stores

LEASE_SECONDS = 60


@dataclass
class Shop:
    """The stores as the commit sees them, and a clock that the test moves."""

    settings: Settings
    ports: Ports
    raw: RawDocuments
    stores: ScrubStores
    uri: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def clock(self) -> datetime:
        """The test's time."""
        return self.now

    def later(self, seconds: float) -> None:
        """Move the clock."""
        self.now += timedelta(seconds=seconds)

    async def wanted(
        self,
        name: str,
        revision: int = 1,
        *,
        decision: str = "automatic",
        sources: Sequence[str] = (),
        entry_id: str = "",
    ) -> Commit:
        """A run's record and vectors, with its image in the bucket."""
        entry_id = entry_id or records.made_id("ani", name)
        sha = f"{revision:064x}"
        key = f"images/{sha}.png"
        await self.stores.objects.put(key, b"png", content_type="image/png")
        made = records.golden(entry_id, revision, images={sha: key})
        if sources:
            made["entry"]["sources"] = list(sources)
        record = GoldenRecord.model_validate_json(records.body(made))
        for image in record.entry.images:
            mirrored = MirroredImage(source_url=image.source_url, sha256=image.sha256, key=image.key)
            await self.stores.image_map.put([mirrored])
        digest = handover.digest(record)
        vectors = records.vectors(record.model_dump(mode="json"), digest)
        return Commit(
            record=record,
            vectors=VectorSet.model_validate_json(records.body(vectors)),
            digest=digest,
            run=f"work/{name}/{revision}-1",
            decision=decision,
            note="",
            reviewer="",
        )

    def claims(self, run: str = "work/claims/1-1", **ports: Any) -> PageClaims:
        """Claims of a run; ports in place of its own are of a test that interferes."""
        own = {"identities": self.stores.identities, "ledger": self.stores.ledger}
        return PageClaims(**own | ports, run=run, lease_seconds=LEASE_SECONDS, clock=self.clock)

    async def claim(self, source_urls: Sequence[str], entry_id: str) -> tuple[str, bool]:
        """Claim pages for an entry."""
        return await self.claims().claim(source_urls, entry_id)

    async def owners(self, *source_urls: str) -> dict[str, str]:
        """Entry by URL."""
        bound = await self.stores.identities.bindings(source_urls)
        return {url: one.entry_id for url, one in bound.items()}

    async def commit(self, wanted: Commit) -> dict[Output, str]:
        """Commit it."""
        return await commit_step.commit(
            self.stores,
            wanted,
            collection=self.settings.qdrant_collection,
            lease_seconds=LEASE_SECONDS,
            clock=self.clock,
        )


@pytest.fixture
def own_settings(stores: Stores) -> Settings:
    """Settings with a database, a collection and a bucket that no other test uses."""
    name = f"test-{secrets.token_hex(4)}"
    boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{stores.objects.port}",
        aws_access_key_id=stores.access_key_id,
        aws_secret_access_key=stores.secret_access_key,
        region_name="us-east-1",
    ).create_bucket(Bucket=name)
    return stores.settings(mongodb_database=name, qdrant_collection=name, s3_bucket=name)


@pytest_asyncio.fixture(params=["servers", "embedded"])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """The stores that the commit touches, of both kinds: what one promises the other keeps."""
    if request.param == "servers":
        settings: Settings = request.getfixturevalue("own_settings")
        uri = SERVERS
    else:
        settings, uri = Settings(), f"file:{tmp_path / 'stores'}"
    async with AsyncExitStack() as stack:
        ports = choose(uri, lambda: settings, stack)
        if isinstance(ports, ServerStores):
            documents = await ports.documents()
            raw: RawDocuments = MongoRaw(documents.client, settings.mongodb_database)
        else:
            raw = SqliteRaw(tmp_path / "stores/documents.sqlite3")
        yield Shop(settings=settings, ports=ports, raw=raw, stores=await ports.scrub_stores(), uri=uri)
