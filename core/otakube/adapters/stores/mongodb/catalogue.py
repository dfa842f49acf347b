# SPDX-License-Identifier: Apache-2.0
"""Identities, entries, reviews and dead letters, each a collection."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar

import orjson
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from otakube.adapters.stores.damage import intact_record
from otakube.adapters.stores.live_entry import Bookkeeping, live_entry
from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.ports.catalogue import Binding, DeadLetter, LiveEntry, ReviewDecision

T = TypeVar("T", ReviewDecision, DeadLetter)


def url_key(source_url: str) -> str:
    """Document id of a URL: its sha256, since MongoDB caps index keys."""
    return hashlib.sha256(source_url.encode()).hexdigest()


def read_live_entry(document: dict[str, Any]) -> LiveEntry:
    """An `animes` document with a live version; Damaged if it cannot be read."""
    with intact_record(document["_id"]):
        stored = Bookkeeping.model_validate(document)
        return live_entry(document["_id"], stored, orjson.dumps(document["record"]))


class MongoIdentities:
    """The `Identities` port: one document a URL."""

    def __init__(self, documents: Documents) -> None:
        self._identities = documents["identities"]

    async def bindings(self, source_urls: Sequence[str]) -> dict[str, Binding]:
        """By URL, of those that are bound."""
        async with translated("reading identities"):
            wanted = {"_id": {"$in": [url_key(url) for url in source_urls]}}
            return {d["source_url"]: _binding(d) async for d in self._identities.find(wanted)}

    async def pages_of(self, entry_id: str) -> list[str]:
        """By a scan: only runs that meet a Different lock ask."""
        async with translated(f"reading the identities of {entry_id}"):
            return sorted([d["source_url"] async for d in self._identities.find({"entry_id": entry_id})])

    async def bind(self, source_url: str, binding: Binding) -> str:
        """Raise the token of a page that is the entry's, else insert, else see who was first."""
        key = {"_id": url_key(source_url)}
        mine = key | {"entry_id": binding.entry_id}
        async with translated(f"binding {source_url}"):
            noted = await self._identities.update_one(mine, {"$max": {"token": binding.token}})
            if noted.matched_count:
                return binding.entry_id
            try:
                await self._identities.insert_one(key | {"source_url": source_url} | asdict(binding))
            except DuplicateKeyError:
                standing = await self._identities.find_one(key)
            else:
                return binding.entry_id
        if standing is None or standing["entry_id"] == binding.entry_id:  # it came, or went, meanwhile
            return await self.bind(source_url, binding)
        return str(standing["entry_id"])

    async def bind_free(self, bindings: Mapping[str, Binding]) -> None:
        """Insert each that is not there."""
        upserts = [
            UpdateOne(
                {"_id": url_key(url)}, {"$setOnInsert": {"source_url": url, **asdict(binding)}}, upsert=True
            )
            for url, binding in bindings.items()
        ]
        async with translated("binding pages"):
            if upserts:
                await self._identities.bulk_write(upserts, ordered=False)

    async def move(self, source_url: str, to: Binding, *, owner: str, token: int) -> bool:
        """Compare owner and token, and set."""
        async with translated(f"moving {source_url} from {owner} to {to.entry_id}"):
            moved = await self._identities.update_one(_owned(source_url, owner, token), {"$set": asdict(to)})
        return bool(moved.matched_count)

    async def release(self, source_url: str, *, owner: str, token: int) -> bool:
        """Compare owner and token, and delete."""
        async with translated(f"releasing {source_url} of {owner}"):
            gone = await self._identities.delete_one(_owned(source_url, owner, token))
        return bool(gone.deleted_count)


def _owned(source_url: str, owner: str, token: int) -> dict[str, Any]:
    """A page of an owner that no commit as new as the token has noted; documents once had no token."""
    return {"_id": url_key(source_url), "entry_id": owner, "token": {"$not": {"$gte": token}}}


def _binding(document: dict[str, Any]) -> Binding:
    return Binding(entry_id=document["entry_id"], since=document.get("since"), token=document.get("token", 0))


class MongoCatalogue:
    """The `Catalogue` port: entries that are live."""

    def __init__(self, documents: Documents) -> None:
        self._animes = documents["animes"]
        self._identities = documents["identities"]

    async def entry(self, entry_id: str) -> LiveEntry | None:
        """The live version, or None."""
        async with translated(f"reading {entry_id}"):
            found = await self._animes.find_one({"_id": entry_id, "live_version": {"$ne": None}})
        return read_live_entry(found) if found else None

    async def by_source(self, source_url: str) -> LiveEntry | None:
        """The live version of the URL's entry, or None."""
        async with translated(f"reading the entry of {source_url}"):
            bound = await self._identities.find_one({"_id": url_key(source_url)})
        return await self.entry(bound["entry_id"]) if bound else None


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

    async def newest(self, limit: int) -> list[DeadLetter]:
        """The latest, the newest first."""
        async with translated("reading the dead letters"):
            found = await self._letters.find().sort([("at", -1), ("_id", 1)]).limit(limit).to_list(limit)
        return [_record(DeadLetter, each) for each in found]


def _record(kind: type[T], document: dict[str, Any]) -> T:
    return kind(**{field.name: document[field.name] for field in fields(kind)})
