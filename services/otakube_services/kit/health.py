# SPDX-License-Identifier: Apache-2.0
"""The probes of a service."""

from fastapi import FastAPI


def add_health(app: FastAPI) -> None:
    """Serve /healthz and /readyz; both answer only once the application's ports are open."""

    @app.get("/healthz", include_in_schema=False)
    @app.get("/readyz", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}
