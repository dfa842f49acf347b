# SPDX-License-Identifier: Apache-2.0
"""Middleware before the routes: counts requests, keeps the rate limits, and carries out the fault rules."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otakube_standins.upstream import spoiling
from otakube_standins.upstream.catalogue import TitleCatalogue
from otakube_standins.upstream.faults import FaultKind, FaultRule, Request, Rules
from otakube_standins.upstream.limits import Limiter, Verdict
from otakube_standins.upstream.provider import IncomingRequest, UpstreamProvider

LARGEST_REQUEST = 1_000_000  # bytes; a GraphQL query has a few thousand
_COUNTED_PATHS = 20_000  # a bound on memory, not a limit that a test meets
_STALE_AGE_DAYS = 30
_DRIPS = 200  # pieces of a dripping answer: more would sleep shorter than a timer can

Call = tuple[Scope, Receive, Send]  # of an ASGI app


@dataclass(frozen=True, slots=True)
class WholeAnswer:
    """A whole answer, before it is sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class FaultGate:
    """ASGI middleware around the providers and the gallery; everything else passes untouched."""

    app: ASGIApp
    catalogue: TitleCatalogue
    providers: Iterable[UpstreamProvider]
    rules: Rules
    limiters: Mapping[str, Limiter]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    counted: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        provider = self._provider_of(scope)
        if scope["type"] != "http" or (provider is None and not scope["path"].startswith("/images/")):
            return await self.app(scope, receive, send)
        body = await _read(receive)
        if provider is None:
            return await self._picture(scope, _replay(body, receive), send)
        return await self._provider(provider, (scope, _replay(body, receive), send), body)

    def _provider_of(self, scope: Scope) -> UpstreamProvider | None:
        path = scope.get("path", "")
        return next(
            (
                provider
                for provider in self.providers
                if path == provider.prefix or path.startswith(f"{provider.prefix}/")
            ),
            None,
        )

    async def _picture(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix("/images")
        fault = self.rules.strike(Request("images", path, frozenset()))
        if fault is None:
            self.count("images", path, 200)
            return await self.app(scope, receive, send)
        error = WholeAnswer(fault.status, b"", {"content-type": "text/plain"})
        return await self._spoil(fault, (scope, receive, send), ("images", path), error)

    async def _provider(self, provider: UpstreamProvider, call: Call, body: bytes) -> None:
        scope, _, send = call
        path = scope["path"].removeprefix(provider.prefix) or "/"
        verdict = self.limiters[provider.name].admit()
        limits = _limit_headers(provider, verdict, self.now())
        if not verdict.allowed:
            refusal = self._error(provider, provider.limit_status, verdict.retry_after)
            return await self._send(send, (provider.name, path), refusal, limits)
        asked = IncomingRequest(path, dict(parse_qsl(scope["query_string"].decode("latin-1"))), body)
        fault = self.rules.strike(Request(provider.name, path, provider.subjects(self.catalogue, asked)))
        if fault is None:
            return await self._send(send, (provider.name, path), await self._inner(call), limits)
        error = self._error(provider, fault.status, fault.retry_after)
        return await self._spoil(fault, call, (provider.name, path), error)

    def _error(self, provider: UpstreamProvider, status: int, retry_after: int | None) -> WholeAnswer:
        headers = {"content-type": provider.media_type} | (
            {} if retry_after is None else {"retry-after": str(retry_after)}
        )
        body = provider.error(status, self.now())
        return WholeAnswer(status, body if isinstance(body, bytes) else orjson.dumps(body), headers)

    async def _spoil(self, fault: FaultRule, call: Call, place: tuple[str, str], error: WholeAnswer) -> None:
        send = call[2]
        match fault.kind:
            case FaultKind.RESET:
                self.count(*place, 0)
                _reset(send)
            case FaultKind.STATUS:
                await self._send(send, place, error)
            case FaultKind.HUGE:
                await self._send_huge(send, place, fault)
            case _:
                await self._send_spoilt(fault, await self._inner(call), send, place)

    async def _send_spoilt(
        self, fault: FaultRule, true: WholeAnswer, send: Send, place: tuple[str, str]
    ) -> None:
        match fault.kind:
            case FaultKind.SLOW:
                await self.sleep(fault.seconds)
                await self._send(send, place, true)
            case FaultKind.DRIP:
                await self._send(send, place, true, pause=fault.seconds / _DRIPS)
            case FaultKind.STALE:
                await self._send(send, place, true, _stale_headers(self.now()))
            case _:
                spoilt = WholeAnswer(true.status, spoiling.BODIES[fault.kind](true.body), dict(true.headers))
                page = {"content-type": "text/html; charset=utf-8"} if fault.kind is FaultKind.HTML else {}
                await self._send(send, place, spoilt, page)

    async def _inner(self, call: Call) -> WholeAnswer:
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.app(call[0], call[1], collect)
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in messages[0]["headers"]
        }
        return WholeAnswer(
            messages[0]["status"], b"".join(one.get("body", b"") for one in messages[1:]), headers
        )

    async def _send(
        self,
        send: Send,
        place: tuple[str, str],
        answer: WholeAnswer,
        more: Mapping[str, str] = {},
        pause: float = 0.0,
    ) -> None:
        self.count(*place, answer.status)
        sized = {} if answer.status == 304 else {"content-length": str(len(answer.body))}
        await send(_start(answer.status, {**answer.headers, **more, **sized}))
        step = max(1, len(answer.body) // _DRIPS)
        for offset in range(0, len(answer.body) if pause else 0, step):
            await send(_piece(answer.body[offset : offset + step], more=True))
            await self.sleep(pause)
        await send(_piece(b"" if pause else answer.body, more=False))

    async def _send_huge(self, send: Send, place: tuple[str, str], fault: FaultRule) -> None:
        self.count(*place, 200)
        await send(_start(200, {"content-type": "application/json"}))
        for piece in spoiling.huge(fault.megabytes):
            await send(_piece(piece, more=True))
            await asyncio.sleep(0)
        await send(_piece(b"", more=False))

    def count(self, provider: str, path: str, status: int) -> None:
        """Remember one request; status 0 is a reset connection."""
        if len(self.counted) < _COUNTED_PATHS or (provider, path, status) in self.counted:
            self.counted[(provider, path, status)] += 1


def _limit_headers(provider: UpstreamProvider, verdict: Verdict, now: datetime) -> dict[str, str]:
    if not provider.limit_headers:
        return {}
    counts = {"x-ratelimit-limit": str(verdict.limit), "x-ratelimit-remaining": str(verdict.remaining)}
    reset = {} if verdict.allowed else {"x-ratelimit-reset": str(int(now.timestamp()) + verdict.retry_after)}
    return counts | reset


def _stale_headers(now: datetime) -> dict[str, str]:
    filled = now.timestamp() - _STALE_AGE_DAYS * 86_400
    old = format_datetime(datetime.fromtimestamp(filled, now.tzinfo), usegmt=True)
    return {
        "x-cache-status": "STALE",
        "last-modified": old,
        "expires": old,
        "age": str(_STALE_AGE_DAYS * 86_400),
    }


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more and len(body) < LARGEST_REQUEST:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body that was read already, then what the client does next: a stream ends with its client."""
    read: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return read.pop() if read else await receive()

    return replayed


def _start(status: int, headers: Mapping[str, str]) -> Message:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": raw}


def _piece(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _reset(send: Any) -> None:
    """Send RST: closing with zero linger. ASGI has no word for it, so uvicorn's own transport is used."""
    transport = send.__self__.transport
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
