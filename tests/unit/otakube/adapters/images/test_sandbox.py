# SPDX-License-Identifier: Apache-2.0
"""The decoder's sandbox: a process that a hostile file took over reaches no secret, host or other process."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from otakube.adapters.images import sandbox
from otakube.adapters.images.addresses import Allowed
from otakube.adapters.images.download import Download
from otakube.adapters.images.source import WebImages
from otakube.adapters.memory import PodMemory
from pictures import encoded, picture

TAKEN_OVER = """
import ctypes, os, resource, signal, socket, sys
from otakube.adapters.images import decoder
os.close(os.open(sys.argv[1], os.O_RDONLY))  # before, it can be read
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
decoder.shut_in(96 << 20)
try:
    {attack}
except PermissionError as error:
    sys.exit(error.errno)
"""

ALLOW, KILL = 0x7FFF0000, 0x80000000

ATTACKS = {
    "a mounted secret": "open(sys.argv[1])",
    "the service account's token": "open('/var/run/secrets/kubernetes.io/serviceaccount/token')",
    "a secret by openat2": "call(437, -100, sys.argv[1].encode(), 0, 0)",
    "a secret by io_uring": "call(425, 1, 0)",
    "a secret by its handle": "call(304, -100, 0, 0)",
    "a 32-bit number": "call(0x40000002, sys.argv[1].encode(), 0)",
    "the parent's environment": "open(f'/proc/{os.getpid()}/../{os.getppid()}/environ')",
    "the parent's memory": "call(310, 1, 0, 0, 0, 0, 0)",
    "the parent by ptrace": "call(101, 16, 1, 0, 0)",
    "a folder": "os.listdir('/')",
    "a file of its own": "open('/tmp/written', 'w')",
    "a connection": "socket.socket()",
    "another program": "os.execv('/bin/true', ['true'])",
    "another process": "os.fork()",
    "a signal": "os.kill(1, signal.SIGTERM)",
    "the limits of another": "resource.prlimit(1, resource.RLIMIT_CPU)",
    "more memory": "resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_taken_over_decoder_is_refused(attack: str, tmp_path: Path) -> None:
    secret = tmp_path / "otakube_mongodb_uri"
    secret.write_text("mongodb://user:secret@host/")
    program = TAKEN_OVER.format(attack=attack)
    done = subprocess.run([sys.executable, "-c", program, secret], capture_output=True, check=False)
    assert done.returncode == 1, done.stderr  # EPERM


def test_what_the_sandbox_must_not_stop_goes_on() -> None:
    allowed = "print(sum(bytearray(1 << 22))); resource.setrlimit(resource.RLIMIT_CPU, (60, 60))"
    program = TAKEN_OVER.format(attack=allowed)
    done = subprocess.run([sys.executable, "-c", program, __file__], capture_output=True, check=True)
    assert done.stdout == b"0\n"


async def test_the_child_that_decodes_is_in_the_sandbox() -> None:
    async with WebImages(Allowed([], []), size=1 << 20, memory=PodMemory(768 << 20)) as source:
        await source._clean(Download(bytearray(encoded(picture(), "PNG")), "image/png"))
        assert source._child is not None
        process = Path(f"/proc/{source._child.pid}")
        status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines())
        assert (status["NoNewPrivs"], status["Seccomp"].strip()) == ("1", "2")
        environment = (process / "environ").read_bytes().split(b"\0")
        assert {name.partition(b"=")[0] for name in environment if name} == {b"PATH", b"PYTHONPATH"}
        assert {int(one.name) for one in (process / "fd").iterdir()} == {0, 1, 2}


@pytest.mark.parametrize("machine", sandbox.MACHINES)
def test_the_filter_of_each_machine_allows_what_is_listed_and_nothing_else(machine: str) -> None:
    program = [struct.unpack("<HBBI", one) for one in sandbox.rules(machine)]
    column = list(sandbox.MACHINES).index(machine)
    allowed = {numbers[column] for numbers in sandbox.CALLS.values()}
    assert len(allowed) == len(sandbox.CALLS)
    for number in range(512):
        if number != sandbox.LIMITS[column]:
            verdict = run(program, number, sandbox.MACHINES[machine])
            assert (verdict == ALLOW) is (number in allowed), number
    limits = [
        run(program, sandbox.LIMITS[column], sandbox.MACHINES[machine], *to)
        for to in ((0, 0), (7, 0), (0, 9))
    ]
    assert [verdict == ALLOW for verdict in limits] == [True, False, False]
    other = next(value for name, value in sandbox.MACHINES.items() if name != machine)
    assert run(program, min(allowed), other) == KILL


def run(program: list[tuple[int, ...]], number: int, machine: int, first: int = 0, second: int = 0) -> int:
    """The verdict of a filter on one system call, as the kernel would find it."""
    data = struct.pack("<IIQQQ", number, machine, 0, first, second)
    loaded, at = 0, 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        if code == 0x20:
            (loaded,) = struct.unpack_from("<I", data, value)
        elif code == 0x15:
            at += yes if loaded == value else no
        else:
            return value
