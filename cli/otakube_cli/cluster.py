# SPDX-License-Identifier: Apache-2.0
"""The API server, as the commands need it: JSON in and out, and errors that a person can act on."""

import json
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from otakube.masking import masked

if TYPE_CHECKING:  # half a second that `--help` need not pay
    from kubernetes.aio.client import ApiClient, Configuration

Body = dict[str, Any]

Resource = tuple[str, str]  # group with version, and plural
ENRICHMENTS: Resource = ("otakube.dev/v1alpha1", "animeenrichments")
WORKFLOWS: Resource = ("argoproj.io/v1alpha1", "workflows")
CATALOGUE = "otakube-catalogue:8080"
"""The read API's Service and port, reached through the API server's proxy: nobody has to open a tunnel."""

INTERNAL = "otakube-catalogue-internal:8081"
"""The same of what is no reader's business: drafts and locks. The right to it is one of its own."""

TIMEOUT_SECONDS = 30
FIELD_MANAGER = "otakube-console"
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")  # of an object: RFC 1123


class ConsoleError(Exception):
    """Failure of a command, with what to do, in a sentence or two; `code` is the exit status."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(masked(message))
        self.code = code


class Refused(ConsoleError):
    """The API server answered with an error."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Response:
    """Answer of the API server, or of a Service behind it."""

    status: int
    text: str

    @property
    def is_success(self) -> bool:
        return 200 <= self.status <= 299

    def json(self) -> Any:
        return json.loads(self.text)


