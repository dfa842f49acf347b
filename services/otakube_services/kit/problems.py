# SPDX-License-Identifier: Apache-2.0
"""Errors as application/problem+json (RFC 9457): `detail` names the field, the value and the cure."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from otakube.errors import Fatal, Retriable

RETRY_SECONDS = "5"
SHOWN_LIMIT = 100


class Problem(Exception):
    """A request that cannot be answered as asked."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title = status, title


def problem(status: int, title: str, detail: str) -> JSONResponse:
    headers = {"Retry-After": RETRY_SECONDS} if status == 503 else None
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


def handle_problems(app: FastAPI) -> None:
    """Give every error of the application this one form."""

    @app.exception_handler(Problem)
    async def asked_wrong(_: Request, error: Problem) -> JSONResponse:
        return problem(error.status, error.title, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()[0]
        name, value = ".".join(map(str, found["loc"][1:])), str(found.get("input"))[:SHOWN_LIMIT]
        return problem(422, "Invalid parameter", f"{name} is {value!r}: {found['msg']}; see /docs")

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        detail = f"{request.method} {request.url.path[:SHOWN_LIMIT]}: {error.detail}; see /docs"
        return problem(error.status_code, str(error.detail), detail)

    @app.exception_handler(Retriable)
    async def away(_: Request, error: Retriable) -> JSONResponse:
        return problem(503, "Store unavailable", f"{error}; try again in {RETRY_SECONDS} seconds")

    @app.exception_handler(Fatal)
    async def misconfigured(_: Request, error: Fatal) -> JSONResponse:
        return problem(500, str(error.reason), str(error))
