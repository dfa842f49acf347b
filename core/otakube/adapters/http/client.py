# SPDX-License-Identifier: Apache-2.0
"""One provider request: capped, timed, retried with jitter, and translated; shared by the provider rooms.

It reads no more than the cap, follows no redirect, and takes nothing but JSON.
"""

import asyncio
import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx2
import orjson
import stamina

from otakube.errors import SourceError
from otakube.ports.manners import Manners, NoManners
from otakube.ports.providers import Answer
from otakube_api.contract import SourceReason

USER_AGENT = "otakube/0.1 (+https://otakube.dev)"
ATTEMPTS = 4
LONGEST_WAIT = 20.0  # seconds that one Retry-After may ask for; beyond it the provider counts as away


class Limits(NamedTuple):
    """`seconds` for one request with its whole body; `size` in bytes of the body."""

    seconds: float
    size: int


class _Again(Exception):
    """This request may succeed later; `after` in seconds if the provider named it."""

    def __init__(self, failure: SourceError, after: float | None = None) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.after = after


def new_client() -> httpx2.AsyncClient:
    """A client that says who asks, and takes answers uncompressed: the size cap counts true bytes."""
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "identity"}
    return httpx2.AsyncClient(headers=headers, follow_redirects=False, timeout=None, trust_env=True)


class ProviderClient:
    """Asks one provider."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        limits: Limits,
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] = {},
        manners: Manners | None = None,
    ) -> None:
        self._client = client
        self._limits = limits
        self._headers = {**headers, "Accept": accept}
        self._manners = manners or NoManners()

    async def ask(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        post: Mapping[str, Any] | None = None,
    ) -> Answer:
        """The answer to a GET, or to a POST of JSON; every failure is a SourceError."""
        request = self._client.build_request(
            "POST" if post is not None else "GET",
            url,
            params=params,
            json=post,
            headers=self._headers,
        )
        try:
            async for attempt in stamina.retry_context(
                on=_wait, attempts=ATTEMPTS, timeout=3 * self._limits.seconds, wait_initial=0.2, wait_max=5.0
            ):
                with attempt:
                    return await self._once(request)
        except _Again as error:
            raise error.failure from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _once(self, request: httpx2.Request) -> Answer:
        try:
            async with asyncio.timeout(self._limits.seconds):
                response = await self._client.send(request, stream=True)
                try:
                    _check_status(response)
                    body = await self._read(response)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            failure = f"{_name(request)} did not answer within {self._limits.seconds:g} s"
            raise _Again(SourceError(SourceReason.UNAVAILABLE, failure)) from error
        except httpx2.HTTPError as error:
            failure = f"{_name(request)}: {type(error).__name__} {error}".strip()
            raise _Again(SourceError(SourceReason.UNAVAILABLE, failure)) from error
        return _answer(request, response, body)

    async def _read(self, response: httpx2.Response) -> bytes:
        size = self._limits.size
        if int(response.headers.get("Content-Length", "0") or "0") > size:
            raise _too_large(response.request, size)
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > size:
                raise _too_large(response.request, size)
        return bytes(body)


def _wait(error: Exception) -> bool | float | datetime.timedelta:
    """Stamina's hook: whether to retry, and after how long if the provider said so."""
    if not isinstance(error, _Again):
        return False
    if error.after is None:
        return True
    return error.after if error.after <= LONGEST_WAIT else False


def _check_status(response: httpx2.Response) -> None:
    status, name = response.status_code, _name(response.request)
    if status == 200:
        return
    if status == 404:
        raise SourceError(SourceReason.NOT_FOUND, f"{name} is not known there (404)")
    if status in (401, 403):
        raise SourceError(SourceReason.REFUSED, f"{name} was refused ({status})")
    if status == 429:
        raise _Again(
            SourceError(SourceReason.RATE_LIMITED, f"{name}: too many requests (429)"), retry_after(response)
        )
    if status >= 500 or status == 408:
        raise _Again(
            SourceError(SourceReason.UNAVAILABLE, f"{name} answered {status}"), retry_after(response)
        )
    raise SourceError(SourceReason.ANSWER_INVALID, f"{name} answered {status}, expected 200")


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds to wait as the provider asks; a date or nonsense counts as not said."""
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else None


def _answer(request: httpx2.Request, response: httpx2.Response, body: bytes) -> Answer:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise _invalid(request, f"is {kind or 'of no declared type'}, expected JSON")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise _invalid(
            request, f"is encoded as {response.headers['Content-Encoding']}, which was not asked for"
        )
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _invalid(request, f"is no JSON: {error}") from error
    return Answer(
        url=str(request.url),
        fetched_at=datetime.datetime.now(datetime.UTC),
        stale=response.headers.get("X-Cache-Status", "").upper() == "STALE",
        etag=response.headers.get("ETag"),
        body=document,
    )


def _invalid(request: httpx2.Request, what: str) -> SourceError:
    return SourceError(SourceReason.ANSWER_INVALID, f"the answer of {_name(request)} {what}")


def _too_large(request: httpx2.Request, size: int) -> SourceError:
    return SourceError(
        SourceReason.ANSWER_TOO_LARGE, f"the answer of {_name(request)} is larger than {size} bytes"
    )


def _name(request: httpx2.Request) -> str:
    """Host and path: a query may carry a key one day."""
    return f"{request.url.host}{request.url.path}"
