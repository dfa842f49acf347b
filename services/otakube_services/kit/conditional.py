# SPDX-License-Identifier: Apache-2.0
"""HEAD, and answers that a reader has already (RFC 9110, section 13): 304 without a body."""

import re
from typing import Annotated

from fastapi import FastAPI, Header, Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT, NOT_KEPT = "no-cache", "no-store"
"""An answer with a tag may be kept, and is asked for each time: a version goes live at any moment."""

IfNoneMatch = Annotated[
    str | None, Header(description="Tags (ETag) of answers that you have: if one holds, the answer is 304.")
]

_TAG = re.compile(r'(?:W/)?("[^"]*")')


class NotModified(Exception):
    """The reader has the answer already."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def tagged(response: Response, tag: str, known: str | None) -> None:
    """Give an answer its tag; NotModified, before the answer is made, where the reader knows it."""
    if matches(known, tag):
        raise NotModified(tag)
    response.headers.update(_headers(tag))


def not_kept(response: Response) -> None:
    """Have caches keep no answer that gets no tag; a dependency of every route."""
    response.headers["Cache-Control"] = NOT_KEPT


def matches(known: str | None, tag: str) -> bool:
    """True if If-None-Match names the tag, by the weak comparison."""
    if known is None:
        return False
    return known.strip() == "*" or _TAG.findall(tag)[0] in _TAG.findall(known)


def answer_conditionally(app: FastAPI) -> None:
    """Answer HEAD wherever GET is answered, and NotModified by 304."""
    app.add_middleware(HeadAsGet)

    @app.exception_handler(NotModified)
    async def unchanged(_: Request, error: NotModified) -> Response:
        return Response(status_code=304, headers=_headers(error.tag))


class HeadAsGet:
    """Has the application answer HEAD as it answers GET, and keeps the body back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            scope["method"] = "HEAD"  # the server looks at it again
            if message["type"] != "http.response.body":
                await send(message)
            elif not message.get("more_body", False):
                await send({"type": "http.response.body"})

        scope["method"] = "GET"
        try:
            await self._app(scope, receive, without_body)
        finally:
            scope["method"] = "HEAD"


def _headers(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": KEPT}
