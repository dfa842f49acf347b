# SPDX-License-Identifier: Apache-2.0
"""`otakube run` as a process, on a folder of stores of its own."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ports import free_port
from raw_documents import SqliteFile

REPOSITORY = Path(__file__).parents[1]
OTAKUBE = [str(Path(sys.executable).with_name("otakube"))]
DEMO = REPOSITORY / "cli/otakube_cli/demo/manifests"
SECONDS = 300


@dataclass
class RunBench:
    """Stores in a folder, and a port for the stand-in upstream that stays the same."""

    folder: Path
    program: list[str] = field(default_factory=lambda: OTAKUBE)
    port: int = field(default_factory=free_port)

    @property
    def stores(self) -> Path:
        """The folder that --stores names."""
        return self.folder / "stores"

    @property
    def documents(self) -> SqliteFile:
        """Its documents, as they are on the disk."""
        return SqliteFile(self.stores / "documents.sqlite3")

    def command(self, *arguments: object) -> list[str]:
        """The command line, against the stand-in upstream."""
        options = ["--stand-in", f"--stand-in-port={self.port}", *self.outputs]
        return [*self.program, "run", *map(str, arguments), *options]

    @property
    def outputs(self) -> list[str]:
        """Options that say where everything is kept, and the form of the results."""
        return [f"--stores={self.stores}", "--output=json"]

    def environment(self) -> dict[str, str]:
        """No settings but the stand-in's; the text model of the user's cache."""
        return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "OTAKUBE_SECRETS_DIR": os.devnull}

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        """Start it, without a terminal."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # ignored in the background
        )

    def run(self, *arguments: object) -> "Ended":
        """Run it to its end."""
        with self.start(*arguments) as process:
            out, error = process.communicate(timeout=SECONDS)
        return Ended(process.returncode, out, error)

    def run_alone(self, *arguments: str, **settings: str) -> "Ended":
        """Run it to its end with providers of the settings; the last of two equal options counts."""
        command = [*self.program, "run", *self.outputs, *arguments]
        environment = {**self.environment(), **settings}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
        return Ended(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    status: int
    out: str
    error: str

    @property
    def enrichments(self) -> dict[str, Any]:
        """The results by name."""
        return {row["name"]: row for row in json.loads(self.out)["enrichments"]}

    @property
    def search(self) -> Any:
        """The answer of the search."""
        return json.loads(self.out)["search"]


def manifest(folder: Path, name: str, **spec: Any) -> Path:
    """A file with one AnimeEnrichment; JSON is YAML."""
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": name},
        "spec": spec,
    }
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(body))
    return path
