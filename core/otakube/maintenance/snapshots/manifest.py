# SPDX-License-Identifier: Apache-2.0
"""The manifest: what a snapshot holds, written last, so that a snapshot without one is none."""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, Field

from otakube.domain.record.golden import Record
from otakube.ports.objects import LATEST_SNAPSHOT, Prefix
from otakube_api.contract import Provider

FORMAT = 1
"""Number of the form of these files; a release reads those up to its own."""

LATEST = LATEST_SNAPSHOT
"""Copy of the manifest of the newest snapshot: a stable name, by which all its files are found."""

MANIFEST, UNFINISHED = "manifest.json", "unfinished.json"
NAME = re.compile(r"\d{8}T\d{6}Z")
_NAME_FORM = "%Y%m%dT%H%M%SZ"


class Part(Record):
    """One file: `key` in the bucket, digests of the file and of the lines in it."""

    key: str
    rows: int
    size: int
    sha256: str
    content_sha256: str


class SnapshotCollection(Record):
    """All rows of a collection, in the order of its parts."""

    rows: int = 0
    parts: list[Part] = Field(default=[])

    def with_part(self, part: Part) -> "SnapshotCollection":
        """The collection, with one more part."""
        return SnapshotCollection(rows=self.rows + part.rows, parts=[*self.parts, part])


class LeftOut(Record):
    """An entry that could not be read, or may not be published."""

    entry_id: str
    reason: str


class SnapshotLicence(Record):
    """A provider whose words the snapshot holds, its licence, and since when some are due to be gone."""

    provider: Provider
    licence: str
    entries: int
    publishable: bool
    expires_from: AwareDatetime | None = None


class SnapshotManifest(Record):
    """All that a reader needs to know before it reads the files."""

    format: int = FORMAT
    name: str
    release: str  # of Otakube
    record_schema: int  # of the newest records
    begun_at: AwareDatetime
    ended_at: AwareDatetime
    entries: int = 0
    models: list[str] = Field(default=[])  # text models that the entries' vectors are of
    collections: dict[str, SnapshotCollection] = Field(default={})
    licences: list[SnapshotLicence] = Field(default=[])
    blobs: bool = False  # the images of the entries lie beside it
    withheld: dict[str, int] = Field(default={})  # of an export: values left out, by field and reason
    left_out: list[LeftOut] = Field(default=[], max_length=1000)  # the first of them
    left_out_number: int = 0
    left_out_rows: int = 0  # of the other collections; the log names each

    @property
    def whole(self) -> bool:
        """True if nothing was left out because it is damaged."""
        return not self.left_out_number and not self.left_out_rows

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(part.size for part in self.parts)

    @property
    def parts(self) -> list[Part]:
        """Every file."""
        return [part for held in self.collections.values() for part in held.parts]


def content_digest(manifest: SnapshotManifest) -> str:
    """Digest of all that a snapshot holds: of the digests of its files' lines, in their order."""
    held = sorted(manifest.collections.items())
    named = "".join(f"{name} {part.content_sha256}\n" for name, one in held for part in one.parts)
    return f"sha256:{hashlib.sha256(named.encode()).hexdigest()}"


class SnapshotDraft(Record):
    """A snapshot that is being written: what is done, and the place from which it goes on."""

    manifest: SnapshotManifest
    done: list[str] = Field(default=[])  # collections
    after: str = ""  # place in the one that is being written


def name_at(moment: datetime) -> str:
    """Name of a snapshot that begins then; names sort as their times do."""
    return moment.astimezone(UTC).strftime(_NAME_FORM)


def folder(name: str) -> str:
    """Beginning of the keys of a snapshot's files."""
    return f"{Prefix.SNAPSHOTS}{name}/"


def manifest_key(name: str) -> str:
    """Bucket key of a manifest."""
    return folder(name) + MANIFEST


def draft_key(name: str) -> str:
    """Bucket key of what is known of a snapshot that has no manifest yet."""
    return folder(name) + UNFINISHED


def names_in(keys: Iterable[str], file: str) -> list[str]:
    """Names of the snapshots that have a file, oldest first."""
    found = (key.removeprefix(Prefix.SNAPSHOTS).split("/") for key in keys)
    return sorted(one[0] for one in found if len(one) == 2 and one[1] == file and NAME.fullmatch(one[0]))


def superseded(
    manifests: list[SnapshotManifest], *, keep: int, older_than: timedelta, now: datetime
) -> list[SnapshotManifest]:
    """The snapshots to remove: beyond the newest `keep`, or too old; never the newest that lacks nothing."""
    newest_first = sorted(manifests, key=lambda one: one.name, reverse=True)
    whole = next((one for one in newest_first if one.whole), None)
    due = [
        one
        for number, one in enumerate(newest_first)
        if number >= max(keep, 1) or (number and one.ended_at + older_than < now)
    ]
    return [one for one in due if one is not whole]


SHRINK_LIMIT = 0.1
"""Share of the entries that may be gone since the snapshot before; beyond it nothing is removed."""


def has_shrunk(manifest: SnapshotManifest, before: SnapshotManifest | None) -> bool:
    """True if so many entries are gone that the older snapshots are better kept."""
    return before is not None and manifest.entries < (1 - SHRINK_LIMIT) * before.entries
