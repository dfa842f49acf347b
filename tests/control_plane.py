# SPDX-License-Identifier: Apache-2.0
"""A real API server over a real etcd on loopback, without controllers or nodes.

For tests and benchmarks of what the API server itself decides: validation, watches, conflicts. Nothing here
runs pods. Everything lives in one folder and dies with the process that started it.
"""

import ctypes
import os
import secrets
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ports import free_ports

START_SECONDS = 120  # an API server on two busy cores needs 10 to 30
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """The address of a running API server, and the credentials of cluster-admin."""

    url: str
    token: str
    authority: Path  # PEM
    kubeconfig: Path
    binary: Path  # the multi-call binary: `binary kubectl ...`

    def client(self) -> httpx2.Client:
        """An HTTP client that is logged in; paths are those of the Kubernetes API."""
        transport = _Transport(verify=ssl.create_default_context(cafile=str(self.authority)))
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx2.Client(
            base_url=self.url, headers=headers, transport=transport, timeout=60, trust_env=False
        )

    def kubectl(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run kubectl with `arguments`; the caller looks at returncode, stdout and stderr."""
        command = [str(self.binary), "kubectl", "--kubeconfig", str(self.kubeconfig), *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120, check=False)

    def apply(self, *manifests: Path) -> None:
        """Apply manifests server-side; raise with kubectl's words if one is refused."""
        files = [part for manifest in manifests for part in ("-f", str(manifest))]
        done = self.kubectl("apply", "--server-side", "--force-conflicts", *files)
        if done.returncode:
            raise RuntimeError(done.stderr)

    def wait_for_crds(self, *names: str) -> None:
        """Return once the API server serves the CRDs called `names` (plural.group)."""
        wait = ("wait", "--for=condition=Established", "--timeout=60s", *(f"crd/{name}" for name in names))
        done = self.kubectl(*wait)
        while "conditions accessor error" in done.stderr:  # kubectl cannot wait for the first condition
            done = self.kubectl(*wait)
        for name in (
            names if not done.returncode else ()
        ):  # a new kind's storage takes a while; kubectl waits for it
            done = self.kubectl("get", name.partition(".")[0], "--all-namespaces", "--output=name")
        if done.returncode:
            raise RuntimeError(done.stderr)


@contextmanager
def running_control_plane(folder: Path, binary: Path) -> Iterator[ControlPlane]:
    """Start etcd and kube-apiserver in `folder`; stop both at the end, or when this process dies."""
    etcd_port, peer_port, api_port = free_ports(3)
    plane = _describe(folder, binary, api_port)
    with _process(folder, [str(binary), *_etcd(folder, etcd_port, peer_port)]) as etcd:
        wait_until(lambda: _answers(etcd_port), etcd, folder / "etcd.log")
        with _process(folder, [str(binary), *_api_server(folder, etcd_port, api_port)]) as api_server:
            log = folder / "kube-apiserver.log"
            wait_until(plane.authority.exists, api_server, log)
            wait_until(lambda: _is_ready(plane), api_server, log)
            yield plane


def wait_until(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Poll `ready`; raise with the end of `log` if the process ends or START_SECONDS pass."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{log.stem} did not start: {log.read_text()[-2000:]}")
        time.sleep(0.05)


def _describe(folder: Path, binary: Path, api_port: int) -> ControlPlane:
    """Write keys, token and kubeconfig."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    (folder / "accounts.key").write_bytes(pem)
    token = secrets.token_hex(16)
    (folder / "tokens.csv").write_text(f"{token},admin,admin,system:masters\n")
    authority = folder / "certificates" / "apiserver.crt"
    plane = ControlPlane(f"https://127.0.0.1:{api_port}", token, authority, folder / "kubeconfig", binary)
    plane.kubeconfig.write_text(yaml.safe_dump(_kubeconfig(plane)))
    return plane


def _kubeconfig(plane: ControlPlane) -> dict[str, object]:
    cluster = {"server": plane.url, "certificate-authority": str(plane.authority)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": plane.token}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
    }


def _etcd(folder: Path, port: int, peer_port: int) -> Sequence[str]:
    client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer_port}"
    return (
        "etcd", "--name=test", f"--data-dir={folder / 'etcd'}", "--log-level=warn", "--unsafe-no-fsync",
        f"--listen-client-urls={client}", f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=test={peer}",
    )  # fmt: skip


def _api_server(folder: Path, etcd_port: int, port: int) -> Sequence[str]:
    """Flags; no ServiceAccount admission, since no controller makes the accounts."""
    key = folder / "accounts.key"
    return (
        "kube-apiserver", f"--etcd-servers=http://127.0.0.1:{etcd_port}", f"--secure-port={port}",
        "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
        f"--cert-dir={folder / 'certificates'}", f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24",
        "--service-account-issuer=https://kubernetes.default.svc", f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}", "--disable-admission-plugins=ServiceAccount",
    )  # fmt: skip


@contextmanager
def _process(folder: Path, command: Sequence[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `command` with its output in a log file; end it, hard if it dawdles."""
    with (folder / f"{command[1]}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, preexec_fn=_die_with_parent)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Transport(httpx2.HTTPTransport):
    """Asks again when the API server says so, as client-go does: storage of a new kind takes a while."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        while True:
            response = super().handle_request(request)
            after = response.headers.get("Retry-After", "")
            if response.status_code != httpx2.codes.TOO_MANY_REQUESTS or not after.isdigit():
                return response
            response.close()
            time.sleep(int(after))


def _die_with_parent() -> None:
    """A killed test run leaves no server behind; ^C reaches the test run alone, which stops both in order."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_ready(plane: ControlPlane) -> bool:
    try:
        with plane.client() as client:
            return client.get("/readyz").status_code == 200
    except (httpx2.TransportError, ssl.SSLError):  # its certificate may be half written
        return False
