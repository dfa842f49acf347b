# SPDX-License-Identifier: Apache-2.0
"""The independent checker: reads the raw stores and judges the invariants of docs/commit.md.

It shares no code with the product: PyMongo, boto3, plain HTTP, its own digest, its own idea of what is right.
"""

import hashlib
import http.client
import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pymongo
from botocore.config import Config

Json = dict[str, Any]


@dataclass(frozen=True)
class Endpoints:
    """Addresses of the raw stores: the servers themselves, not the proxies."""

    mongodb_port: int
    database: str
    qdrant_port: int
    collection: str
    s3_port: int
    bucket: str
    access_key_id: str
    secret_access_key: str


@dataclass(frozen=True)
class Content:
    """One revision that was given to a run: what must be live if that run commits."""

    run: str
    golden: Json
    vectors: Json

    @property
    def digest(self) -> str:
        """sha256 over sorted, dense JSON."""
        return digest(self.golden)

    @property
    def point_names(self) -> set[tuple[str, int]]:
        """Kind and number of each point."""
        return {(p["kind"], p["number"]) for p in self.vectors["points"]}

    @property
    def image_keys(self) -> set[str]:
        """Keys of the record's images."""
        return {image["key"] for image in self.golden["entry"]["images"] if image["key"]}


def digest(value: Json) -> str:
    """sha256 over sorted, dense JSON."""
    dense = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(dense.encode("utf-8")).hexdigest()


