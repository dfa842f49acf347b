# SPDX-License-Identifier: Apache-2.0
"""The API server, as the commands need it: JSON in and out, and errors that a person can act on."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from otakube_cli.errors import ConsoleError, Refused
from otakube_cli.kube import answers
from otakube_cli.kube.answers import Body
from otakube_cli.kube.transport import Response, StreamRefused, Transport

Change = tuple[str, Body]  # ADDED, MODIFIED or DELETED, and the object


class Resource(NamedTuple):
    """A kind of namespaced object as the API addresses it."""

    version: str  # group and version
    plural: str
    singular: str = ""

    def path(self, namespace: str | None, name: str = "") -> str:
        """URL path; every namespace if `namespace` is None."""
        root = f"/apis/{self.version}" if "/" in self.version else f"/api/{self.version}"
        place = "" if namespace is None else f"/namespaces/{quote(namespace, safe='')}"
        return "/".join(part for part in (root + place, self.plural, name) if part)

    @property
    def qualified(self) -> str:
        """The plural with its group, as the API server names it in its messages."""
        group = self.version.rpartition("/")[0]
        return f"{self.plural}.{group}" if group else self.plural

    def named(self, name: str) -> str:
        """The object as `kubectl get --output name` prints it."""
        group = self.version.rpartition("/")[0]
        return f"{self.singular}{f'.{group}' if group else ''}/{name}"


ENRICHMENTS = Resource("otakube.dev/v1alpha1", "animeenrichments", "animeenrichment")
SCHEDULES = Resource("otakube.dev/v1alpha1", "episodeschedules", "episodeschedule")
SYNCS = Resource("otakube.dev/v1alpha1", "datasetsyncs", "datasetsync")
RESTORES = Resource("otakube.dev/v1alpha1", "catalogrestores", "catalogrestore")
WORKFLOWS = Resource("argoproj.io/v1alpha1", "workflows", "workflow")
CRON_WORKFLOWS = Resource("argoproj.io/v1alpha1", "cronworkflows", "cronworkflow")
PODS = Resource("v1", "pods", "pod")
EVENTS = Resource("v1", "events", "event")

CATALOGUE = "otakube-catalogue:8080"
"""The read API's Service and port, reached through the API server's proxy: nobody has to open a tunnel."""

INTERNAL = "otakube-catalogue-internal:8081"
"""The same of what is no reader's business: drafts and locks. The right to it is one of its own."""

NAMESPACE = "otakube"
"""The namespace that the charts are installed into: where neither option nor context names one."""

PAGE = 500
SHOWN = 100  # characters of an answer that is not understood
FIELD_MANAGER = "otakube-console"
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")  # of an object: RFC 1123
MERGE_PATCH = "application/merge-patch+json"


