# SPDX-License-Identifier: Apache-2.0
"""The API server, as the commands need it: JSON in and out, and errors that a person can act on."""

import json
import re
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # half a second that `--help` need not pay
    import httpx
    import kr8s.asyncio

Body = dict[str, Any]

Resource = tuple[str, str]  # group with version, and plural
ENRICHMENTS: Resource = ("otakube.dev/v1alpha1", "animeenrichments")
WORKFLOWS: Resource = ("argoproj.io/v1alpha1", "workflows")
CATALOGUE = "otakube-catalogue:8080"
"""The read API's Service and port, reached through the API server's proxy: nobody has to open a tunnel."""

TIMEOUT_SECONDS = 30
FIELD_MANAGER = "otakube-console"
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")  # of an object: RFC 1123


class ConsoleError(Exception):
    """What went wrong and what to do, as one sentence or two; `code` is the exit status."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Refused(ConsoleError):
    """The API server answered with an error."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class Cluster:
    """One namespace of one cluster."""

    def __init__(self, api: "kr8s.asyncio.Api", namespace: str) -> None:
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

    async def list_all(self, resource: Resource, *, selector: str = "") -> list[Body]:
        answer = await self._call("GET", resource, params={"labelSelector": selector} if selector else {})
        items: list[Body] = answer["items"]
        return items

    async def create(self, resource: Resource, manifest: Body) -> Body:
        """Create, in this namespace; with `generateName` the API server chooses the name."""
        return await self._call("POST", resource, body=manifest)

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
        """What `kubectl get` prints: the API server's own columns."""
        accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
        return await self._call("GET", resource, accept=accept)

    async def catalogue(self, path: str, **query: str | int) -> Body:
        """Ask the read API, through the API server."""
        response = await self._request(
            "GET", "v1", f"services/{CATALOGUE}/proxy/{path}", params={k: str(v) for k, v in query.items()}
        )
        if response.is_success:
            return _json(response)
        raise ConsoleError(_problem(response, self.namespace))

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
    ) -> Body:
        response = await self._request(
            method,
            resource[0],
            f"{resource[1]}{path}",
            params=params or {},
            headers={"Content-Type": content_type, "Accept": accept},
            **({} if body is None else {"content": json.dumps(body)}),
        )
        if response.is_success:
            return _json(response)
        raise Refused(_message(response), status=response.status_code)

    async def _request(self, method: str, version: str, url: str, **options: Any) -> "httpx.Response":
        import httpx
        from kr8s import APITimeoutError

        try:
            async with self._api.call_api(
                method, version=version, namespace=self.namespace, url=url, raise_for_status=False, **options
            ) as response:
                return response
        except (httpx.TransportError, APITimeoutError) as error:
            raise unreachable(self._api.auth.server, error) from error


@asynccontextmanager
async def connected(*, kubeconfig: str, context: str, namespace: str) -> AsyncIterator[Cluster]:
    """Log in as kubectl would."""
    import httpx
    import kr8s
    import kr8s.asyncio

    warnings.filterwarnings("ignore", message="Kubernetes version", category=UserWarning)
    try:
        api = await kr8s.asyncio.api(kubeconfig=kubeconfig or None, context=context or None)
    except (ValueError, KeyError, OSError, kr8s.ServerError, httpx.HTTPError, kr8s.APITimeoutError) as error:
        raise no_login(error, kubeconfig=kubeconfig, context=context) from error
    api.timeout = TIMEOUT_SECONDS
    yield Cluster(api, namespace)


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


def _json(response: "httpx.Response") -> Body:
    body: Body = response.json()
    return body


def _message(response: "httpx.Response") -> str:
    """The API server's own sentence."""
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"the API server answered {response.status_code}: {response.text[:200]}"


def _problem(response: "httpx.Response", namespace: str) -> str:
    """The read API's own sentence (RFC 9457), or why it was not reached."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    if isinstance(body, dict) and "detail" in body:
        return str(body["detail"])
    return (
        f"the catalogue in namespace {namespace!r} does not answer ({_message(response)}); "
        f"look at it with `kubectl -n {namespace} describe deployment,service {CATALOGUE.partition(':')[0]}`"
    )
