# SPDX-License-Identifier: Apache-2.0
"""Requests that a service takes in: whole, of one length, and no more at once than it can answer."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otakube_services.kit.problems import Problem, problem

BODY_LIMIT = 2**20
GONE = 499  # as nginx calls a request whose client left; nobody reads it, and the metrics count it

_BOTH = {b"content-length", b"transfer-encoding"}
_AMBIGUOUS = "the request has Content-Length and Transfer-Encoding, which two servers may read as two lengths"


class Admission:
    """Refuses what is not one whole request (RFC 9112, 6.1), and what is beyond `limit` at once.

    A request counts only once its body is there: whoever sends half of one occupies a connection, no place.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit
        self._answering = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            whole = await _whole(scope, receive)
        except Problem as error:
            refusal = problem(error.status, error.title, str(error))
            refusal.headers["Connection"] = "close"  # what follows may be meant as another request
            await refusal(scope, receive, send)
        else:
            await self._answer(scope, whole, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._answering >= self._limit:
            detail = f"{self._answering} requests are being answered; try again in a few seconds"
            await problem(503, "Busy", detail)(scope, receive, send)
            return
        self._answering += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._answering -= 1


async def _whole(scope: Scope, receive: Receive) -> Receive:
    """Read the body, and give it as one message; Problem if there is not one of one length."""
    if _BOTH.issubset(name for name, _ in scope["headers"]):
        raise Problem(400, "Ambiguous length", f"{_AMBIGUOUS}; send one of them")
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(GONE, "Client closed request", "the request ended before it was whole")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY_LIMIT:
            raise Problem(413, "Body too large", f"the body has more than {BODY_LIMIT} bytes")
    waiting: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
