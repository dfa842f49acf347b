# SPDX-License-Identifier: Apache-2.0
"""Identities, entries, image map, reviews and dead letters, each a collection."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar

import orjson
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from otakube.adapters.stores.damage import intact_record
from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.adapters.stores.ownership import owner_of
from otakube.domain.record.golden import GoldenRecord
from otakube.errors import Fatal
from otakube.ports.catalogue import DeadLetter, LiveEntry, MirroredImage, ReviewDecision
from otakube_api.contract import FailureReason

T = TypeVar("T", MirroredImage, ReviewDecision)

# Rounds of claiming after which two runs that bind the same URLs must have met.
_CLAIM_ROUNDS = 5


def url_key(source_url: str) -> str:
    """Document id of a URL: its sha256, since MongoDB caps index keys."""
    return hashlib.sha256(source_url.encode()).hexdigest()


def live_entry(document: dict[str, Any]) -> LiveEntry:
    """An `animes` document with a live version, validated again on the way out; else Damaged."""
    with intact_record(document["_id"]):
        return LiveEntry(
            entry_id=document["_id"],
            version=document["live_version"],
            commit_key=document["commit_key"],
            digest=document["digest"],
            model=document["model"],
            record=GoldenRecord.model_validate_json(orjson.dumps(document["record"])),
            committed_at=document["committed_at"],
        )


class MongoIdentities:
    """One document a URL; a claim meets others in the order of the URLs."""

    def __init__(self, documents: Documents) -> None:
        self._identities = documents["identities"]
        self._animes = documents["animes"]

    async def claim(self, source_urls: Sequence[str], proposed_id: str) -> tuple[str, bool]:
        """Bind the URLs to one entry: a live owner, else the oldest owner, else `proposed_id`."""
        urls = sorted(set(source_urls))
        async with translated("claiming an identity"):
            for _ in range(_CLAIM_ROUNDS):
                owners = await self.owners(urls)
                live = await self._live(set(owners.values()))
                chosen = owner_of(owners, live, proposed_id)
                if await self._bind(urls, chosen, owners=owners):
                    return chosen, chosen in live
        message = f"other runs keep changing who owns {urls[0]}; apply again when they have ended"
        raise Fatal(FailureReason.ANIME_AMBIGUOUS, message)

    async def owners(self, source_urls: Sequence[str]) -> dict[str, str]:
        """Entry id by URL."""
        async with translated("reading identities"):
            wanted = {"_id": {"$in": [url_key(url) for url in source_urls]}}
            return {d["source_url"]: d["entry_id"] async for d in self._identities.find(wanted)}

    async def pages_of(self, entry_id: str) -> list[str]:
        """By a scan: only runs that meet a Different lock ask."""
        async with translated(f"reading the identities of {entry_id}"):
            return sorted([d["source_url"] async for d in self._identities.find({"entry_id": entry_id})])

    async def release(self, source_urls: Sequence[str], entry_id: str) -> None:
        """One by one, each only if it is still bound to the entry."""
        async with translated(f"releasing identities of {entry_id}"):
            for url in source_urls:
                await self._identities.delete_one({"_id": url_key(url), "entry_id": entry_id})

    async def _live(self, entry_ids: set[str]) -> set[str]:
        wanted = {"_id": {"$in": sorted(entry_ids)}, "live_version": {"$ne": None}}
        return {d["_id"] async for d in self._animes.find(wanted, {"_id": 1})}

    async def _bind(self, urls: Sequence[str], entry_id: str, *, owners: dict[str, str]) -> bool:
        """Bind free URLs and those of an owner that never went live; False if somebody was faster."""
        for url in urls:
            if (owner := owners.get(url)) == entry_id:
                continue
            key: dict[str, Any] = {"_id": url_key(url)}
            if owner is None:
                new = {"$setOnInsert": {"entry_id": entry_id, "source_url": url}}
                bound = await self._identities.find_one_and_update(
                    key, new, upsert=True, return_document=ReturnDocument.AFTER
                )
                if bound is None or bound["entry_id"] != entry_id:
                    return False
                continue
            moved = await self._identities.update_one(
                key | {"entry_id": owner}, {"$set": {"entry_id": entry_id}}
            )
            if not moved.matched_count:
                return False
        return True


class MongoCatalogue:
    """The `Catalogue` port: entries that are live."""

    def __init__(self, documents: Documents) -> None:
        self._animes = documents["animes"]
        self._identities = documents["identities"]

    async def entry(self, entry_id: str) -> LiveEntry | None:
        """The live version, or None."""
        async with translated(f"reading {entry_id}"):
            found = await self._animes.find_one({"_id": entry_id, "live_version": {"$ne": None}})
        return live_entry(found) if found else None

    async def by_source(self, source_url: str) -> LiveEntry | None:
        """The live version of the URL's entry, or None."""
        async with translated(f"reading the entry of {source_url}"):
            bound = await self._identities.find_one({"_id": url_key(source_url)})
        return await self.entry(bound["entry_id"]) if bound else None


class MongoImageMap:
    """The `ImageMap` port: one document an image URL."""

    def __init__(self, documents: Documents) -> None:
        self._images = documents["image_map"]

    async def get_many(self, source_urls: Sequence[str]) -> dict[str, MirroredImage]:
        """The outcomes of the URLs that are known."""
        wanted = {"_id": {"$in": [url_key(url) for url in source_urls]}}
        async with translated("reading the image map"):
            return {d["source_url"]: _record(MirroredImage, d) async for d in self._images.find(wanted)}

    async def put(self, image: MirroredImage) -> None:
        """Insert or replace by URL."""
        async with translated("writing the image map"):
            key = {"_id": url_key(image.source_url)}
            await self._images.replace_one(key, asdict(image), upsert=True)

    async def blobs(self) -> AsyncIterator[str]:
        """Bucket keys of all mirrored images."""
        async with translated("reading the image map"):
            async for document in self._images.find({"key": {"$ne": None}}, {"key": 1}):
                yield document["key"]


class MongoReviews:
    """One decision a run: inserted, never changed."""

    def __init__(self, documents: Documents) -> None:
        self._reviews = documents["reviews"]

    async def record(self, review: ReviewDecision) -> ReviewDecision:
        """Insert, or return what was decided before."""
        async with translated(f"recording the review of {review.run}"):
            try:
                await self._reviews.insert_one({"_id": review.run, **asdict(review)})
            except DuplicateKeyError:
                return await self.of(review.run) or review
        return review

    async def of(self, run: str) -> ReviewDecision | None:
        """The run's decision."""
        async with translated(f"reading the review of {run}"):
            found = await self._reviews.find_one({"_id": run})
        return _record(ReviewDecision, found) if found else None


class MongoDeadLetters:
    """Runs that ended badly, one document each."""

    def __init__(self, documents: Documents) -> None:
        self._letters = documents["dead_letters"]

    async def put(self, letter: DeadLetter) -> None:
        """Insert or replace by run."""
        async with translated(f"writing the dead letter of {letter.run}"):
            await self._letters.replace_one({"_id": letter.run}, asdict(letter), upsert=True)


def _record(kind: type[T], document: dict[str, Any]) -> T:
    return kind(**{field.name: document[field.name] for field in fields(kind)})
