# SPDX-License-Identifier: Apache-2.0
"""Errors as application/problem+json (RFC 9457): `detail` names the field, the value and the cure.

What a store or a library says is for the log, one line each: it may name addresses that are nobody else's.
"""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otakube import logs
from otakube.errors import Damaged, Fatal, Retriable, StepError
from otakube_services.kit.conditional import NOT_KEPT

RETRY_SECONDS = "5"
SHOWN_LIMIT = 100
SETTINGS = "the service is not set up right; its log says what is wrong"
BROKEN = "the service failed at this request; its log has the reason"


class Problem(Exception):
    """A request that cannot be answered as asked."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title = status, title


def problem(status: int, title: str, detail: str) -> JSONResponse:
    headers = {"Cache-Control": NOT_KEPT} | ({"Retry-After": RETRY_SECONDS} if status == 503 else {})
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


def route_of(scope: Scope) -> str:
    """The route of a request, for logs and metrics: its path is a reader's own text."""
    return str(getattr(scope.get("route"), "path", "none"))


class CatchFailures:
    """Answers what nobody expected with a problem, and writes one line with the traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception:  # the edge of the application: logged, and told as a problem
            if begun or scope["type"] != "http":
                raise
            logs.logger().exception("request failed", route=route_of(scope))
            await problem(500, "Internal error", BROKEN)(scope, receive, send)


def handle_problems(app: FastAPI) -> None:
    """Give every error of the application this one form."""
    app.add_middleware(CatchFailures)

    @app.exception_handler(Problem)
    async def asked_wrong(_: Request, error: Problem) -> JSONResponse:
        return problem(error.status, error.title, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()[0]
        name, value = ".".join(map(str, found["loc"][1:])), str(found.get("input"))[:SHOWN_LIMIT]
        if found["type"] == "missing":
            return problem(422, "Missing parameter", f"{name} is missing, and this route needs it; see /docs")
        return problem(422, "Invalid parameter", f"{name} is {value!r}: {found['msg']}; see /docs")

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        detail = f"{request.method} {request.url.path[:SHOWN_LIMIT]}: {error.detail}; see /docs"
        answer = problem(error.status_code, str(error.detail), detail)
        answer.headers.update(with_head(error.headers or {}))
        return answer

    @app.exception_handler(Retriable)
    async def away(request: Request, error: Retriable) -> JSONResponse:
        _log(request, error)
        return problem(503, "Store unavailable", f"a store is away; try again in {RETRY_SECONDS} seconds")

    @app.exception_handler(Fatal)
    async def misconfigured(request: Request, error: Fatal) -> JSONResponse:
        _log(request, error)
        return problem(500, str(error.reason), SETTINGS)

    @app.exception_handler(Damaged)
    async def damaged(request: Request, error: Damaged) -> JSONResponse:
        _log(request, error)
        return problem(500, "Damaged record", str(error))


def with_head(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers of a refusal; where GET is allowed, HEAD is."""
    allowed = headers.get("Allow")
    return {**headers, **({"Allow": "GET, HEAD"} if allowed == "GET" else {})}


def _log(request: Request, error: StepError) -> None:
    logs.logger().error(
        "request failed", route=route_of(request.scope), reason=error.reason.value, message=str(error)
    )
