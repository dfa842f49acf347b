# SPDX-License-Identifier: Apache-2.0
"""Names of the objects that travel between steps, below a run's work prefix, and the form of some of them."""

import hashlib
import json
from datetime import datetime

from otakube.domain.entry import Confidence, GoldenRecord, Provider, Record, Title


def raw(provider: Provider) -> str:
    """One provider's raw answers as received: a RawRecord."""
    return f"fetch/{provider}.json"


FETCH = "fetch/summary.json"  # FetchSummary
LIVE = "fetch/live.json"  # GoldenRecord that the catalogue has now; absent for a new entry
IMAGES = "images/map.json"
GOLDEN = "golden.json"  # GoldenRecord, validated
SUGGESTIONS = "suggestions.json"  # Suggestions
VECTORS = "vectors.json"  # VectorSet


def stage(number: int, name: str) -> str:
    """A stage's checkpoint: 1-metadata, 2-episodes, 3-relationships, 4-statistics, 5-characters."""
    return f"stage/{number}-{name}.json"


def digest(record: GoldenRecord) -> str:
    """sha256 of a golden record's canonical JSON: sorted keys, no spaces, UTF-8."""
    fields = record.model_dump(mode="json")
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Point(Record):
    """One vector to store. `kind` (title, synopsis, character, episode) names it; `number` counts within."""

    kind: str
    number: int
    text: str  # what was embedded, cut to 1000 characters
    vector: list[float]


class VectorSet(Record):
    model: str  # name@revision of what made the vectors
    dimension: int
    golden_digest: str  # sha256 of the golden record that was embedded
    points: list[Point]


class FetchSummary(Record):
    entry_id: str
    title: Title
    existing: bool  # the catalogue already has this entry
    answered: list[Provider]
    failed: list[dict[str, str]]  # provider, reason, message
    agreement: dict[Provider, Confidence]  # how sure it is that the provider's page shows the same anime
    fetched_at: datetime
    episodes_before: int | None = None  # last absolute number before this season; None: unknown


class Commit(Record):
    """What the commit step is asked to make live."""

    record: GoldenRecord
    vectors: VectorSet
    digest: str  # sha256 of the golden record's canonical JSON
    run: str  # work prefix
    decision: str  # approve | automatic
    note: str
    reviewer: str
