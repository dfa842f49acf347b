# SPDX-License-Identifier: Apache-2.0
"""The probes of a service."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from otakube_services.kit.readiness import Readiness


def add_health(app: FastAPI, readiness: Readiness) -> None:
    """Serve /healthz and /readyz; both answer only once the application's ports are open.

    /readyz is 503 while something essential is missing; it names all that is.
    """

    @app.get("/healthz", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> JSONResponse:
        status = "unavailable" if not readiness.ready else "degraded" if readiness.missing else "ok"
        body = {"status": status, "missing": readiness.missing}
        return JSONResponse(body, status_code=200 if readiness.ready else 503)
