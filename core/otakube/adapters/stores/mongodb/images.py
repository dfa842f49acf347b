# SPDX-License-Identifier: Apache-2.0
"""The image map, uses of blobs, dead letters of images and take-downs, each a collection."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pymongo import DeleteOne, ReplaceOne, UpdateOne
from pymongo.errors import DuplicateKeyError

from otakube.adapters.stores.mongodb.catalogue import url_key
from otakube.adapters.stores.mongodb.connection import ROWS, Documents, translated
from otakube.ports.blob_uses import BlobRemoval, UnusedBlob
from otakube.ports.catalogue import MirroredImage
from otakube.ports.image_failures import ImageFailure
from otakube.ports.take_downs import TakeDown

_IMAGE, _FAILURE, _TAKE_DOWN = TypeAdapter(MirroredImage), TypeAdapter(ImageFailure), TypeAdapter(TakeDown)


class MongoImageMap:
    """The `ImageMap` port: one document an image URL."""

    def __init__(self, documents: Documents) -> None:
        self._images = documents["image_map"]

    async def get_many(self, source_urls: Sequence[str]) -> dict[str, MirroredImage]:
        """The outcomes of the URLs that are known."""
        wanted = {"_id": {"$in": [url_key(url) for url in source_urls]}}
        async with translated("reading the image map"):
            return {d["source_url"]: _IMAGE.validate_python(d) async for d in self._images.find(wanted)}

    async def put(self, images: Sequence[MirroredImage]) -> None:
        """Insert or replace each by URL."""
        writes = [
            ReplaceOne({"_id": url_key(one.source_url)}, image_document(one), upsert=True) for one in images
        ]
        async with translated("writing the image map"):
            if writes:
                await self._images.bulk_write(writes, ordered=False)

    async def of_content(self, sha256: str) -> list[MirroredImage]:
        """All URLs of one content; by a scan, since only people ask."""
        async with translated("reading the image map"):
            return [_IMAGE.validate_python(d) async for d in self._images.find({"sha256": sha256})]

    async def due(self, now: datetime, *, after: str = "", limit: int) -> list[MirroredImage]:
        """Failures to try again, by the hashes of their URLs."""
        wanted = {"key": None, "retry_after": {"$lte": now}, "_id": {"$gt": url_key(after) if after else ""}}
        async with translated("reading the image map"):
            found = self._images.find(wanted).sort("_id", 1).limit(limit)
            return [_IMAGE.validate_python(document) async for document in found]

    async def delete(self, source_urls: Sequence[str]) -> None:
        """Forget these."""
        async with translated("writing the image map"):
            await self._images.delete_many({"_id": {"$in": [url_key(url) for url in source_urls]}})

    async def blobs(self) -> AsyncIterator[str]:
        """Bucket keys of all mirrored images."""
        async with translated("reading the image map"):
            async for document in self._images.find({"key": {"$ne": None}}, {"key": 1}).batch_size(ROWS):
                yield document["key"]


def image_document(image: MirroredImage) -> dict[str, Any]:
    """The document of a URL, with the specification's word for what became of it."""
    return asdict(image) | {"status": image.status.value}


