# SPDX-License-Identifier: Apache-2.0
"""The merge locks, page by page: people's decisions, which no run may decide anew."""

from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import BaseModel

from otakube.domain.locks.lock import as_json, lock_id
from otakube.ports.locks import PAGE
from otakube_services.catalogue.ports import Ports

After = Annotated[
    str,
    Query(
        pattern=r"^(lock_[0-9a-f]{20})?$",
        description="The id after which to go on: the answer's `next`; empty begins.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=PAGE, description="Locks at most.")]


class LockPage(BaseModel):
    """Locks in the order of their ids; `next` is absent on the last page."""

    locks: list[dict[str, Any]]
    next: str | None


def add_locks(app: FastAPI) -> None:
    """Add the route."""

    @app.get("/locks", summary="What people decided")
    async def page(ports: Ports, after: After = "", limit: Limit = 100) -> LockPage:
        locks = await ports.locks.after(after, limit + 1)
        return LockPage(
            locks=[{"id": lock_id(lock), **as_json(lock)} for lock in locks[:limit]],
            next=lock_id(locks[limit - 1]) if len(locks) > limit else None,
        )
