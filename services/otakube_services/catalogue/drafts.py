# SPDX-License-Identifier: Apache-2.0
"""Records of runs before they are live, for reviewers: nothing is withheld here, so no reader may ask."""

from fastapi import FastAPI
from pydantic import ValidationError

from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.errors import Damaged
from otakube_api import contract
from otakube_services.catalogue.answers import Draft, Explanation, Number, Uid, images_of
from otakube_services.catalogue.ports import Ports
from otakube_services.kit.problems import Problem


def add_drafts(app: FastAPI) -> None:
    """Add the route."""

    @app.get("/drafts/{uid}/{generation}/{attempt}", summary="The record of a run, before it is live")
    async def draft(ports: Ports, uid: Uid, generation: Number, attempt: Number) -> Draft:
        key = f"{contract.work_prefix(uid, generation, attempt)}/{handover.GOLDEN}"
        try:
            record = GoldenRecord.model_validate_json(await ports.objects.get(key))
        except KeyError as error:
            detail = f"the bucket has no {key}: the run has not come that far, or is over and cleaned up"
            raise Problem(404, "No such draft", detail) from error
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise Damaged(key, fault, "ask for the run again, which writes it anew") from error
        return Draft(
            explanation=Explanation.of(record),
            episodes=len(record.episodes),
            characters=len(record.characters),
            images=images_of(record),
        )
