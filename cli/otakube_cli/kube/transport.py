# SPDX-License-Identifier: Apache-2.0
"""HTTP to one API server over the standard library: requests at once, each in a thread with its connection.

It imports in a tenth of the official client's time, which `otakube status` would pay at every call.
"""

import asyncio
import base64
import contextlib
import http.client
import json
import os
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from otakube.masking import hide
from otakube_cli.errors import Unreachable
from otakube_cli.kube.login import Login, LoginError
from otakube_cli.kube.plugin import with_plugin

TIMEOUT_SECONDS = 30.0
BROKEN = (OSError, http.client.HTTPException)
Headers = Sequence[tuple[str, str]]


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


class Transport:
    """Connections to one API server; idle ones are used again."""

    def __init__(self, login: Login, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._login = login
        self._timeout = timeout
        self._context: ssl.SSLContext | None = None
        self._idle: list[HttpConnection] = []

    @property
    def server(self) -> str:
        return self._login.server

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Response:
        """One exchange; Unreachable if no answer came."""
        connection = await self._connection()
        with _aborting(connection), self._translated():
            response = await asyncio.to_thread(
                connection.exchange, method, self._path(path), body, self._headers(headers)
            )
        self._idle.append(connection)
        return response

    async def lines(self, path: str, *, headers: Mapping[str, str] | None = None) -> AsyncIterator[bytes]:
        """The lines of an answer as they come; a refusal is one line, with its status in `StreamRefused`."""
        connection = await self._connection()
        try:
            with _aborting(connection), self._translated():
                answer = await asyncio.to_thread(connection.open, self._path(path), self._headers(headers))
                if answer.status >= 300:
                    text = (await asyncio.to_thread(answer.read)).decode(errors="replace")
                    raise StreamRefused(Response(answer.status, text))
                while line := await asyncio.to_thread(answer.readline):
                    yield line
        finally:
            connection.abort()

    def close(self) -> None:
        """Close what is idle."""
        for connection in self._idle:
            connection.abort()
        self._idle.clear()

    async def _connection(self) -> "HttpConnection":
        if self._idle:
            return self._idle.pop()
        if self._context is None:
            self._login = await asyncio.to_thread(with_plugin, self._login)
            hide([self._login.token, self._login.password])
            self._context = tls_context(self._login)
        return HttpConnection(self._login, self._context, self._timeout)

    def _path(self, path: str) -> str:
        return urlsplit(self._login.server).path + path

    def _headers(self, headers: Mapping[str, str] | None) -> Headers:
        return [*_authorization(self._login).items(), *self._login.impersonate, *(headers or {}).items()]

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except BROKEN as error:
            raise unreachable(self._login.server, error) from error


class StreamRefused(Exception):
    """The API server answered a stream with an error."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class HttpConnection:
    """One connection, through a proxy where there is one; `abort` ends it from another thread."""

    def __init__(self, login: Login, context: ssl.SSLContext, timeout: float) -> None:
        self._http = _http_connection(login, context, timeout)
        self._socket: socket.socket | None = None

    def exchange(self, method: str, path: str, body: bytes | None, headers: Headers) -> Response:
        """Send a request and read its answer. A connection that was idle may be dead: GET tries another."""
        reused = self._http.sock is not None
        try:
            return self._exchange(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionError):
            if not reused or method != "GET":
                raise
            self._http.close()
            return self._exchange(method, path, body, headers)

    def open(self, path: str, headers: Headers) -> http.client.HTTPResponse:
        """Send a GET whose answer is read as it comes, without a limit of time."""
        self._send("GET", path, None, headers)
        if self._socket is not None:
            self._socket.settimeout(None)
        return self._http.getresponse()

    def abort(self) -> None:
        """Close it, whoever reads from it."""
        if self._socket is not None:
            with contextlib.suppress(OSError):  # closed already
                self._socket.shutdown(socket.SHUT_RDWR)
        self._http.close()

    def _exchange(self, method: str, path: str, body: bytes | None, headers: Headers) -> Response:
        self._send(method, path, body, headers)
        answer = self._http.getresponse()
        return Response(answer.status, answer.read().decode(errors="replace"))

    def _send(self, method: str, path: str, body: bytes | None, headers: Headers) -> None:
        self._http.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers:  # one name may come twice
            self._http.putheader(name, value)
        if body is not None:
            self._http.putheader("Content-Length", str(len(body)))
        self._http.endheaders(body)
        self._socket = self._http.sock


def tls_context(login: Login) -> ssl.SSLContext:
    """Trust and identity of a login; LoginError if its certificates cannot be read."""
    try:
        context = ssl.create_default_context(cadata=login.authority.decode() or None)
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # clusters' own authorities are seldom so exact
        if login.insecure:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if login.certificate:
            _load_identity(context, login)
    except (ssl.SSLError, ValueError, OSError) as error:
        raise LoginError(f"the certificates of the kubeconfig cannot be read: {error}") from error
    return context


def unreachable(server: str, error: Exception) -> Unreachable:
    return Unreachable(
        f"the API server at {server} does not answer: {error or type(error).__name__}. "
        "Check `kubectl cluster-info`; for the local cluster: `otakube cluster status`"
    )


@contextlib.contextmanager
def _aborting(connection: HttpConnection) -> Iterator[None]:
    """Close the connection where its use did not end well: its thread must not wait on."""
    try:
        yield
    except BaseException:
        connection.abort()
        raise


def _load_identity(context: ssl.SSLContext, login: Login) -> None:
    """Python's ssl reads keys from files alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "identity.pem"
        path.touch(mode=0o600)
        path.write_bytes(login.certificate + b"\n" + login.key)
        context.load_cert_chain(path)


def _authorization(login: Login) -> dict[str, str]:
    token = login.token
    if not token and login.token_file:
        try:
            token = Path(login.token_file).read_text().strip()
        except OSError as error:
            raise LoginError(f"tokenFile cannot be read: {error}") from error
    if token:
        return {"Authorization": f"Bearer {token}"}
    if login.user:
        pair = base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}


