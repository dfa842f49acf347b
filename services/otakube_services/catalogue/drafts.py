# SPDX-License-Identifier: Apache-2.0
"""Records of runs before they are live, for reviewers: nothing is withheld here, so no reader may ask."""

from contextlib import suppress

from fastapi import FastAPI
from pydantic import ValidationError

from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import FetchSummary
from otakube.domain.record.images import images_of
from otakube.errors import Damaged, Retriable
from otakube_api import contract
from otakube_services.catalogue.answers import Draft, Explanation, Number, Uid
from otakube_services.catalogue.ports import Ports
from otakube_services.kit.problems import Problem


def add_drafts(app: FastAPI) -> None:
    """Add the route."""

    @app.get("/drafts/{uid}/{generation}/{attempt}", summary="The record of a run, before it is live")
    async def draft(ports: Ports, uid: Uid, generation: Number, attempt: Number) -> Draft:
        work = contract.work_prefix(uid, generation, attempt)
        key = f"{work}/{handover.GOLDEN}"
        try:
            record = GoldenRecord.model_validate_json(await ports.objects.get(key))
        except KeyError as error:
            detail = f"the bucket has no {key}: the run has not come that far, or is over and cleaned up"
            raise Problem(404, "No such draft", detail) from error
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise Damaged(key, fault, "ask for the run again, which writes it anew") from error
        return Draft(
            compared_with=await compared_with(ports, f"{work}/{handover.FETCH}"),
            live_version=await live_version(ports, record.entry.id),
            explanation=Explanation.of(record),
            episodes=len(record.episodes),
            characters=len(record.characters),
            images=list(images_of(record)),
        )


async def compared_with(ports: Ports, key: str) -> int | None:
    """The version that was live when the run fetched, by the summary that it left."""
    with suppress(KeyError, ValidationError):
        return FetchSummary.model_validate_json(await ports.objects.get(key)).live_version
    return None


async def live_version(ports: Ports, entry_id: str) -> int | None:
    """The version that is live; None of a new entry, and while the document store is away."""
    with suppress(Retriable):
        live = await ports.catalogue.entry(entry_id)
        return live.version if live else None
    return None
