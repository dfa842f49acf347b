# SPDX-License-Identifier: Apache-2.0
"""The three stores as real processes on loopback: start, kill, restart on the same port and data, stop.

The MongoDB stand-in, the Qdrant development server and versitygw; see docs/stand-ins.md. The fixture `stores`
has them once a session; a test that kills them starts its own with `running_stores`.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from otakube.settings import Settings
from otakube_cluster import binaries
from otakube_cluster import settings as cluster_settings
from ports import free_port

REPOSITORY = Path(__file__).parents[1]
START_SECONDS = 120  # a JVM on two busy cores needs 1 to 10
BUCKET = "otakube"


@dataclass
class Server:
    """One server: how it is started, where it listens, the process that runs now."""

    name: str
    command: Sequence[str]  # {port} stands for the port
    log: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start, and return when it accepts connections."""
        command = [part.format(port=self.port) for part in self.command]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **self.environment}
            )
        deadline = time.monotonic() + START_SECONDS
        while not accepts(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL: what was not written is lost."""
        self.signal(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def signal(self, number: int) -> None:
        """Send a signal, if it runs."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def restart(self) -> None:
        """Kill and start again."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """End for good."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if self.process:
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass(frozen=True)
class Stores:
    """Three servers, and the settings of who talks to them."""

    documents: Server
    vectors: Server
    objects: Server
    access_key_id: str
    secret_access_key: str

    def settings(self, **changes: object) -> Settings:
        """Settings of a database, a collection and the bucket of these stores."""
        return Settings.model_validate(
            {
                "mongodb_uri": f"mongodb://127.0.0.1:{self.documents.port}/",
                "qdrant_url": f"http://127.0.0.1:{self.vectors.port}",
                "s3_endpoint": f"http://127.0.0.1:{self.objects.port}",
                "s3_bucket": BUCKET,
                "s3_access_key_id": self.access_key_id,
                "s3_secret_access_key": self.secret_access_key,
                **changes,
            }
        )

    def environment(self, secrets_folder: Path, **changes: str) -> dict[str, str]:
        """The environment of a step process; secrets go to files, as in a pod."""
        secrets_folder.mkdir(parents=True, exist_ok=True)
        (secrets_folder / "otakube_s3_access_key_id").write_text(self.access_key_id)
        (secrets_folder / "otakube_s3_secret_access_key").write_text(self.secret_access_key)
        return {
            "PATH": os.environ["PATH"],
            "OTAKUBE_SECRETS_DIR": str(secrets_folder),
            "OTAKUBE_MONGODB_URI": f"mongodb://127.0.0.1:{self.documents.port}/",
            "OTAKUBE_QDRANT_URL": f"http://127.0.0.1:{self.vectors.port}",
            "OTAKUBE_S3_ENDPOINT": f"http://127.0.0.1:{self.objects.port}",
            "OTAKUBE_S3_BUCKET": BUCKET,
            **{f"OTAKUBE_{name.upper()}": value for name, value in changes.items()},
        }


@contextmanager
def running_stores(folder: Path) -> Iterator[Stores]:
    """Start all three with their data below `folder`; stop them at the end."""
    stores = _described(folder)
    with ExitStack() as stack:
        for server in (stores.documents, stores.vectors, stores.objects):
            stack.callback(server.stop)
            server.start()
        yield stores


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """The three stores, once a session; tests keep apart by database, collection and key prefix."""
    with running_stores(tmp_path_factory.mktemp("stores")) as running:
        yield running


def documents_home() -> Path:
    """The folder of the MongoDB stand-in, built now if it is not there."""
    done = subprocess.run(
        [REPOSITORY / "images/documents/build.sh"], check=True, stdout=subprocess.PIPE, text=True
    )
    return Path(done.stdout.strip())


def objects_program() -> Path:
    """versitygw: what the environment names, else the local cluster's, built now if it is not there."""
    named = os.environ.get("OTAKUBE_VERSITYGW_BINARY")
    return Path(named) if named else binaries.program("versitygw", cluster_settings.load().cache)


def accepts(port: int) -> bool:
    """True if something listens on loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _described(folder: Path) -> Stores:
    for name in ("documents", "vectors", f"objects/{BUCKET}"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    key_id, key = "test", secrets.token_hex(16)
    objects = [objects_program(), "--quiet", "--port", "127.0.0.1:{port}", "posix", folder / "objects"]
    documents = [documents_home() / "documents", "--port", "{port}", "--data", folder / "documents"]
    vectors = [sys.executable, "-m", "otakube_standins.vectors", "--port", "{port}", "--data"]
    return Stores(
        documents=_server("documents", folder, documents, {"DOCUMENTS_HEAP": "300m"}),
        vectors=_server("vectors", folder, [*vectors, folder / "vectors"], {}),
        objects=_server("objects", folder, objects, {"ROOT_ACCESS_KEY": key_id, "ROOT_SECRET_KEY": key}),
        access_key_id=key_id,
        secret_access_key=key,
    )


def _server(name: str, folder: Path, command: Sequence[object], environment: dict[str, str]) -> Server:
    return Server(name, [str(part) for part in command], folder / f"{name}.log", free_port(), environment)
