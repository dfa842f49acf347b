# SPDX-License-Identifier: Apache-2.0
"""A live version as the document stores keep it: the record, and what the commit writes beside it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from otakube.domain.record.golden import GoldenRecord
from otakube.ports.catalogue import LiveEntry


class Bookkeeping(BaseModel):
    """The fields beside the record; one of a wrong type is a ValidationError that names it."""

    model_config = ConfigDict(strict=True)

    live_version: int = Field(ge=1)
    commit_key: str
    digest: str
    model: str
    committed_at: datetime


def live_entry(entry_id: str, stored: Bookkeeping, record: str | bytes) -> LiveEntry:
    """The entry, whole; the record is validated again on the way out."""
    return LiveEntry(
        entry_id=entry_id,
        version=stored.live_version,
        commit_key=stored.commit_key,
        digest=stored.digest,
        model=stored.model,
        record=GoldenRecord.model_validate_json(record),
        committed_at=stored.committed_at,
    )
