# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
from pathlib import Path

import pytest

from otakube_cluster import processes, sandbox
from otakube_cluster.processes import Identity


@pytest.mark.parametrize("text", ["", "12", "12 x", "-1 5", "1 2 3"], ids=repr)
def test_a_pid_file_cut_short_names_nobody(text: str) -> None:
    assert processes.parse_identity(text) is None


def test_a_pid_file_says_what_was_written(tmp_path: Path) -> None:
    processes.write(tmp_path / "pids/etcd", Identity(12, 3456))
    assert processes.read(tmp_path / "pids/etcd") == Identity(12, 3456)
    assert processes.read(tmp_path / "pids/kubelet") is None


def test_a_command_name_may_hold_spaces_and_brackets() -> None:
    fields = ["S", *(str(number) for number in range(4, 53))]
    assert processes.parse_stat(f"77 (a) b (c)) {' '.join(fields)}") == ("S", 22)


def test_the_innermost_pid_is_the_last() -> None:
    assert sandbox.parse_inner_pid("Name:\tx\nNSpid:\t4711\t36\n") == 36
    assert sandbox.parse_inner_pid("Name:\tx\n") == 0


def test_this_process_is_alive_and_its_pid_at_another_time_is_not() -> None:
    identity = processes.identify(os.getpid())
    assert identity is not None
    assert processes.alive(identity)
    assert not processes.alive(Identity(identity.pid, identity.started - 1))


def test_a_stranger_with_the_same_pid_gets_no_signal() -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        identity = processes.identify(child.pid)
        assert identity is not None
        assert not processes.send(Identity(identity.pid, identity.started + 1), signal.SIGKILL)
        assert child.poll() is None
        assert processes.send(identity, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    finally:
        child.kill()
        child.wait()


def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen(["true"])
    try:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert processes.identify(child.pid) is None
    finally:
        child.wait()


def test_who_ignores_term_is_killed_in_the_end() -> None:
    child = subprocess.Popen(
        ["sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 60; done'], stdout=subprocess.PIPE
    )
    try:
        assert child.stdout
        assert child.stdout.readline() == b"ready\n"
        identity = processes.identify(child.pid)
        assert identity is not None
        processes.stop([identity], grace=0)
        assert child.wait() == -signal.SIGKILL
    finally:
        child.kill()
        child.wait()
