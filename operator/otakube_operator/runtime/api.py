# SPDX-License-Identifier: Apache-2.0
"""Client of the API server: five verbs, rate-limited, with one exception class for each reaction.

A thin client over aiohttp, which kopf brings: the full client package would weigh more than the operator.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp

from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.rate_limit import WriteRateLimiter

Body = dict[str, Any]
PAGE = 500
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class ApiResource(NamedTuple):
    """A kind of namespaced object as the API addresses it."""

    group: str
    version: str
    plural: str

    @property
    def api_version(self) -> str:
        """Group and version as objects name them."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None, name: str = "", subresource: str = "") -> str:
        """URL path; every namespace if `namespace` is None."""
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.version}"
        place = f"/namespaces/{namespace}" if namespace is not None else ""
        return "/".join(part for part in (root + place, self.plural, name, subresource) if part)


EVENTS = ApiResource("", "v1", "events")
PODS = ApiResource("", "v1", "pods")


class ApiError(Exception):
    """An answer of the API server other than success."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(f"{code} {reason}: {message}")
        self.code, self.reason, self.message = code, reason, message


class ObjectNotFound(ApiError):
    """There is no such object, or no such kind."""


class AlreadyExists(ApiError):
    """An object of this name is there."""


class WriteConflict(ApiError):
    """The object has changed since it was read."""


class RequestRefused(ApiError):
    """The request as such is not admitted: rights, quota, policy, schema."""


class Unavailable(ApiError):
    """No answer, or one that asks to come back; `after` is the wish in seconds."""

    def __init__(self, code: int, reason: str, message: str, after: float = 0.0) -> None:
        super().__init__(code, reason, message)
        self.after = after


class ApiServer:
    """One API server, reached over one session."""

    def __init__(
        self, session: aiohttp.ClientSession, server: str, *, limiter: WriteRateLimiter, metrics: Metrics
    ) -> None:
        self._session = session
        self._server = server.rstrip("/")
        self._limiter = limiter
        self._metrics = metrics

    async def get(self, resource: ApiResource, namespace: str, name: str) -> Body:
        """The object, from a quorum read."""
        return await self._call("GET", resource.path(namespace, name))

    async def list(
        self,
        resource: ApiResource,
        namespace: str | None,
        *,
        selector: str = "",
        fields: str = "",
        metadata_only: bool = False,
    ) -> AsyncIterator[tuple[str, list[Body]]]:
        """Pages of the objects with the list's resourceVersion, from a quorum read."""
        accept = METADATA_ONLY if metadata_only else ""
        chosen = {"labelSelector": selector, "fieldSelector": fields}
        params = {"limit": str(PAGE)} | {name: value for name, value in chosen.items() if value}
        while True:
            page = await self._call("GET", resource.path(namespace), params=params, accept=accept)
            items = page["items"] or []  # null in an empty list of metadata
            yield page["metadata"]["resourceVersion"], items
            token = page["metadata"].get("continue")
            if not token:
                return
            params["continue"] = token

    async def create(self, resource: ApiResource, namespace: str, body: Body) -> Body:
        """Create; returns the object as stored."""
        return await self._write("POST", resource.path(namespace), body, "application/json")

    async def patch(
        self, resource: ApiResource, namespace: str, name: str, body: Body, subresource: str = ""
    ) -> Body:
        """JSON merge patch; a metadata.resourceVersion or metadata.uid in it is a precondition."""
        path = resource.path(namespace, name, subresource)
        return await self._write("PATCH", path, body, "application/merge-patch+json")

    async def delete(self, resource: ApiResource, namespace: str, name: str, *, uid: str) -> None:
        """Delete that very object in the background; an object that is gone already is fine."""
        body: Body = {"propagationPolicy": "Background", "preconditions": {"uid": uid}}
        try:
            await self._write("DELETE", resource.path(namespace, name), body, "application/json")
        except ObjectNotFound:
            return

    async def _write(self, method: str, path: str, body: Body, content_type: str) -> Body:
        async with self._limiter.acquire():
            self._metrics.writes.labels(method).inc()
            return await self._call(method, path, body=body, content_type=content_type)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Body | None = None,
        content_type: str = "",
        accept: str = "",
    ) -> Body:
        given = {"Content-Type": content_type, "Accept": accept}
        headers = {name: value for name, value in given.items() if value}
        async with (
            _translated(),
            self._session.request(
                method, self._server + path, params=params, json=body, headers=headers
            ) as response,
        ):
            answer: Body = await response.json(content_type=None)
            if response.status >= 400:
                raise _error(response.status, answer or {}, response.headers.get("Retry-After"))
            return answer


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Raise Unavailable for whatever keeps an answer from arriving."""
    try:
        yield
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        raise Unavailable(0, "NoAnswer", f"{type(error).__name__}: {error}") from error


def _seconds(retry_after: str | None) -> float:
    """Retry-After in seconds; a date, which the API server does not send, counts as none."""
    return float(retry_after) if retry_after is not None and retry_after.isdecimal() else 0.0


def _error(code: int, answer: Body, retry_after: str | None) -> ApiError:
    reason, message = str(answer.get("reason", "")), str(answer.get("message", ""))
    if code == 429 or code >= 500:
        return Unavailable(code, reason, message, _seconds(retry_after))
    if code == 404:
        return ObjectNotFound(code, reason, message)
    if code == 409:
        return (AlreadyExists if reason == "AlreadyExists" else WriteConflict)(code, reason, message)
    if code == 401:  # the token is being rotated
        return Unavailable(code, reason, message)
    return RequestRefused(code, reason, message)