class Cluster:
    """One namespace of one cluster."""

    last_answer = ""
    """The last answered request, and how an answer that is no object begins: an object may be a Secret."""

    def __init__(self, transport: Transport, namespace: str) -> None:
        self._transport = transport
        self.namespace = namespace

    @property
    def server(self) -> str:
        """The API server's URL."""
        return self._transport.server

    def within(self, namespace: str) -> "Cluster":
        """Another namespace of the same cluster."""
        return Cluster(self._transport, namespace)

    def place(self, all_namespaces: bool) -> str | None:
        """This namespace, or None for all."""
        return None if all_namespaces else self.namespace

    async def get(self, resource: Resource, name: str) -> Body:
        """One object; a missing one is a ConsoleError that tells near names."""
        if not NAME.fullmatch(name):  # an empty one would be the whole list
            raise ConsoleError(
                f"{name!r:.100} is no name of an object: it has lower-case letters, digits, - and .", code=2
            )
        try:
            return await self.read(resource.path(self.namespace, name))
        except Refused as error:
            if error.status != 404:
                raise
            hint = answers.near(name, self.namespace, await self._names(resource))
            raise Refused(
                f'Error from server (NotFound): {resource.qualified} "{name}" not found in namespace '
                f'"{self.namespace}"{hint}',
                status=404,
            ) from error

    async def list_all(
        self, resource: Resource, *, selector: str = "", all_namespaces: bool = False
    ) -> list[Body]:
        """Every object of the kind, in this namespace or in all, by namespace and name."""
        items: list[Body] = []
        params = {"limit": str(PAGE)} | ({"labelSelector": selector} if selector else {})
        while True:
            page = await self._call("GET", resource.path(self.place(all_namespaces)), params=params)
            items += answers.items(page)
            if not (token := page["metadata"].get("continue")):
                return items
            params["continue"] = token

    async def watch(
        self, resource: Resource, *, name: str = "", all_namespaces: bool = False
    ) -> AsyncIterator[list[Change]]:
        """Everything that is there at once, then each change alone, without end; after a gap all anew."""
        chosen = {"fieldSelector": f"metadata.name={name}"} if name else {}
        path = resource.path(self.place(all_namespaces))
        while True:
            page = await self._call("GET", path, params=chosen)
            yield [("ADDED", item) for item in answers.items(page)]
            version = page["metadata"]["resourceVersion"]
            async for change in self._changes(path, {**chosen, "resourceVersion": version}):
                yield [change]

    async def names(self, resource: Resource) -> list[str]:
        """Names of the objects in this namespace, in the order of the alphabet."""
        page = await self._call("GET", resource.path(self.namespace), accept=answers.AS_METADATA)
        return [item["metadata"]["name"] for item in answers.items(page)]

    async def create(self, resource: Resource, manifest: Body, *, dry_run: bool = False) -> Body:
        """Create, in this namespace; with `generateName` the API server chooses the name."""
        params = {"fieldManager": FIELD_MANAGER} | ({"dryRun": "All"} if dry_run else {})
        return await self._call("POST", resource.path(self.namespace), params=params, body=manifest)

    async def try_create(self, resource: Resource, manifest: Body, *, user: str) -> None:
        """Have the API server check a creation by another user, and store nothing; Refused if it refuses."""
        path, headers = resource.path(self.namespace), {"Impersonate-User": user}
        await self._call("POST", path, params={"dryRun": "All"}, body=manifest, headers=headers)

    async def read(self, path: str, **query: str) -> Body:
        """An object by its path in the API, of any kind and namespace."""
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: Body, *, user: str = "") -> Body:
        """Post to a path of the API, as another user if one is named."""
        return await self._call("POST", path, body=body, headers={"Impersonate-User": user} if user else {})

    async def put(self, path: str, body: Body) -> Body:
        """Put to a path of the API, such as that of a Service behind it."""
        return await self._call("PUT", path, body=body)

    async def text(self, path: str, **query: str) -> str:
        """An answer that is no JSON, such as a pod's log."""
        response = await self._request("GET", path, params=query)
        if response.is_success:
            return response.text
        raise answers.refused(response)

    async def lines(self, path: str, **query: str) -> AsyncIterator[bytes]:
        """The lines of an answer as they come."""
        try:
            async for line in self._transport.lines(_with_query(path, query)):
                self._note(f"GET {path}", line.decode(errors="replace"))
                yield line
        except StreamRefused as error:
            raise answers.refused(error.response) from error

    async def apply(self, resource: Resource, manifest: Body) -> Body:
        """Server-side apply, in this namespace."""
        return await self._call(
            "PATCH",
            resource.path(self.namespace, manifest["metadata"]["name"]),
            params={"fieldManager": FIELD_MANAGER, "force": "true"},
            body=manifest,
            content_type="application/apply-patch+yaml",
        )

    async def patch(
        self, resource: Resource, name: str, operations: list[Body], *, dry_run: bool = False
    ) -> Body:
        """JSON patch (RFC 6902); a failed `test` raises Refused with status 422."""
        kind = "application/json-patch+json"
        return await self._patch(resource.path(self.namespace, name), operations, kind, dry_run)

    async def merge(
        self,
        resource: Resource,
        name: str,
        change: Body,
        *,
        namespace: str | None = None,
        dry_run: bool = False,
    ) -> Body:
        """JSON merge patch (RFC 7386)."""
        path = resource.path(namespace or self.namespace, name)
        return await self._patch(path, change, MERGE_PATCH, dry_run)

    async def delete(self, resource: Resource, name: str) -> bool:
        """Delete in the foreground; False if it was not there."""
        path = resource.path(self.namespace, name)
        try:
            await self._call("DELETE", path, params={"propagationPolicy": "Foreground"})
        except Refused as error:
            if error.status != 404:
                raise
            return False
        return True

    async def table(self, resource: Resource) -> Body:
        """The API server's own columns, as `kubectl get` prints them."""
        return await self._call("GET", resource.path(self.namespace), accept=answers.AS_TABLE)

    async def catalogue(self, path: str, **query: str | int) -> Body:
        """Ask the read API, through the API server."""
        return await self._ask(CATALOGUE, path, query)

    async def catalogue_internal(self, path: str, **query: str | int) -> Body:
        """Ask for what is not published, through the API server."""
        return await self._ask(INTERNAL, path, query)

    async def _ask(self, service: str, path: str, query: Mapping[str, str | int]) -> Body:
        proxy = f"/api/v1/namespaces/{self.namespace}/services/{service}/proxy"
        response = await self._request("GET", f"{proxy}/{path}", params=query)
        if response.is_success:
            return answers.body(response)
        raise ConsoleError(answers.problem(response, self.namespace, service.partition(":")[0]))

    async def _names(self, resource: Resource) -> list[tuple[str, str]]:
        """Namespace and name of every object that this login may list; without a right, none."""
        for place in (None, self.namespace):
            try:
                page = await self._call("GET", resource.path(place), accept=answers.AS_METADATA)
            except Refused:
                continue
            return [(each["metadata"]["namespace"], each["metadata"]["name"]) for each in answers.items(page)]
        return []

    async def _changes(self, path: str, params: Mapping[str, str]) -> AsyncIterator[Change]:
        """One watch, to its end."""
        async for line in self.lines(path, **{"watch": "true", **params}):
            event = json.loads(line)
            if event["type"] == "ERROR":  # too old a version: list anew
                return
            yield event["type"], event["object"]

    async def _patch(self, path: str, change: Any, kind: str, dry_run: bool) -> Body:
        params = {"fieldManager": FIELD_MANAGER} | ({"dryRun": "All"} if dry_run else {})
        return await self._call("PATCH", path, params=params, body=change, content_type=kind)

    async def _call(  # noqa: PLR0913 - the parts of one HTTP request
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Body:
        given = {"Accept": accept, **({"Content-Type": content_type} if body is not None else {})}
        response = await self._request(
            method, path, params=params or {}, headers={**given, **(headers or {})}, content=body
        )
        return answers.body(response)

    async def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int],
        headers: Mapping[str, str] | None = None,
        content: Any = None,
    ) -> Response:
        sent = None if content is None else json.dumps(content, ensure_ascii=False).encode()
        address = _with_query(path, params)
        response = await self._transport.request(method, address, headers=headers, body=sent)
        self._note(f"{method} {address}", response.text)
        return response

    def _note(self, request: str, answer: str) -> None:
        self.last_answer = request if answer.lstrip()[:1] == "{" else f"{request}, {answer[:SHOWN]!r},"


def _with_query(path: str, params: Mapping[str, str | int]) -> str:
    return f"{path}?{urlencode(params)}" if params else path
