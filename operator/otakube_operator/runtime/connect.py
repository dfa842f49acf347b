# SPDX-License-Identifier: Apache-2.0
"""Sessions to the API server: a pod's service account, or a kubeconfig outside of a cluster."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import kopf

TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
TOKEN_LIFE = 60.0
"""Seconds a token is used before its file is read again; kubelet renews it long before it expires."""

TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=10)


class NoCluster(Exception):
    """No credentials were found."""


def credentials(settings: kopf.OperatorSettings) -> kopf.ConnectionInfo:
    """Address and credentials of the API server; raises NoCluster."""
    info = kopf.login_with_service_account(settings=settings) or kopf.login_with_kubeconfig(settings=settings)
    if info is None:
        raise NoCluster("no service account and no kubeconfig: run in a pod, or set KUBECONFIG")
    return info


def open_session(
    info: kopf.ConnectionInfo, *, response_class: type[aiohttp.ClientResponse] = aiohttp.ClientResponse
) -> aiohttp.ClientSession:
    """A session with these credentials; a service account's token is read anew as kubelet renews it."""
    in_pod = TOKEN.exists()
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=info.as_ssl_context()),
        headers={} if in_pod else info.as_http_headers(),
        middlewares=(renewed_token(TOKEN),) if in_pod else (),
        response_class=response_class,
        timeout=TIMEOUT,
    )


def renewed_token(path: Path, clock: Callable[[], float] = time.monotonic) -> Any:
    """A client middleware that sends the token of a file that kubelet renews."""
    cached: tuple[float, str] | None = None

    def token() -> str:
        nonlocal cached
        if cached is None or clock() - cached[0] >= TOKEN_LIFE:
            cached = (clock(), path.read_text().strip())
        return cached[1]

    async def send(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        request.headers["Authorization"] = f"Bearer {token()}"
        return await handler(request)

    return send
