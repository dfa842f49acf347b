# SPDX-License-Identifier: Apache-2.0
"""The read API as a process of its own over real stores, and the entries that it is asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson

from golden import NOW, a_record, an_entry, an_episode
from otakube.adapters.stores.mongodb.catalogue import MongoIdentities
from otakube.adapters.stores.mongodb.connection import Documents
from otakube.adapters.stores.qdrant.connection import Qdrant
from otakube.adapters.stores.qdrant.vectors import QdrantVectors
from otakube.commit.embedding import vectors_of
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord, Image, ImageKind, Titles
from otakube.ports.catalogue import Binding
from otakube.ports.embedding import TextEmbedder
from otakube.ports.vectors import Version
from otakube.settings import Settings
from otakube_api.contract import Provider

IMAGES_URL = "https://images.example/otakube"
PLACE = {"mongodb_database": "catalogue-test", "qdrant_collection": "catalogue-test"}

STORIES = [
    ("Frozen Tide", "A young cartographer crosses a frozen sea to find the brother whom an empire took."),
    (
        "Glass Courier",
        "In a desert where sand melts to glass, a messenger carries letters between dying cities.",
    ),
    ("Second Serve", "A high school volleyball team that nobody believes in trains for the national finals."),
    ("Lantern Street Kitchen", "A chef opens a tiny restaurant at night and cooks for ghosts with regrets."),
    ("Iron Orchard", "Pilots of giant machines defend the last farms of Mars against a mining company."),
    ("Lost Clause", "A lawyer who failed every exam defends demons in the court of hell."),
]


@dataclass(frozen=True)
class Catalogue:
    client: httpx2.Client
    internal: httpx2.Client
    settings: Settings
    log: Path


def record_of(number: int) -> GoldenRecord:
    title, synopsis = STORIES[number]
    poster = Image(
        kind=ImageKind.POSTER,
        source_url=f"https://media.example/{number}.png",
        provider=Provider.JIKAN,
        sha256=f"{number:064x}",
        key=f"images/{number:064x}.png",
        content_type="image/png",
        width=200,
        height=300,
        size_bytes=1000,
    )
    entry = an_entry(
        number,
        titles=Titles(main=title),
        synopsis=synopsis,
        images=[poster],
        season=None,
    )
    return a_record(number, entry=entry, episodes=[an_episode(1)] if number == 0 else [], characters=[])


async def publish(
    settings: Settings,
    embedder: TextEmbedder,
    record: GoldenRecord,
    *,
    version: int = 1,
    live: int | None = None,
) -> None:
    """Write what a commit leaves: the points of a version, then the document that makes one live."""
    digest = handover.digest(record)
    entry_id = record.entry.id
    async with Documents(settings) as documents, Qdrant(settings) as qdrant:
        vectors = QdrantVectors(qdrant)
        await vectors.ensure(model=embedder.name, dimension=embedder.dimension)
        points = vectors_of(record, embedder, digest=digest).points
        stamp = Version(entry_id=entry_id, version=version, digest=digest)
        await vectors.insert(stamp, points, payload={"type": record.entry.type.value})
        document = {
            "live_version": live or version,
            "commit_key": "key",
            "digest": digest,
            "model": embedder.name,
            "record": orjson.loads(record.model_dump_json()),
            "committed_at": NOW,
        }
        await documents["animes"].replace_one({"_id": entry_id}, document, upsert=True)
        for url in record.entry.sources:
            await MongoIdentities(documents).bind(url, Binding(entry_id=entry_id))


def ask(catalogue: Catalogue, path: str, **query: Any) -> Any:
    response = catalogue.client.get(path, params=query)
    assert response.is_success, response.text
    return response.json()


def ask_internally(catalogue: Catalogue, path: str) -> Any:
    response = catalogue.internal.get(path)
    assert response.is_success, response.text
    return response.json()


def refusal(
    catalogue: Catalogue, path: str, *, client: httpx2.Client | None = None, **query: Any
) -> tuple[int, str]:
    response = (client or catalogue.client).get(path, params=query)
    assert response.headers["content-type"] == "application/problem+json", response.text
    body = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["detail"]
