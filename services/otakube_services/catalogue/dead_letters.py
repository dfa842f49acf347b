# SPDX-License-Identifier: Apache-2.0
"""Dead letters: what people need of the runs that ended badly."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import BaseModel

from otakube_services.catalogue.ports import Ports

LIMIT = 1000
Limit = Annotated[int, Query(ge=1, le=LIMIT, description="Dead letters at most.")]


class DeadLetterList(BaseModel):
    """The latest, the newest first."""

    dead_letters: list[dict[str, Any]]


def add_dead_letters(app: FastAPI) -> None:
    """Add the route."""

    @app.get("/dead-letters", summary="Runs that ended badly")
    async def newest(ports: Ports, limit: Limit = 100) -> DeadLetterList:
        return DeadLetterList(dead_letters=[asdict(each) for each in await ports.dead_letters.newest(limit)])
