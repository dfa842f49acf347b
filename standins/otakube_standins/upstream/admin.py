# SPDX-License-Identifier: Apache-2.0
"""The admin API: which faults are in force, and how often each path was asked. For tests and demos only."""

from collections import Counter

from fastapi import APIRouter

from otakube_standins.upstream.faults import FaultRule, Rules

Counted = Counter[tuple[str, str, int]]


def admin(rules: Rules, counted: Counted) -> APIRouter:
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

    return routes
