# SPDX-License-Identifier: Apache-2.0
"""Names of the objects that travel between steps, below a run's work prefix, and the form of some of them."""

import hashlib
import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from otakube.domain.record.golden import Confidence, GateFinding, GoldenRecord, Record, Title
from otakube_api.contract import Provider


def raw(provider: Provider) -> str:
    """One provider's answers as received, for people to look at: a RawRecord."""
    return f"fetch/{provider}.json"


def converted(provider: Provider) -> str:
    """The same in our words: a ConvertedRecord."""
    return f"fetch/{provider}.converted.json"


FETCH = "fetch/summary.json"  # FetchSummary
LOCKS = "fetch/locks.json"  # RunLocks
LIVE = "fetch/live.json"  # GoldenRecord that the catalogue has now; absent for a new entry
ROLLBACK = "fetch/rollback.json"  # EarlierVersion to bring back; absent where providers were asked
GOLDEN = "golden.json"  # GoldenRecord, validated; nobody writes it after the review
SUGGESTIONS = "suggestions.json"  # Suggestions
VECTORS = "vectors.json"  # VectorSet


def stage(number: int, name: str) -> str:
    """A stage's checkpoint: 1-metadata, 2-episodes, 3-relationships, 4-statistics, 5-characters."""
    return f"stage/{number}-{name}.json"


_PROVENANCE_2 = ("providers", "shares", "publishable", "expires_at", "decided_by")
_PROVENANCE_3: dict[str, Any] = {"credit": True, "exactness": True, "losing": {"__all__": {"exactness"}}}
_ROW_PROVENANCE_4 = {"provenance": {"credits"}}
_EPISODE_4: dict[str, Any] = {"synopsis_spoilers": True} | _ROW_PROVENANCE_4
_CHARACTER_4: dict[str, Any] = {"description_spoilers": True} | _ROW_PROVENANCE_4
_SINCE_5: dict[str, Any] = {"entry": {"spoiler_tags": True}}
_SINCE_2: dict[str, Any] = {
    "entry": {
        "spoiler_tags": True,
        "synopsis_spoilers": True,
        "summary": True,
        "source_material": True,
        "recommendations": True,
        "streaming": True,
        "accepted_suggestions": True,
        "relations": {"__all__": {"providers"}},
        "statistics": {"__all__": {"reviews"}},
        "provenance": {"__all__": dict.fromkeys(_PROVENANCE_2, True) | _PROVENANCE_3},
        "aired_from_precision": True,
        "aired_to_precision": True,
    },
    "episodes": {"__all__": {"kind", "provenance", "synopsis_spoilers"}},
    "characters": {"__all__": {"provenance", "description_spoilers"}},
    "staff": True,
    "attributions": True,
    "stage_versions": True,
    "gates": True,
}


_SINCE_4: dict[str, Any] = {
    "entry": {"synopsis_spoilers": True, "spoiler_tags": True},
    "episodes": {"__all__": _EPISODE_4},
    "characters": {"__all__": _CHARACTER_4},
    "staff": {"__all__": _ROW_PROVENANCE_4},
}
_SINCE_3: dict[str, Any] = _SINCE_4 | {
    "entry": {
        "spoiler_tags": True,
        "synopsis_spoilers": True,
        "aired_from_precision": True,
        "aired_to_precision": True,
        "provenance": {"__all__": _PROVENANCE_3},
    }
}
_SINCE: dict[int, dict[str, Any]] = {1: _SINCE_2, 2: _SINCE_3, 3: _SINCE_4, 4: _SINCE_5}
"""Fields that records of a schema version do not have, by version."""


def digest(content: BaseModel) -> str:
    """sha256 of a record's canonical JSON: sorted keys, no spaces, UTF-8.

    A golden record of an older schema has the digest of its commit: without the fields added since.
    """
    later = _SINCE.get(content.entry.schema_version) if isinstance(content, GoldenRecord) else None
    fields = content.model_dump(mode="json", exclude=later)
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
    live_version: int | None = None  # the one that the record is compared with; None for a new entry
    answered: list[Provider]
    failed: list[dict[str, str]]  # provider, reason, message
    agreement: dict[Provider, Confidence]  # how sure it is that the provider's page shows the same anime
    fetched_at: datetime
    episodes_before: int | None = None  # last absolute number before this season; None: unknown
    gates: list[GateFinding] = Field(default=[], max_length=50)  # what fetching itself found doubtful
    notes: list[str] = Field(default=[], max_length=100)  # what of the answers could not be read


class EarlierVersion(Record):
    """A version of an entry that a run brings back."""

    version: int
    committed_at: datetime
    live_version: int | None  # the one that it replaces
    record: GoldenRecord


class Commit(Record):
    """A record to make live, and the decision on it."""

    record: GoldenRecord
    vectors: VectorSet
    digest: str  # of the record
    run: str  # work prefix
    decision: str  # approve | automatic
    note: str
    reviewer: str