def _http_connection(login: Login, context: ssl.SSLContext, timeout: float) -> http.client.HTTPConnection:
    server = urlsplit(login.server)
    host, secure = server.hostname or "", server.scheme == "https"
    port = server.port or (443 if secure else 80)
    proxy = _proxy(login, host, server.scheme)
    via = urlsplit(proxy)
    if proxy and (via.scheme != "http" or not via.hostname):
        raise LoginError(f"proxy {proxy!r}: only proxies of http:// are supported")
    first = (via.hostname or "", via.port or 80) if proxy else (host, port)
    name = login.server_name or host
    connection = _Secure(*first, context, timeout, name) if secure else _plain(*first, timeout)
    if proxy:
        connection.set_tunnel(host, port, headers=_proxy_authorization(via.username, via.password))
    return connection


def _plain(host: str, port: int, timeout: float) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(host, port, timeout=timeout)


class _Secure(http.client.HTTPConnection):
    """TLS whose certificate may bear another name than the host's (tls-server-name)."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, timeout: float, name: str) -> None:
        super().__init__(host, port, timeout=timeout)
        self._context, self._name = context, name or host

    def connect(self) -> None:
        super().connect()
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self._name)


def _proxy(login: Login, host: str, scheme: str) -> str:
    """The kubeconfig's proxy, else the environment's unless NO_PROXY names the host."""
    if login.proxy or not (os.environ.get(f"{scheme}_proxy") or os.environ.get(f"{scheme.upper()}_PROXY")):
        return login.proxy
    from urllib.request import getproxies, proxy_bypass

    return "" if proxy_bypass(host) else getproxies().get(scheme, "")


def _proxy_authorization(user: str | None, password: str | None) -> dict[str, str]:
    if not user:
        return {}
    pair = base64.b64encode(f"{unquote(user)}:{unquote(password or '')}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {pair}"}
