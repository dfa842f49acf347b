# SPDX-License-Identifier: Apache-2.0
"""One provider request: taken from the cache, or sent with a permit; capped, timed, retried, and translated.

It reads no more than the cap, and follows a redirect within the provider's own hosts alone. Each attempt,
also a repeated or a redirected one, needs a permit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx2
import stamina

from otakube import logs
from otakube.adapters.http import bodies, failures, redirects
from otakube.adapters.http.bodies import name_of
from otakube.adapters.http.cache import Answers, Kept, NoAnswers
from otakube.adapters.http.failures import HttpFailure
from otakube.adapters.http.redirects import Moved
from otakube.adapters.memory import MemoryExceeded, PodMemory
from otakube.away import away
from otakube.domain.providers import http_freshness
from otakube.domain.providers.budget import RequestOutcome
from otakube.errors import Fatal, SourceError
from otakube.ports.providers import Answer, AnswerMemory
from otakube.ports.rate_limits import RateLimiter, Unlimited
from otakube_api.contract import FailureReason, SourceReason

USER_AGENT = "otakube/0.1 (+https://otakube.dev)"
ATTEMPTS = 4
_LONG = 2**17  # bytes of a body that is read away from the event loop; a shorter one takes a millisecond
LONGEST_WAIT = 60.0  # seconds that one Retry-After may ask for; beyond it the provider counts as away
Reader = Callable[[httpx2.Response, bytes], Any]  # decoded bytes -> the answer's body
Refusal = Callable[[bytes], RequestOutcome | None]  # the outcome that a 200 hides


class RequestLimits(NamedTuple):
    """`seconds` for one request with its whole body; `size` in bytes of the body; `memory` of all clients."""

    seconds: float
    size: int
    memory: PodMemory | None = None


class _Again(Exception):
    """This request may succeed later; `after` in seconds if the provider named it."""

    def __init__(self, failure: SourceError, after: float | None = None) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.after = after


def new_client() -> httpx2.AsyncClient:
    """A client that says who asks."""
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"}
    hooks = {"response": [redirects.set_aside]}
    try:
        return httpx2.AsyncClient(
            headers=headers, follow_redirects=False, timeout=None, trust_env=True, event_hooks=hooks
        )
    except (httpx2.InvalidURL, ValueError):  # their texts quote the address
        message = "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY is no URL: percent-encode its user and password"
        raise Fatal(FailureReason.SETTINGS_INVALID, message) from None


class ProviderClient:
    """Asks one provider. `second`: how long its second takes here, for pauses; `hosts`: its own ones."""

    def __init__(  # noqa: PLR0913 - one keyword a concern
        self,
        client: httpx2.AsyncClient,
        limits: RequestLimits,
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] = {},
        rate_limiter: RateLimiter | None = None,
        answers: Answers | None = None,
        refusal: Refusal = lambda _: None,
        second: float = 1.0,
        hosts: Collection[str] = (),
    ) -> None:
        self._client = client
        self._limits = limits
        self._memory = limits.memory or PodMemory()
        self._size = min(limits.size, self._memory.arriving.total)
        self._headers = {**headers, "Accept": accept}
        self._rate_limiter = rate_limiter or Unlimited()
        self._answers = answers or NoAnswers()
        self._refusal = refusal
        self._second = second
        self._hosts = hosts

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
        for _ in range(redirects.MOST):
            try:
                return await self._attempts(request, reader)
            except Moved as moved:
                request = self._client.build_request(
                    request.method, moved.url, content=request.content, headers=moved.headers(request)
                )
        most = f"{name_of(request)} is redirected more than {redirects.MOST - 1} times"
        raise SourceError(SourceReason.ANSWER_INVALID, most)

    async def _attempts(self, request: httpx2.Request, reader: Reader) -> Answer:
        kept = await self._answers.find(request)
        if kept and kept.fresh_until > datetime.now(UTC):
            return self._again(request, kept)
        if kept:
            request.headers.update(kept.conditions)
        try:
            async for attempt in stamina.retry_context(
                on=self._wait,
                attempts=ATTEMPTS,
                timeout=None,
                wait_initial=0.2 * self._second,
                wait_jitter=self._second,
                wait_max=5.0 * self._second,
            ):
                with attempt:
                    return await self._once(request, reader, kept)
        except _Again as error:
            raise error.failure from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _wait(self, error: Exception) -> bool | float:
        """Stamina's hook: whether to retry, and after how many seconds if the provider said so."""
        if not isinstance(error, _Again):
            return False
        if error.after is None:
            return True
        return error.after * self._second if error.after <= LONGEST_WAIT else False

    async def _once(self, request: httpx2.Request, reader: Reader, kept: Kept | None) -> Answer:
        await self._rate_limiter.acquire()
        if self._answers.floor and (meanwhile := await self._fresh(request)):
            return self._again(request, meanwhile)
        async with AsyncExitStack() as held:
            response, body = await self._received(request, held)
            return await self._read(response, body, reader, kept)

    async def _read(
        self, response: httpx2.Response, body: bytes, reader: Reader, kept: Kept | None
    ) -> Answer:
        """The answer that a response holds, or the confirmed one."""
        request, now = response.request, datetime.now(UTC)
        refused = self._refusal(body) if response.status_code == 200 else None
        failure = None if refused else self._failure(response, body, now)
        await self._rate_limiter.record(
            refused or failures.recorded(failure, response.status_code, response.headers, now)
        )
        if response.status_code == 304 and kept:
            kept = kept.confirmed(_lower(response), now, self._answers.floor)
            await self._answers.keep(request, kept)
            return self._again(request, kept)
        self._raise(response, failure)
        memory = self._count(request, bodies.parsed_size(response, body))
        found = await away(reader, response, body) if len(body) > _LONG else reader(response, body)
        answer = _answer(response, found, now).counted(memory).asked(bodies.question_of(request))
        if refused is None:
            await self._keep(request, response, answer)
        return answer

    def _failure(self, response: httpx2.Response, body: bytes, now: datetime) -> HttpFailure | None:
        if response.status_code == 200:
            return failures.hidden(body, self._headers["Accept"], now, response.headers)
        return failures.of_status(response.status_code, response.headers, body, now)

    def _raise(self, response: httpx2.Response, failure: HttpFailure | None) -> None:
        """Nothing for an answer; else Moved, or the failure in our words."""
        if failure is None:
            return
        leads = redirects.moved(response, self._hosts)
        if isinstance(leads, Moved):
            if leads.lasting and urlsplit(leads.url).hostname != response.request.url.host:
                logs.logger().warning("provider moved", asked=name_of(response.request), to=leads.url)
            raise leads
        name, status = name_of(response.request), response.status_code
        message = failures.describe(failure, name, status, leads, self._headers.values())
        error = SourceError(failure.reason, message)
        raise _Again(error, failure.after) if failure.passes else error

    async def _fresh(self, request: httpx2.Request) -> Kept | None:
        """An answer that another pod kept while we waited for our permit; the permit counts as answered."""
        found = await self._answers.find(request)
        if found is None or found.fresh_until <= datetime.now(UTC):
            return None
        await self._rate_limiter.record(RequestOutcome(status=304))
        return found

    def _again(self, request: httpx2.Request, kept: Kept) -> Answer:
        """A kept answer as one out of the cache; it takes memory like a fresh one."""
        kept.answer.counted(self._count(request, bodies.stored_size(kept.answer.body)))
        return kept.again.asked(bodies.question_of(request))

    def _count(self, request: httpx2.Request, size: int) -> AnswerMemory:
        """Memory for what an answer turns into; AnswerTooLarge if there is too little."""
        memory = AnswerMemory()
        try:
            self._memory.contents.keep(memory, size)
        except MemoryExceeded as error:
            said = f"the answer of {name_of(request)} is too large to be read: {error}"
            raise SourceError(SourceReason.ANSWER_TOO_LARGE, said) from error
        return memory

    async def _received(self, request: httpx2.Request, held: AsyncExitStack) -> tuple[httpx2.Response, bytes]:
        """Status, headers and, of a 200, the body, whose memory is `held`."""
        try:
            async with asyncio.timeout(self._limits.seconds) as deadline:
                return await self._sent(request, partial(self._reserve, deadline, held))
        except TimeoutError as error:
            await self._rate_limiter.record(RequestOutcome(status=0))
            failure = f"{name_of(request)} did not answer within {self._limits.seconds:g} s"
            raise _Again(SourceError(SourceReason.UNAVAILABLE, failure)) from error
        except httpx2.HTTPError as error:
            await self._rate_limiter.record(RequestOutcome(status=0))
            failure = f"{name_of(request)}: {type(error).__name__} {error}".strip()
            raise _Again(SourceError(SourceReason.UNAVAILABLE, failure)) from error
        except SourceError:
            await self._rate_limiter.record(
                RequestOutcome(status=200)
            )  # it answered; what it said is another matter
            raise

    async def _reserve(self, deadline: asyncio.Timeout, held: AsyncExitStack) -> None:
        await self._memory.arriving.reserve_within(deadline, self._size, held)

    async def _sent(
        self, request: httpx2.Request, reserve: Callable[[], Awaitable[None]]
    ) -> tuple[httpx2.Response, bytes]:
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code != 200:
                return response, await bodies.beginning(response, failures.LONGEST_ERROR)
            return response, await bodies.read(response, self._size, reserve)
        finally:
            await response.aclose()

    async def _keep(self, request: httpx2.Request, response: httpx2.Response, answer: Answer) -> None:
        headers, floor = _lower(response), self._answers.floor
        if http_freshness.is_error(answer.body):
            return
        if http_freshness.keepable(request.method, headers, answer.fetched_at, floor):
            fresh_until = http_freshness.fresh_until(headers, answer.fetched_at, floor)
            last_modified = headers.get("last-modified")
            kept = Kept(answer=answer, fresh_until=fresh_until, last_modified=last_modified)
            await self._answers.keep(request, kept)


def _answer(response: httpx2.Response, body: Any, now: datetime) -> Answer:
    return Answer(
        url=bodies.address_of(response.request),
        fetched_at=now,
        stale=http_freshness.is_stale(_lower(response)),
        etag=response.headers.get("ETag"),
        body=body,
    )


def _lower(response: httpx2.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


Connect = Callable[..., ProviderClient]
"""Keywords of ProviderClient -> a client with this provider's rate limiter and kept answers."""
