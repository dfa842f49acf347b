# SPDX-License-Identifier: Apache-2.0
"""The way to an API server: certificates and proxies at real sockets, watches at a real API server."""

import asyncio
import http.server
import socket
import socketserver
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from control_plane import ControlPlane
from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.errors import ConsoleError
from otakube_cli.kube.login import Login, find_login
from otakube_cli.kube.transport import Transport
from otakube_cluster.certificates import authority, key_pem, signed
from ports import free_ports

PATIENCE = 60

pytestmark = pytest.mark.usefixtures("otakube_api")


class Whoami(http.server.BaseHTTPRequestHandler):
    """Answers with the name in the client's certificate and the headers of interest."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        certificate = self.connection.getpeercert()  # type: ignore[attr-defined]  # a TLS socket
        subject = {key: value for part in certificate["subject"] for key, value in part}
        body = "|".join([subject["commonName"], *self.headers.get_all("Impersonate-Group", [])]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_a_client_certificate_and_another_server_name_are_used(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    root = authority("test", now)
    server = signed(root, "server", group=None, names=["api.example"], now=now)
    client = signed(root, "ilse", group=None, names=[], now=now)
    trusted = tmp_path / "ca.pem"
    trusted.write_bytes(root.certificate_pem)
    identity = tmp_path / "server.pem"
    identity.write_bytes(server.certificate_pem + key_pem(server.key))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(trusted))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(identity)
    [port] = free_ports(1)
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", port), Whoami)
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    login = Login(
        server=f"https://127.0.0.1:{port}",
        authority=root.certificate_pem,
        server_name="api.example",
        certificate=client.certificate_pem,
        key=key_pem(client.key),
        impersonate=[("Impersonate-Group", "a"), ("Impersonate-Group", "b")],
    )
    with serving(listener):
        transport = Transport(login)
        assert (await transport.request("GET", "/whoami")).text == "ilse|a|b"
        transport.close()


class Tunnel(socketserver.StreamRequestHandler):
    """A proxy that knows CONNECT, and notes where to and as whom."""

    seen: list[str]

    def handle(self) -> None:
        target = self.rfile.readline().split()[1].decode()
        headers = {}
        while line := self.rfile.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        self.seen.append(f"{target} {headers.get('proxy-authorization', '')}")
        host, _, port = target.rpartition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=pump, args=(upstream, self.connection))
            back.start()
            pump(self.connection, upstream)
            back.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # either side has gone
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


async def test_a_proxy_is_asked_with_its_password(otakube_api: ControlPlane, namespace: str) -> None:
    seen: list[str] = []
    handler = type("Noting", (Tunnel,), {"seen": seen})
    proxy = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    login = find_login(kubeconfig=str(otakube_api.kubeconfig), context="")
    with serving(proxy):
        through = replace(login, proxy=f"http://ilse:p%40ss@127.0.0.1:{proxy.server_address[1]}")
        transport = Transport(through)
        found = await Cluster(transport, namespace).list_all(ENRICHMENTS)
        transport.close()
    assert found == []
    assert seen == [f"{otakube_api.url.removeprefix('https://')} Basic {b64encode(b'ilse:p@ss').decode()}"]


async def test_a_connection_that_died_while_it_was_idle_is_opened_anew(
    cluster: Cluster, namespace: str
) -> None:
    await cluster.list_all(ENRICHMENTS)
    for connection in cluster._transport._idle:
        assert connection._socket is not None
        connection._socket.shutdown(socket.SHUT_RDWR)
    assert await cluster.list_all(ENRICHMENTS) == []


async def test_every_page_of_a_long_list_is_read(
    cluster: Cluster, api: httpx2.Client, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("otakube_cli.cluster.PAGE", 2)
    for number in range(5):
        enrich(api, namespace, f"tide-{number}")
    names = [item["metadata"]["name"] for item in await cluster.list_all(ENRICHMENTS)]
    assert names == [f"tide-{number}" for number in range(5)]


def enrich(api: httpx2.Client, namespace: str, name: str) -> None:
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": name},
        "spec": {"anime": {"title": "Frozen Tide"}},
    }
    path = f"/apis/otakube.dev/v1alpha1/namespaces/{namespace}/animeenrichments"
    api.post(path, json=body).raise_for_status()


async def test_a_watch_tells_what_is_there_and_then_what_comes_and_ends_when_it_is_left(
    cluster: Cluster, api: httpx2.Client, namespace: str
) -> None:
    enrich(api, namespace, "tide")
    async with asyncio.timeout(PATIENCE):
        events = cluster.watch(ENRICHMENTS)
        [(_, there)] = await anext(events)
        assert there["metadata"]["name"] == "tide"
        coming = asyncio.ensure_future(anext(events))
        await asyncio.to_thread(enrich, api, namespace, "wave")
        [(event, item)] = await coming
        await events.aclose()
    assert (event, item["metadata"]["name"]) == ("ADDED", "wave")


async def test_a_watch_that_is_cancelled_leaves_no_thread_waiting(cluster: Cluster, namespace: str) -> None:
    events = cluster.watch(ENRICHMENTS)
    assert await anext(events) == []
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0.2)  # it need not have begun: cancelling must end it at any moment
    waiting.cancel()
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait([waiting])
        await asyncio.get_running_loop().shutdown_default_executor()
    assert waiting.cancelled()


async def test_a_server_that_nobody_runs_is_named_with_the_cure(tmp_path: Path) -> None:
    [port] = free_ports(1)
    transport = Transport(Login(server=f"https://127.0.0.1:{port}"))
    with pytest.raises(ConsoleError, match=rf":{port} does not answer: .*cluster-info"):
        await transport.request("GET", "/")


async def test_a_login_that_the_server_does_not_know_is_told_so(otakube_api: ControlPlane) -> None:
    login = find_login(kubeconfig=str(otakube_api.kubeconfig), context="")
    transport = Transport(replace(login, token="another-token"))
    with pytest.raises(ConsoleError, match="does not know this login"):
        await Cluster(transport, "default").list_all(ENRICHMENTS)
    transport.close()