class Raw:
    """Raw reads."""

    def __init__(self, at: Endpoints, *, patience_ms: int = 20_000) -> None:
        self.at = at
        self.mongo = pymongo.MongoClient[Json](
            f"mongodb://127.0.0.1:{at.mongodb_port}/", serverSelectionTimeoutMS=patience_ms, tz_aware=True
        )
        self.db = self.mongo[at.database]
        self.s3 = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{at.s3_port}",
            aws_access_key_id=at.access_key_id,
            aws_secret_access_key=at.secret_access_key,
            region_name="us-east-1",
            config=Config(retries={"max_attempts": 8}, s3={"addressing_style": "path"}),
        )

    def entry(self, entry_id: str) -> Json:
        """The raw entry document; {} if there is none."""
        return self.db.animes.find_one({"_id": entry_id}) or {}

    def points(self, entry_id: str, *, vectors: bool = True) -> list[Json]:
        """All raw points of an entry."""
        wanted = {"must": [{"key": "entry_id", "match": {"value": entry_id}}]}
        body = {"filter": wanted, "limit": 10_000, "with_payload": True, "with_vector": vectors}
        connection = http.client.HTTPConnection("127.0.0.1", self.at.qdrant_port, timeout=20)
        try:
            path = f"/collections/{self.at.collection}/points/scroll"
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status == 404:
            return []
        if answer.status != 200:
            raise OSError(f"scroll: {answer.status} {text[:200]!r}")
        found: list[Json] = json.loads(text)["result"]["points"]
        return found

    def keys(self, prefix: str) -> set[str]:
        """All bucket keys below a prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.at.bucket, Prefix=prefix)
        return {one["Key"] for page in pages for one in page.get("Contents", [])}

    def put(self, key: str, body: bytes) -> None:
        """Write an object, as an earlier step would."""
        self.s3.put_object(Bucket=self.at.bucket, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        """Read an object."""
        body: bytes = self.s3.get_object(Bucket=self.at.bucket, Key=key)["Body"].read()
        return body


READER_VISIBLE = ("live_version", "commit_key", "digest", "model", "record")


def visible_state(raw: Raw, entry_id: str) -> str:
    """A digest of all that a reader can reach of an entry in the stores, without the bookkeeping."""
    entry = raw.entry(entry_id)
    state = {
        "entry": {name: entry.get(name) for name in READER_VISIBLE},
        "points": sorted(raw.points(entry_id), key=lambda p: str(p["id"])),
        "episodes": sorted(raw.db.episodes.find({"entry_id": entry_id}), key=lambda d: str(d["_id"])),
        "characters": sorted(raw.db.characters.find({"entry_id": entry_id}), key=lambda d: str(d["_id"])),
        "vectors": sorted(raw.keys(f"vectors/{entry_id}/")),
    }
    return hashlib.sha256(json.dumps(state, sort_keys=True, default=str).encode()).hexdigest()


def violations(
    raw: Raw, entry_id: str, *, live: Content | None, committed: list[Content], outputs: Json | None = None
) -> list[str]:
    """Every invariant that does not hold of a quiet entry; `live` is what readers must see, or None."""
    entry = raw.entry(entry_id)
    found = [*_quiet(raw, entry_id, entry), *_events(raw, entry_id, entry, committed)]
    if live is None:
        stray = len(raw.points(entry_id))
        found += [f"I2: version {entry['live_version']} is live"] if entry.get("live_version") else []
        return found + ([f"I3: {stray} points of an entry that is not live"] if stray else [])
    found += [*_whole(raw, entry_id, entry, live), *_projections(raw, entry_id, entry, live)]
    if outputs is not None:
        stored = {
            "entry-id": entry_id, "version": str(entry.get("live_version")), "digest": entry.get("digest"),
        }  # fmt: skip
        found += [f"I10: outputs {outputs}, stored {stored}"] if outputs != stored else []
    return found


def _whole(raw: Raw, entry_id: str, entry: Json, live: Content) -> Iterator[str]:
    """I1 and I3: one version, its body, all its points, all its blobs, and no others."""
    version = entry.get("live_version")
    if version is None:
        yield "I1: nothing is live"
        return
    if entry["digest"] != live.digest or digest(entry["record"]) != live.digest:
        yield f"I1: live is {digest(entry['record'])}, noted as {entry['digest']}, wanted {live.digest}"
    yield from _points(raw.points(entry_id), version, live)
    if missing := live.image_keys - raw.keys("images/"):
        yield f"I1: images are gone: {sorted(missing)}"
    blobs = raw.keys(f"vectors/{entry_id}/")
    if blobs != {f"vectors/{entry_id}/{version}-{entry['commit_key']}.json"}:
        yield f"I3: vectors' blobs {sorted(blobs)} beside live {entry['commit_key']}"


def _points(points: list[Json], version: int, live: Content) -> Iterator[str]:
    stray = [p["payload"]["version"] for p in points if p["payload"]["version"] != version]
    if stray:
        yield f"I3: points of versions {sorted(set(stray))} beside live {version}"
    mine = [p for p in points if p["payload"]["version"] == version]
    names = Counter((p["payload"]["kind"], p["payload"]["number"]) for p in mine)
    if set(names) != live.point_names or max(names.values(), default=1) > 1:
        yield f"I1: points {sorted(names.items())}, wanted {sorted(live.point_names)}"
    wanted = {(p["kind"], p["number"]): p["vector"] for p in live.vectors["points"]}
    for point in mine:
        kind, number = point["payload"]["kind"], point["payload"]["number"]
        expected = wanted.get((kind, number))
        if expected and not _parallel(point["vector"][kind], expected):
            yield f"I1: the vector of {kind} {number} is not the one that was embedded"
        if point["payload"]["digest"] != live.digest:
            yield f"I1: {kind} {number} is stamped {point['payload']['digest']}"


def _projections(raw: Raw, entry_id: str, entry: Json, live: Content) -> Iterator[str]:
    for name in ("episodes", "characters"):
        documents = list(raw.db[name].find({"entry_id": entry_id}))
        if any(d["version"] != entry.get("live_version") for d in documents):
            yield f"I3: {name} of versions {sorted({d['version'] for d in documents})}"
        projected = {d["record"]["id"]: digest(d["record"]) for d in documents}
        if projected != {record["id"]: digest(record) for record in live.golden[name]}:
            yield f"I1: {name} are not those of the live record"


def _quiet(raw: Raw, entry_id: str, entry: Json) -> Iterator[str]:
    """I8: no lease, no intent in between, nothing left to relay."""
    if entry.get("lease"):
        yield f"I8: leased to {entry['lease']['owner']}"
    for intent in raw.db.intents.find({"entry_id": entry_id}):
        if intent["state"] not in {"Done", "Aborted"}:
            yield f"I8: intent of version {intent['version']} is {intent['state']}"
    if entry.get("outbox"):
        yield f"I5: {len(entry['outbox'])} events were not relayed"


def _events(raw: Raw, entry_id: str, entry: Json, committed: list[Content]) -> Iterator[str]:
    """I4, I5, I7: one event a commit, in growing versions, each after its own single decision."""
    events = sorted(raw.db.events.find({"entry_id": entry_id}), key=lambda e: e["version"])
    if [e["digest"] for e in events] != [c.digest for c in committed]:
        yield f"I5: {len(events)} events for {len(committed)} commits: {[e['version'] for e in events]}"
    versions = [e["version"] for e in events]
    if versions != sorted(set(versions)):
        yield f"I4: versions {versions}"
    if events and entry.get("live_version") != versions[-1]:
        yield f"I4: live is {entry.get('live_version')}, the last event is of {versions[-1]}"
    copies = raw.keys(f"audit/{entry_id}/")
    if copies != {f"audit/{e['id']}.json" for e in events}:
        yield f"I5: audit copies {sorted(copies)}"
    for event in events:
        decisions = list(raw.db.reviews.find({"run": event["run"]}))
        if len(decisions) != 1 or decisions[0]["decision"] not in {"approve", "automatic"}:
            yield f"I7: {event['run']} went live on {[d['decision'] for d in decisions]}"
        elif decisions[0]["decided_at"] > event["committed_at"]:
            yield f"I7: {event['run']} was decided after it was committed"


def _parallel(stored: list[float], embedded: list[float]) -> bool:
    """Qdrant keeps cosine vectors at length 1."""
    length = math.sqrt(sum(x * x for x in embedded))
    return all(abs(s - e / length) < 1e-4 for s, e in zip(stored, embedded, strict=True))
