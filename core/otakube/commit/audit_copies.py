# SPDX-License-Identifier: Apache-2.0
"""Audit copies: each version of an entry that went live, with its decision; what a licence ended is gone."""

import json
from dataclasses import dataclass

from pydantic import ValidationError

from otakube.commit.recovery import event_in
from otakube.domain.record.golden import GoldenRecord
from otakube.errors import Damaged
from otakube.ports.ledger import Event
from otakube.ports.objects import ObjectStore, Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCopy:
    """One version. `record` None: nothing is left of it, or a newer one was live when it was copied."""

    event: Event
    record: GoldenRecord | None


async def versions(objects: ObjectStore, entry_id: str) -> dict[int, str]:
    """Keys of an entry's audit copies by version, the newest first; of one number twice the last key."""
    keys = [key async for key in objects.list(f"{Prefix.AUDIT}{entry_id}/")]
    found = {number: key for key in sorted(keys) if (number := version_in(key)) is not None}
    return dict(sorted(found.items(), reverse=True))


def version_in(key: str) -> int | None:
    """The version in `audit/ENTRY/VERSION-COMMIT.json`; None for an object that somebody else put there."""
    number = key.rpartition("/")[2].partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() else None


async def read_copy(objects: ObjectStore, key: str) -> AuditCopy:
    """One copy; KeyError if it is gone, Damaged if it cannot be read."""
    body = await objects.get(key)
    try:
        record = json.loads(body)["record"]
        return AuditCopy(
            event=event_in(body),
            record=None if record is None else GoldenRecord.model_validate_json(json.dumps(record)),
        )
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise Damaged(key, str(error)[:300], "it is kept as it is; take another version") from error
