# SPDX-License-Identifier: Apache-2.0
"""The merge locks, page by page: what people decided, and what no run may decide anew."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from pydantic import BaseModel

from otakube.domain.locks.lock import as_json, lock_id
from otakube.ports.locks import PAGE, Locks
from otakube_services.catalogue.parts import Parts

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


def locks_of(request: Request) -> Locks:
    parts: Parts = request.app.state.parts
    return parts.locks


def add_locks(app: FastAPI) -> None:
    """Add the route."""

    @app.get("/locks", summary="What people decided")
    async def page(
        locks: Annotated[Locks, Depends(locks_of)], after: After = "", limit: Limit = 100
    ) -> LockPage:
        found = await locks.after(after, limit + 1)
        shown = found[:limit]
        return LockPage(
            locks=[{"id": lock_id(lock), **as_json(lock)} for lock in shown],
            next=lock_id(shown[-1]) if len(found) > limit else None,
        )
