# SPDX-License-Identifier: Apache-2.0
"""A reader's terminal: an interactive bash into which the documentation's blocks are pasted whole.

What is pasted lies in the terminal's queue while a command runs, as with a person who does not wait.
A command that reads its standard input would swallow the lines behind it.
"""

import os
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import documents
from doc_blocks import Block
from documents import ROOT
from ports import free_ports

LIMIT_SECONDS = 1500  # of one block; what waits in it has limits of its own
QUEUE_BYTES = 4000  # a terminal's queue: what is pasted beyond it is lost
PROMPT = re.compile(r"\x1e(\d+)\x1f")
INTERRUPT = b"\x03"
PORTS = re.compile(r"--port (\d{4,})|port-forward \S+ (\d{4,}):")


class Ran(NamedTuple):
    """A command that was pasted, its exit status, and what the terminal showed."""

    command: str
    status: int
    shown: str

    def __str__(self) -> str:
        return f"$ {self.command}{self.shown}[exit status {self.status}]"


@dataclass
class Terminal:
    """A bash on a pseudo-terminal that does not echo."""

    bash: "subprocess.Popen[bytes]"
    master: int
    folder: Path
    shown: str = ""
    ports: dict[str, str] = field(default_factory=dict)

    def run(self, block: Block) -> list[Ran]:
        """Paste a block; what its commands did. A failed one is an AssertionError that shows all."""
        done = self.paste(self.own(block.script), interrupt=block.until_interrupted, answers=block.answers)
        counted = done[:-1] if block.until_interrupted else done
        shown = "\n".join(map(str, done))
        assert not any(one.status for one in counted), f"{block.place} does not work as printed:\n{shown}"
        for line in block.promised:
            assert re.search(pattern(line), shown), f"{block.place} promises {line!r}:\n{shown}"
        return done

    def own(self, script: str) -> str:
        """The script with ports and temporary files of this terminal's own: others may run beside it."""
        for found in PORTS.finditer(script):
            port = found[1] or found[2]
            if port not in self.ports:
                self.ports[port] = str(free_ports(1)[0])
        for port, own in self.ports.items():
            script = re.sub(
                rf"(--port |port-forward \S+ |127\.0\.0\.1:|localhost:){port}\b", rf"\g<1>{own}", script
            )
        return script.replace("/tmp/", f"{self.folder}/tmp/")

    def paste(self, script: str, *, interrupt: bool = False, answers: Sequence[str] = ()) -> list[Ran]:
        """Paste a script, and what its last command asks for.

        With `interrupt`, ^C ends its last command once that has shown something.
        """
        commands = documents.complete_commands(script)
        pasted = "".join([*commands, *(f"{answer}\n" for answer in answers)]).encode()
        assert len(pasted) < QUEUE_BYTES, "too long to be pasted at once"
        self.shown = ""
        os.write(self.master, pasted)
        count = len(commands)
        if interrupt:
            self._read_until(lambda: len(self._parts()) > count or self._shows_something(count))
            if len(self._parts()) == count:  # it did not end by itself
                os.write(self.master, INTERRUPT)
        self._read_until(lambda: len(self._statuses()) >= count)
        return [Ran(*each) for each in zip(commands, self._statuses(), self._parts(), strict=False)]

    def _shows_something(self, number: int) -> bool:
        """True if the command of that number runs and has said something."""
        return len(self._parts()) == number and self._parts()[-1].strip() != ""

    def _statuses(self) -> list[int]:
        return [int(status) for status in PROMPT.findall(self.shown)]

    def _parts(self) -> list[str]:
        """What was shown for each command, the present one last."""
        return PROMPT.split(self.shown)[::2]

    def _read_until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while not done():
            readable, _, _ = select.select([self.master], [], [], 1)
            if readable:
                self.shown += os.read(self.master, 65536).decode(errors="replace").replace("\r\n", "\n")
            assert time.monotonic() < deadline, f"no end after {LIMIT_SECONDS} s:\n{self.shown}"


def pattern(promised: str) -> str:
    """Pattern of a line that is shown: numbers and distances may be others, and … is anything."""
    words = [re.sub(r"\d+", r"\\d+", re.escape(word)).replace("…", ".*") for word in promised.split()]
    return r"\s+".join(words)


@contextmanager
def terminal(folder: Path, checkout: Path, **variables: str) -> Iterator[Terminal]:
    """Open a terminal in a checkout; what was started from it ends with it."""
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    (folder / "home").mkdir(exist_ok=True)
    master, slave = os.openpty()
    silence(slave)
    bash = subprocess.Popen(
        ["bash", "--noprofile", "--norc", "-i"],
        cwd=checkout,
        env=environment(folder, os.environ) | variables,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        preexec_fn=own_terminal,
    )
    os.close(slave)
    opened = Terminal(bash, master, folder)
    try:
        opened._read_until(lambda: bool(opened._statuses()))
        yield opened
    finally:
        os.write(master, INTERRUPT + b"\nkill $(jobs -p) 2>/dev/null; exit\n")
        try:
            bash.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(bash.pid, signal.SIGKILL)
            bash.wait()
        os.close(master)


def own_terminal() -> None:
    """In the child: lead a session whose terminal is standard input, and in which ^C works.

    A test run in the background of a script ignores SIGINT, and so would all that it starts.
    """
    import fcntl

    for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def silence(slave: int) -> None:
    """Echo nothing, so that what is shown is what the commands print."""
    mode = termios.tcgetattr(slave)
    mode[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, mode)


def environment(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """That of somebody who has cloned the repository: no program of ours on the PATH, a home of his own.

    What was compiled stays where it is, and so does the local cluster.
    """
    strange = ("OTAKUBE", "MAKE", "MFLAGS", "KUBECONFIG", "PYTEST", "PS1", "PROMPT")
    kept = {name: value for name, value in given.items() if not name.startswith(strange)}
    path = [part for part in given["PATH"].split(os.pathsep) if ".venv" not in part and "otakube" not in part]
    home = Path.home()
    return kept | {
        "PATH": os.pathsep.join(path),
        "HOME": str(folder / "home"),
        "XDG_CACHE_HOME": given.get("XDG_CACHE_HOME", str(home / ".cache")),
        "OTAKUBE_DATA_DIR": given.get("OTAKUBE_DATA_DIR", str(home / ".local/share/otakube")),
        "PS1": "\x1e$?\x1f",
        "PS2": "",
        "TERM": "dumb",
        "COLUMNS": "160",
        "INPUTRC": os.devnull,
        "HISTFILE": os.devnull,
    }


def copied(folder: Path) -> Path:
    """A checkout whose files are those of this one, and what is written in it stays in it."""
    checkout = folder / "otakube"
    checkout.mkdir()
    for entry in ROOT.iterdir():
        if entry.name not in {"build", ".git"}:
            (checkout / entry.name).symlink_to(entry)
    return checkout