class MongoBlobUses:
    """The `BlobUses` port: one document a bucket key."""

    def __init__(self, documents: Documents) -> None:
        self._uses = documents["blob_uses"]

    async def claim(self, keys: Sequence[str], *, at: datetime) -> set[str]:
        """Note the use first, then look: a removal that begins later sees the note."""
        used = {"$max": {"used_at": at}, "$unset": {"unused_since": ""}}
        async with translated("claiming images"):
            if not keys:
                return set()
            await self._uses.bulk_write(
                [UpdateOne({"_id": key}, used, upsert=True) for key in keys], ordered=False
            )
            removed = self._uses.find({"_id": {"$in": list(keys)}, "removal": {"$ne": None}}, {"_id": 1})
            return {document["_id"] async for document in removed}

    async def mark_unused(self, keys: Sequence[str], *, at: datetime) -> None:
        """The earliest note stands."""
        marks = [UpdateOne({"_id": key}, {"$min": {"unused_since": at}}, upsert=True) for key in keys]
        async with translated("marking images"):
            if marks:
                await self._uses.bulk_write(marks, ordered=False)

    async def unused(self) -> list[UnusedBlob]:
        """All that are marked."""
        async with translated("reading uses of images"):
            found = self._uses.find({"unused_since": {"$ne": None}}, {"unused_since": 1})
            return [UnusedBlob(d["_id"], d["unused_since"]) async for d in found]

    async def begin_removal(
        self, removal: BlobRemoval, *, unless_used_after: datetime, stale_before: datetime
    ) -> bool:
        """Compare and set; a document that does not fit makes the upsert fail."""
        prior = {
            "_id": removal.key,
            "used_at": {"$not": {"$gt": unless_used_after}},
            "removal.at": {"$not": {"$gte": stale_before}},
        }
        new = {"$set": {"removal": {"nonce": removal.nonce, "at": removal.at}}}
        async with translated(f"removing {removal.key}"):
            try:
                await self._uses.update_one(prior, new, upsert=True)
            except DuplicateKeyError:
                return False
        return True

    async def removals(self, *, before: datetime) -> list[BlobRemoval]:
        """Those that have not ended."""
        async with translated("reading removals of images"):
            found = self._uses.find({"removal.at": {"$lt": before}})
            return [BlobRemoval(key=document["_id"], **document["removal"]) async for document in found]

    async def end_removal(self, removal: BlobRemoval) -> None:
        """Delete the document, if the removal is still this one."""
        async with translated(f"removing {removal.key}"):
            await self._uses.delete_one({"_id": removal.key, "removal.nonce": removal.nonce})


class MongoImageFailures:
    """The `ImageFailures` port: one document an entry and URL."""

    def __init__(self, documents: Documents) -> None:
        self._failures = documents["image_dead_letters"]

    async def put(self, failures: Sequence[ImageFailure]) -> None:
        """Insert or replace each."""
        writes = [
            ReplaceOne({"_id": _letter_key(one)}, asdict(one) | {"url": url_key(one.image_url)}, upsert=True)
            for one in failures
        ]
        async with translated("writing dead letters of images"):
            if writes:
                await self._failures.bulk_write(writes, ordered=False)

    async def of_urls(self, image_urls: Sequence[str]) -> list[ImageFailure]:
        """By the hashes of the URLs."""
        wanted = {"url": {"$in": [url_key(url) for url in image_urls]}}
        async with translated("reading dead letters of images"):
            return [_FAILURE.validate_python(document) async for document in self._failures.find(wanted)]

    async def page(self, *, after: ImageFailure | None = None, limit: int) -> list[ImageFailure]:
        """By entry, and the hash of the URL."""
        wanted = {"_id": {"$gt": _letter_key(after) if after else ""}}
        async with translated("reading dead letters of images"):
            found = self._failures.find(wanted).sort("_id", 1).limit(limit)
            return [_FAILURE.validate_python(document) async for document in found]

    async def newest(self, limit: int) -> list[ImageFailure]:
        """The latest, the newest first."""
        async with translated("reading dead letters of images"):
            found = self._failures.find().sort([("timestamp", -1), ("_id", 1)]).limit(limit)
            return [_FAILURE.validate_python(document) async for document in found]

    async def delete(self, failures: Sequence[ImageFailure]) -> None:
        """Remove each."""
        gone = [DeleteOne({"_id": _letter_key(one)}) for one in failures]
        async with translated("removing dead letters of images"):
            if gone:
                await self._failures.bulk_write(gone, ordered=False)


def _letter_key(failure: ImageFailure) -> str:
    return f"{failure.anime_id}/{url_key(failure.image_url)}"


class MongoTakeDowns:
    """The `TakeDowns` port: one document an order."""

    def __init__(self, documents: Documents) -> None:
        self._take_downs = documents["take_downs"]

    async def put(self, take_downs: Iterable[TakeDown]) -> None:
        """A document that is lifted already is replaced by none that is not."""
        async with translated("writing take-downs"):
            for one in take_downs:
                prior = {"_id": one.id} | ({} if one.lifted_at else {"lifted_at": None})
                try:
                    await self._take_downs.replace_one(prior, asdict(one), upsert=True)
                except DuplicateKeyError:
                    continue

    async def all(self) -> list[TakeDown]:
        """The newest first."""
        async with translated("reading take-downs"):
            found = self._take_downs.find().sort([("at", -1), ("_id", 1)])
            return [_TAKE_DOWN.validate_python(document) async for document in found]
