# SPDX-License-Identifier: Apache-2.0
"""The `Schedules` port over the Kubernetes API: lists, server-side apply without force, deletes.

Fields that somebody else owns make the API server refuse an apply; they are left out of a second one, so that
they stay theirs.
"""

import copy
import os
import re
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx2
import stamina

from otakube.errors import Fatal, Retriable
from otakube.ports.schedules import ScheduleRefused, StoredSchedule
from otakube_api import labels
from otakube_api.contract import FailureReason
from otakube_api.v1alpha1.episode_schedule import KIND
from otakube_api.v1alpha1.meta import API_VERSION

FIELD_MANAGER = "otakube-planner"
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
PAGE = 500
ATTEMPTS = 4
ROUNDS = 3
"""Applies of one schedule, each without the fields that the one before met as others'."""

_AWAY = (429, 500, 502, 503, 504)
_NOTE = re.compile(r"\.metadata\.(annotations|labels)\.(.+)")
_STEP = re.compile(r"\.(\w+)|\[(\w+)=(\"?)([^\]\"]+)\3\]")


class ApiServerAway(Exception):
    """The API server did not answer, or asked for patience."""


def in_pod(account: Path = ACCOUNT) -> httpx2.AsyncClient:
    """A client with the pod's service account."""
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    token = account / "token"
    if not host or not token.exists():
        raise Fatal(
            FailureReason.SETTINGS_INVALID,
            "no service account is mounted here: run it in its pod, or give --api-server an address such as "
            "that of kubectl proxy",
        )
    name = f"[{host}]" if ":" in host else host
    return httpx2.AsyncClient(
        base_url=f"https://{name}:{port}",
        headers={"Authorization": f"Bearer {token.read_text().strip()}"},
        verify=ssl.create_default_context(cafile=str(account / "ca.crt")),
        timeout=30,
        trust_env=False,
    )


class ClusterSchedules:
    """The schedules of one namespace."""

    def __init__(self, client: httpx2.AsyncClient, namespace: str) -> None:
        self._client = client
        self._path = f"/apis/{API_VERSION}/namespaces/{namespace}/{KIND.plural}"

    async def all(self) -> Sequence[StoredSchedule]:
        """Page by page; Retriable if the API server is away."""
        found: list[StoredSchedule] = []
        token = ""
        while True:
            page = await self._page(token)
            found += [read_schedule(item) for item in page["items"]]
            token = page["metadata"].get("continue") or ""
            if not token:
                return found

    async def apply(self, manifest: Mapping[str, Any]) -> Sequence[str]:
        """Server-side apply under the planner's own field manager."""
        body, left = copy.deepcopy(dict(manifest)), list[str]()
        path = f"{self._path}/{body['metadata']['name']}"
        headers = {"Content-Type": "application/apply-patch+yaml"}
        for _ in range(ROUNDS):
            answer = await self._send(
                "PATCH", path, params={"fieldManager": FIELD_MANAGER}, json=body, headers=headers
            )
            owned = conflicts(answer)
            if not owned:
                self._check(answer)
                return left
            left += [field for field in owned if field not in left]
            for field in owned:
                without(body, field)
            body["metadata"].setdefault("annotations", {})[labels.LEFT_TO_OTHERS] = " ".join(left)
        raise ScheduleRefused(f"others own {', '.join(left)}, and it changes while it is applied")

    async def delete(self, name: str) -> None:
        """In the background: the garbage collector takes its enrichments."""
        answer = await self._send("DELETE", f"{self._path}/{name}")
        if answer.status_code != httpx2.codes.NOT_FOUND:
            self._check(answer)

    async def _page(self, token: str) -> Any:
        parameters: dict[str, str | int] = {"limit": PAGE} | ({"continue": token} if token else {})
        try:
            answer = await self._send("GET", self._path, params=parameters)
            self._check(answer)
        except ScheduleRefused as error:
            message = f"the EpisodeSchedules cannot be listed: {error}"
            raise Fatal(FailureReason.SETTINGS_INVALID, message) from None
        except ApiServerAway as error:
            raise Retriable(FailureReason.STORE_UNAVAILABLE, f"the API server is away: {error}") from None
        return answer.json()

    async def _send(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """One request, repeated while the API server is away; every one of them may be repeated."""
        async for attempt in stamina.retry_context(on=ApiServerAway, attempts=ATTEMPTS, timeout=60):
            with attempt:
                try:
                    answer = await self._client.request(method, path, **request)
                except httpx2.TransportError as error:
                    raise ApiServerAway(f"{type(error).__name__}: {error}") from error
                if answer.status_code in _AWAY:
                    raise ApiServerAway(f"{answer.status_code}: {answer.text[:200]}")
        return answer

    def _check(self, answer: httpx2.Response) -> None:
        if answer.is_error:
            raise ScheduleRefused(
                f"{answer.status_code}: {_status(answer).get('message', answer.text[:500])}"
            )


def read_schedule(body: Mapping[str, Any]) -> StoredSchedule:
    """One object of a list."""
    meta, anime = body["metadata"], body["spec"]["anime"]
    notes = meta.get("annotations") or {}
    return StoredSchedule(
        name=meta["name"],
        anime_id=anime.get("id"),
        source_urls=tuple(anime.get("sourceUrls") or ()),
        managed=(meta.get("labels") or {}).get(labels.MANAGED) == labels.PLANNER,
        planned_hash=notes.get(labels.PLANNED_HASH, ""),
        left_to_others=tuple(notes.get(labels.LEFT_TO_OTHERS, "").split()),
        spec=body["spec"],
    )


def conflicts(answer: httpx2.Response) -> list[str]:
    """The paths of fields that other managers own, if that is why an apply was refused."""
    if answer.status_code != httpx2.codes.CONFLICT:
        return []
    causes = (_status(answer).get("details") or {}).get("causes") or []
    return [each["field"] for each in causes if each.get("reason") == "FieldManagerConflict"]


def without(body: Any, field: str) -> None:
    """Take a field such as `.spec.airings[episode=5].airTime` out of a manifest."""
    if noted := _NOTE.fullmatch(field):
        body["metadata"].get(noted[1], {}).pop(noted[2], None)
        return
    *way, last = _STEP.findall(field)
    for step in way:
        body = _within(body, step)
        if body is None:
            return
    if last[0]:
        body.pop(last[0], None)
    else:
        body[:] = [item for item in body if item is not _within(body, last)]


def _within(body: Any, step: tuple[str, str, str, str]) -> Any:
    name, key, _, value = step
    if name:
        return body.get(name)
    return next((item for item in body if str(item.get(key)) == value), None)


def _status(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
