# SPDX-License-Identifier: Apache-2.0
"""The flags, a document each."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from pydantic import TypeAdapter
from pymongo import ReplaceOne

from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.ports.flags import Flag, FlagState

_FLAG = TypeAdapter(Flag)


class MongoFlags:
    """The `Flags` port."""

    def __init__(self, documents: Documents) -> None:
        self._flags = documents["flags"]

    async def get(self, flag_ids: Collection[str]) -> dict[str, Flag]:
        """Those that there are, by id."""
        async with translated("reading flags"):
            found = [document async for document in self._flags.find({"_id": {"$in": list(flag_ids)}})]
        return {document["_id"]: _flag(document) for document in found}

    async def put(self, flags: Sequence[Flag]) -> None:
        """Insert or replace each."""
        writes = [ReplaceOne({"_id": one.id}, flag_document(one), upsert=True) for one in flags]
        async with translated("writing flags"):
            if writes:
                await self._flags.bulk_write(writes, ordered=False)

    async def newest(self, state: FlagState | None, limit: int) -> list[Flag]:
        """Those in a state, or all; the newest first."""
        wanted = {} if state is None else {"state": state.value}
        async with translated("reading flags"):
            newest = self._flags.find(wanted).sort([("flagged_at", -1), ("_id", 1)])
            found = await newest.limit(limit).to_list(limit)
        return [_flag(document) for document in found]


def flag_document(flag: Flag) -> dict[str, Any]:
    """The flag, and beside it what queues are read by."""
    return {
        "state": flag.state.value,
        "flagged_at": flag.flagged_at,
        "flag": _FLAG.dump_python(flag, mode="json"),
    }


def _flag(document: dict[str, Any]) -> Flag:
    return _FLAG.validate_json(orjson.dumps(document["flag"]))
