# SPDX-License-Identifier: Apache-2.0
"""Golden records and vectors for drills: made up, deterministic, in plain JSON as a run leaves them."""

import hashlib
import json
import random
from typing import Any

MODEL = "drill@1"
DIMENSION = 16
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def made_id(prefix: str, seed: str) -> str:
    """An id in the form of a ULID, from a seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16])
    letters = "".join(ALPHABET[(number >> (5 * i)) & 31] for i in range(26))
    return f"{prefix}_{letters}"


def golden(entry_id: str, revision: int, *, episodes: int = 3, images: dict[str, str]) -> dict[str, Any]:
    """A record of an entry; each revision differs in its synopsis and its number of episodes."""
    mirrored = [
        {
            "kind": "Poster", "source_url": f"https://cdn.example.org/{entry_id}/{sha}.png",
            "provider": "Jikan", "sha256": sha, "key": key, "content_type": "image/png", "width": 2,
            "height": 2, "size_bytes": 64, "phash": sha[:16],
        }
        for sha, key in images.items()
    ]  # fmt: skip
    return {
        "entry": {
            "id": entry_id,
            "sources": [f"https://myanimelist.net/anime/{entry_id}"],
            "titles": {"main": f"Drill {entry_id[-4:]}", "japanese": "訓練"},
            "type": "TV",
            "status": "Ongoing",
            "season": {"year": 2026, "quarter": "Fall"},
            "synopsis": f"Revision {revision} of a story about a fire drill.",
            "genres": ["Slice of Life"],
            "score": 7.5,
            "images": mirrored,
            "confidence": 0.93,
            "provenance": {
                "titles.main": {
                    "provider": "Jikan", "fetched_at": "2026-11-20T12:00:00Z", "licence": "none",
                    "confidence": 1.0,
                },
                "genres": {
                    "provider": "Kitsu", "fetched_at": "2026-11-20T12:00:00Z", "licence": "none",
                    "confidence": 1.0,
                },
            },
        },
        "episodes": [
            {"id": made_id("ep", f"{entry_id}/{n}"), "number": n, "title": f"Episode {n}.{revision}"}
            for n in range(1, episodes + revision % 3 + 1)
        ],
        "characters": [{"id": made_id("char", entry_id), "name": f"Warden {revision}", "role": "Main"}],
        "assembled_at": f"2026-11-20T12:{revision % 60:02d}:00Z",
    }  # fmt: skip


def without_genres(record: dict[str, Any]) -> dict[str, Any]:
    """The record without what Kitsu alone says."""
    provenance = {field: said for field, said in record["entry"]["provenance"].items() if field != "genres"}
    return record | {"entry": record["entry"] | {"genres": [], "provenance": provenance}}


def vectors(record: dict[str, Any], digest: str) -> dict[str, Any]:
    """Vectors of a record, from its digest."""
    source = random.Random(digest)
    kinds = [
        ("title", 1),
        ("synopsis", 2),
        ("character", len(record["characters"])),
        ("episode", len(record["episodes"])),
    ]
    points = [
        {
            "kind": kind,
            "number": number,
            "text": f"{kind} {number}",
            "vector": [round(source.uniform(-1, 1), 6) for _ in range(DIMENSION)],
        }
        for kind, count in kinds
        for number in range(count)
    ]
    return {"model": MODEL, "dimension": DIMENSION, "golden_digest": digest, "points": points}


def body(value: object) -> bytes:
    """JSON bytes."""
    return json.dumps(value, ensure_ascii=False).encode()