class Cluster:
    """One namespace of one cluster."""

    def __init__(self, api: "ApiClient", namespace: str) -> None:
        self._api = api
        self.namespace = namespace

    async def get(self, resource: Resource, name: str) -> Body:
        """One object; a missing one is a ConsoleError."""
        if not NAME.fullmatch(name):  # an empty one would be the whole list
            raise ConsoleError(
                f"{name!r:.100} is no name of an object: it has lower-case letters, digits, - and .", code=2
            )
        try:
            return await self._call("GET", resource, f"/{name}")
        except Refused as error:
            if error.status != 404:
                raise
            raise ConsoleError(
                f"there is no {resource[1]} {name!r} in namespace {self.namespace!r}; "
                f"`kubectl get {resource[1]} --all-namespaces` shows where it is"
            ) from error

    async def list_all(
        self, resource: Resource, *, selector: str = "", all_namespaces: bool = False
    ) -> list[Body]:
        """Every object of the kind, in this namespace or in all."""
        params = {"labelSelector": selector} if selector else {}
        answer = await self._call("GET", resource, params=params, all_namespaces=all_namespaces)
        items: list[Body] = answer["items"]
        return items

    async def create(self, resource: Resource, manifest: Body) -> Body:
        """Create, in this namespace; with `generateName` the API server chooses the name."""
        return await self._call("POST", resource, body=manifest)

    async def try_create(self, resource: Resource, manifest: Body, *, user: str) -> None:
        """Have the API server check a creation by another user, and store nothing; Refused if it refuses."""
        await self._call(
            "POST", resource, params={"dryRun": "All"}, body=manifest, headers={"Impersonate-User": user}
        )

    async def read(self, path: str) -> Body:
        """An object by its path in the API, of any kind and namespace."""
        return _checked(await self._request("GET", path, params={}))

    async def apply(self, resource: Resource, manifest: Body) -> Body:
        """Server-side apply, in this namespace."""
        return await self._call(
            "PATCH",
            resource,
            f"/{manifest['metadata']['name']}",
            params={"fieldManager": FIELD_MANAGER, "force": "true"},
            body=manifest,
            content_type="application/apply-patch+yaml",
        )

    async def patch(
        self, resource: Resource, name: str, operations: list[Body], *, dry_run: bool = False
    ) -> Body:
        """JSON patch (RFC 6902); a failed `test` raises Refused with status 422."""
        params = {"fieldManager": FIELD_MANAGER} | ({"dryRun": "All"} if dry_run else {})
        return await self._call(
            "PATCH",
            resource,
            f"/{name}",
            params=params,
            body=operations,
            content_type="application/json-patch+json",
        )

    async def delete(self, resource: Resource, name: str) -> bool:
        """Delete in the foreground; False if it was not there."""
        try:
            await self._call("DELETE", resource, f"/{name}", params={"propagationPolicy": "Foreground"})
        except Refused as error:
            if error.status != 404:
                raise
            return False
        return True

    async def table(self, resource: Resource) -> Body:
        """The API server's own columns, as `kubectl get` prints them."""
        accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
        return await self._call("GET", resource, accept=accept)

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
            return _json(response)
        raise ConsoleError(_problem(response, self.namespace, service.partition(":")[0]))

    async def _call(  # noqa: PLR0913 - the parts of one HTTP request
        self,
        method: str,
        resource: Resource,
        path: str = "",
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        all_namespaces: bool = False,
    ) -> Body:
        version, plural = resource
        place = "" if all_namespaces else f"/namespaces/{self.namespace}"
        response = await self._request(
            method,
            f"/apis/{version}{place}/{plural}{path}",
            params=params or {},
            headers={"Content-Type": content_type, "Accept": accept, **(headers or {})},
            body=body,
        )
        return _checked(response)

    async def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int],
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Response:
        from aiohttp import ClientError

        request = await self._api.param_serialize(
            method,
            path,
            query_params=list(params.items()),
            header_params=dict(headers or {}),
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            answer = await self._api.call_api(*request, _request_timeout=TIMEOUT_SECONDS)
            return Response(answer.status, (await answer.read()).decode())
        except (ClientError, TimeoutError) as error:
            raise unreachable(self._api.configuration.host, error) from error


@asynccontextmanager
async def connected(*, kubeconfig: str, context: str, namespace: str) -> AsyncIterator[Cluster]:
    """Log in as kubectl would."""
    from kubernetes.aio.client import ApiClient

    async with ApiClient(await logged_in(kubeconfig, context)) as api:
        yield Cluster(api, namespace)


async def logged_in(kubeconfig: str, context: str) -> "Configuration":
    """Server and credentials of a kubeconfig; in a pod without one, of its ServiceAccount."""
    import yaml
    from kubernetes.aio.client import Configuration
    from kubernetes.aio.config import (
        KUBE_CONFIG_DEFAULT_LOCATION,
        ConfigException,
        load_incluster_config,
        load_kube_config,
    )

    configuration = Configuration()
    try:
        if any_file(kubeconfig or KUBE_CONFIG_DEFAULT_LOCATION):
            await load_kube_config(kubeconfig or None, context or None, configuration, persist_config=False)
        elif kubeconfig or not os.environ.get("KUBERNETES_SERVICE_HOST"):
            raise FileNotFoundError("there is no such file")
        else:
            load_incluster_config(client_configuration=configuration)
    except (ConfigException, ValueError, KeyError, TypeError, OSError, yaml.YAMLError) as error:
        raise no_login(error, kubeconfig=kubeconfig, context=context) from error
    return configuration


def any_file(paths: str) -> bool:
    """True if a list of paths, as KUBECONFIG has it, names a file."""
    return any(Path(path).expanduser().is_file() for path in paths.split(os.pathsep) if path)


def no_login(error: Exception, *, kubeconfig: str, context: str) -> ConsoleError:
    """Why no cluster could be reached, and the cure."""
    where = " ".join(
        part
        for part in (
            f"with --kubeconfig {kubeconfig}"
            if kubeconfig
            else "with the kubeconfig of KUBECONFIG or ~/.kube/config",
            f"and --context {context}" if context else "",
        )
        if part
    )
    return ConsoleError(
        f"cannot reach a cluster {where}: {error or type(error).__name__}. Check `kubectl cluster-info`; "
        "for the local cluster: `otakube cluster status`"
    )


def unreachable(server: str, error: Exception) -> ConsoleError:
    return ConsoleError(
        f"the API server at {server} does not answer: {error or type(error).__name__}. "
        "Check `kubectl cluster-info`; for the local cluster: `otakube cluster status`"
    )


def _checked(response: Response) -> Body:
    if response.is_success:
        return _json(response)
    raise Refused(_message(response), status=response.status)


def _json(response: Response) -> Body:
    body: Body = response.json()
    return body


def _message(response: Response) -> str:
    """The API server's own sentence."""
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"the API server answered {response.status}: {response.text[:200]}"


def _problem(response: Response, namespace: str, service: str) -> str:
    """The read API's own sentence (RFC 9457), or why it was not reached."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    if isinstance(body, dict) and "detail" in body:
        return str(body["detail"])
    return (
        f"the catalogue in namespace {namespace!r} does not answer ({_message(response)}); "
        f"look at it with `kubectl -n {namespace} describe service {service}` and at the Deployment "
        "otakube-catalogue"
    )
