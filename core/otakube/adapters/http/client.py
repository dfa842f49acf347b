# SPDX-License-Identifier: Apache-2.0
"""One provider request: capped, timed, retried with jitter, and translated; shared by the provider rooms.

It reads no more than the cap, and follows no redirect.
"""

import asyncio
import datetime
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import httpx2
import stamina

from otakube.adapters.http import bodies
from otakube.adapters.http.bodies import name_of
from otakube.errors import SourceError
from otakube.ports.manners import Manners, NoManners
from otakube.ports.providers import Answer
from otakube_api.contract import SourceReason

USER_AGENT = "otakube/0.1 (+https://otakube.dev)"
ATTEMPTS = 4
Reader = Callable[[httpx2.Response, bytes], Any]  # decoded bytes -> the answer's body
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
    """A client that says who asks."""
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"}
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
        method = "POST" if post is not None else "GET"
        request = self._client.build_request(method, url, params=params, json=post, headers=self._headers)
        return await self._answer(request, bodies.document)

    async def ask_text(self, url: str, *, params: Mapping[str, str | int] | None = None) -> Answer:
        """The answer to a GET of XML, HTML or plain text: `body` is a str; every failure is a SourceError."""
        request = self._client.build_request("GET", url, params=params, headers=self._headers)
        return await self._answer(request, bodies.text)

    async def _answer(self, request: httpx2.Request, reader: Reader) -> Answer:
        try:
            async for attempt in stamina.retry_context(
                on=_wait, attempts=ATTEMPTS, timeout=3 * self._limits.seconds, wait_initial=0.2, wait_max=5.0
            ):
                with attempt:
                    return await self._once(request, reader)
        except _Again as error:
            raise error.failure from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _once(self, request: httpx2.Request, reader: Reader) -> Answer:
        try:
            async with asyncio.timeout(self._limits.seconds):
                response = await self._client.send(request, stream=True)
                try:
                    _check_status(response)
                    body = await bodies.read(response, self._limits.size)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            failure = f"{name_of(request)} did not answer within {self._limits.seconds:g} s"
            raise _Again(SourceError(SourceReason.UNAVAILABLE, failure)) from error
        except httpx2.HTTPError as error:
            failure = f"{name_of(request)}: {type(error).__name__} {error}".strip()
            raise _Again(SourceError(SourceReason.UNAVAILABLE, failure)) from error
        return _answer(response, reader(response, body))


def _wait(error: Exception) -> bool | float | datetime.timedelta:
    """Stamina's hook: whether to retry, and after how long if the provider said so."""
    if not isinstance(error, _Again):
        return False
    if error.after is None:
        return True
    return error.after if error.after <= LONGEST_WAIT else False


def _check_status(response: httpx2.Response) -> None:
    status, name = response.status_code, name_of(response.request)
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


def _answer(response: httpx2.Response, body: Any) -> Answer:
    return Answer(
        url=str(response.request.url),
        fetched_at=datetime.datetime.now(datetime.UTC),
        stale=response.headers.get("X-Cache-Status", "").upper() == "STALE",
        etag=response.headers.get("ETag"),
        body=body,
    )
