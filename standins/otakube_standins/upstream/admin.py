# SPDX-License-Identifier: Apache-2.0
"""The admin API: which faults are in force, how often each path was asked, and what time it is.

For tests and demos only.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from otakube_standins.upstream.clock import MovableClock
from otakube_standins.upstream.faults import FaultRule, Rules

Counted = Counter[tuple[str, str, int]]


MOST_SECONDS = 366 * 86_400


class Clock(BaseModel):
    """The seconds by which the stand-in's clock is ahead of the real one."""

    model_config = ConfigDict(extra="forbid")

    ahead_seconds: Annotated[float, Field(ge=-MOST_SECONDS, le=MOST_SECONDS)]


def admin(rules: Rules, counted: Counted, clock: MovableClock) -> APIRouter:
    """Routes below /admin."""
    routes = APIRouter(prefix="/admin")

    @routes.put("/faults")
    def _put(faults: list[FaultRule]) -> list[FaultRule]:
        rules.replace(faults)
        return rules.in_force()

    @routes.get("/faults")
    def _get() -> list[FaultRule]:
        return rules.in_force()

    @routes.delete("/faults", status_code=204)
    def _clear() -> None:
        rules.replace([])

    @routes.get("/requests")
    def _requests() -> list[dict[str, str | int]]:
        return [
            {"provider": provider, "path": path, "status": status, "count": count}
            for (provider, path, status), count in sorted(counted.items())
        ]

    @routes.delete("/requests", status_code=204)
    def _forget() -> None:
        counted.clear()

    @routes.put("/clock")
    def _move(wanted: Clock) -> dict[str, datetime]:
        clock.ahead = timedelta(seconds=wanted.ahead_seconds)
        return {"now": clock()}

    @routes.get("/clock")
    def _time() -> dict[str, datetime]:
        return {"now": clock()}

    return routes
