# SPDX-License-Identifier: Apache-2.0
"""The image map, uses of blobs, dead letters of images and take-downs, each change one transaction."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

from pydantic import TypeAdapter

from otakube.adapters.stores.sqlite.connection import SqliteDocuments, as_list, as_text, as_time
from otakube.ports.blob_uses import BlobRemoval, UnusedBlob
from otakube.ports.catalogue import MirroredImage
from otakube.ports.image_failures import ImageFailure
from otakube.ports.take_downs import TakeDown

_IMAGE, _FAILURE, _TAKE_DOWN = TypeAdapter(MirroredImage), TypeAdapter(ImageFailure), TypeAdapter(TakeDown)

_CLAIM = """
INSERT INTO blob_uses (key, used_at) VALUES (:key, :at)
ON CONFLICT DO UPDATE SET used_at = max(coalesce(used_at, ''), excluded.used_at), unused_since = NULL
"""
_MARK = """
INSERT INTO blob_uses (key, unused_since) VALUES (:key, :at)
ON CONFLICT DO UPDATE SET unused_since = coalesce(unused_since, excluded.unused_since)
"""
_BEGIN = """
INSERT INTO blob_uses (key, removal, removal_at) VALUES (:key, :nonce, :at)
ON CONFLICT DO UPDATE SET removal = excluded.removal, removal_at = excluded.removal_at
WHERE coalesce(used_at, '') <= :used AND coalesce(removal_at, '') < :stale
"""
_LIFT = """
INSERT INTO take_downs VALUES (:id, :lifted, :order)
ON CONFLICT DO UPDATE SET lifted = excluded.lifted, take_down = excluded.take_down
WHERE excluded.lifted OR NOT lifted
"""


class SqliteImageMap:
    """The `ImageMap` port: one row an image URL."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def get_many(self, source_urls: Sequence[str]) -> dict[str, MirroredImage]:
        """The outcomes of the URLs that are known."""
        query = "SELECT image FROM image_map WHERE source_url IN (SELECT value FROM json_each(?))"
        found = self._read(query, as_list(source_urls))
        return {image.source_url: image for image in found}

    async def put(self, images: Sequence[MirroredImage]) -> None:
        """Insert or replace each by URL."""
        values = [(one.source_url, one.key, _IMAGE.dump_json(one).decode()) for one in images]
        with self._documents.transaction("writing the image map") as rows:
            rows.executemany("INSERT OR REPLACE INTO image_map VALUES (?, ?, ?)", values)

    async def of_content(self, sha256: str) -> list[MirroredImage]:
        """All URLs of one content."""
        return self._read("SELECT image FROM image_map WHERE json_extract(image, '$.sha256') = ?", sha256)

    async def due(self, now: datetime, *, after: str = "", limit: int) -> list[MirroredImage]:
        """Failures to try again, by their URLs."""
        query = "SELECT image FROM image_map WHERE key IS NULL AND source_url > ? ORDER BY source_url"
        failures = self._read(query, after)
        return [one for one in failures if one.retry_after and one.retry_after <= now][:limit]

    async def delete(self, source_urls: Sequence[str]) -> None:
        """Forget these."""
        with self._documents.statement("writing the image map") as rows:
            gone = "DELETE FROM image_map WHERE source_url IN (SELECT value FROM json_each(?))"
            rows.execute(gone, [as_list(source_urls)])

    async def blobs(self) -> AsyncIterator[str]:
        """Bucket keys of all mirrored images."""
        with self._documents.statement("reading the image map") as rows:
            keys = rows.execute("SELECT key FROM image_map WHERE key IS NOT NULL").fetchall()
        for row in keys:
            yield row["key"]

    def _read(self, query: str, value: str) -> list[MirroredImage]:
        with self._documents.statement("reading the image map") as rows:
            return [_IMAGE.validate_json(row["image"]) for row in rows.execute(query, [value])]


class SqliteBlobUses:
    """The `BlobUses` port: one row a bucket key."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def claim(self, keys: Sequence[str], *, at: datetime) -> set[str]:
        """Note the use, and see which are being removed."""
        removed = (
            "SELECT key FROM blob_uses WHERE removal IS NOT NULL AND key IN (SELECT value FROM json_each(?))"
        )
        with self._documents.transaction("claiming images") as rows:
            rows.executemany(_CLAIM, [{"key": key, "at": as_text(at)} for key in keys])
            return {row["key"] for row in rows.execute(removed, [as_list(keys)])}

    async def mark_unused(self, keys: Sequence[str], *, at: datetime) -> None:
        """The earliest note stands."""
        with self._documents.transaction("marking images") as rows:
            rows.executemany(_MARK, [{"key": key, "at": as_text(at)} for key in keys])

    async def unused(self) -> list[UnusedBlob]:
        """All that are marked."""
        with self._documents.statement("reading uses of images") as rows:
            found = rows.execute("SELECT key, unused_since FROM blob_uses WHERE unused_since IS NOT NULL")
            return [UnusedBlob(row["key"], as_time(row["unused_since"])) for row in found]

    async def begin_removal(
        self, removal: BlobRemoval, *, unless_used_after: datetime, stale_before: datetime
    ) -> bool:
        """Compare and set in one statement."""
        values = {
            "key": removal.key,
            "nonce": removal.nonce,
            "at": as_text(removal.at),
            "used": as_text(unless_used_after),
            "stale": as_text(stale_before),
        }
        with self._documents.statement(f"removing {removal.key}") as rows:
            return rows.execute(_BEGIN, values).rowcount > 0

    async def removals(self, *, before: datetime) -> list[BlobRemoval]:
        """Those that have not ended."""
        with self._documents.statement("reading removals of images") as rows:
            found = rows.execute("SELECT * FROM blob_uses WHERE removal_at < ?", [as_text(before)])
            return [
                BlobRemoval(key=row["key"], nonce=row["removal"], at=as_time(row["removal_at"]))
                for row in found
            ]

    async def end_removal(self, removal: BlobRemoval) -> None:
        """Delete the row, if the removal is still this one."""
        with self._documents.statement(f"removing {removal.key}") as rows:
            gone = "DELETE FROM blob_uses WHERE key = ? AND removal = ?"
            rows.execute(gone, [removal.key, removal.nonce])


class SqliteImageFailures:
    """The `ImageFailures` port: one row an entry and URL."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def put(self, failures: Sequence[ImageFailure]) -> None:
        """Insert or replace each."""
        values = [(one.anime_id, one.image_url, _FAILURE.dump_json(one).decode()) for one in failures]
        with self._documents.transaction("writing dead letters of images") as rows:
            rows.executemany("INSERT OR REPLACE INTO image_dead_letters VALUES (?, ?, ?)", values)

    async def of_urls(self, image_urls: Sequence[str]) -> list[ImageFailure]:
        """By their URLs."""
        query = "SELECT letter FROM image_dead_letters WHERE image_url IN (SELECT value FROM json_each(?))"
        return self._read(query, as_list(image_urls))

    async def page(self, *, after: ImageFailure | None = None, limit: int) -> list[ImageFailure]:
        """By entry and URL."""
        query = (
            "SELECT letter FROM image_dead_letters WHERE (anime_id, image_url) > (?, ?) "
            "ORDER BY anime_id, image_url LIMIT ?"
        )
        place = (after.anime_id, after.image_url) if after else ("", "")
        return self._read(query, *place, limit)

    async def newest(self, limit: int) -> list[ImageFailure]:
        """The latest, the newest first."""
        letters = self._read("SELECT letter FROM image_dead_letters")
        return sorted(letters, key=lambda one: (one.timestamp, one.image_url), reverse=True)[:limit]

    async def delete(self, failures: Sequence[ImageFailure]) -> None:
        """Remove each."""
        values = [(one.anime_id, one.image_url) for one in failures]
        with self._documents.transaction("removing dead letters of images") as rows:
            rows.executemany("DELETE FROM image_dead_letters WHERE anime_id = ? AND image_url = ?", values)

    def _read(self, query: str, *values: str | int) -> list[ImageFailure]:
        with self._documents.statement("reading dead letters of images") as rows:
            return [_FAILURE.validate_json(row["letter"]) for row in rows.execute(query, values)]


class SqliteTakeDowns:
    """The `TakeDowns` port: one row an order."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def put(self, take_downs: Iterable[TakeDown]) -> None:
        """A row that is lifted already is replaced by none that is not."""
        values = [
            {"id": one.id, "lifted": one.lifted_at is not None, "order": _TAKE_DOWN.dump_json(one).decode()}
            for one in take_downs
        ]
        with self._documents.transaction("writing take-downs") as rows:
            rows.executemany(_LIFT, values)

    async def all(self) -> list[TakeDown]:
        """The newest first."""
        with self._documents.statement("reading take-downs") as rows:
            found = rows.execute("SELECT take_down FROM take_downs").fetchall()
        orders = [_TAKE_DOWN.validate_json(row["take_down"]) for row in found]
        return sorted(orders, key=lambda one: (one.at, one.id), reverse=True)
