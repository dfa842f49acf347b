# SPDX-License-Identifier: Apache-2.0
"""Shuts the decoder's process in: from then on it computes, reads and writes open files, and ends; no more.

A seccomp filter, which the process itself installs and nobody can lift. It opens no file (the mounted
secrets, the service account's token, another process's memory), makes no socket, starts and signals no
process: each such call is answered with EPERM. It needs no right and no mount: a `restricted` pod has it too.
"""

import ctypes
import os
import platform
import resource
import struct

# linux/seccomp.h, linux/filter.h, linux/prctl.h
_SET_NO_NEW_PRIVS, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # 1: EPERM
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER, _MACHINE, _FIRST, _SECOND = 0, 4, 16, 24  # offsets in struct seccomp_data, on little-endian machines

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Machines whose system calls are listed below, with their AUDIT_ARCH."""

CALLS = {  # x86_64, aarch64
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "lseek": (8, 62),
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
    "madvise": (28, 233), "futex": (202, 98), "getrandom": (318, 278), "clock_gettime": (228, 113),
    "getrusage": (98, 165), "getcwd": (79, 17), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "restart_syscall": (219, 128), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
"""What Python, Pillow and its libraries need once all is imported: memory, open files, time, the end."""

LIMITS = (302, 261)  # prlimit64, for the processor time of the next image: no other limit, no other process


def enter() -> None:
    """Install the filter in this process, for good; OSError where that cannot be done."""
    machine = platform.machine()
    if machine not in MACHINES:
        raise OSError(f"no list of system calls for {machine}")
    program = b"".join(rules(machine))
    code = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for option, first, second in ((_SET_NO_NEW_PRIVS, 1, None), (_SET_SECCOMP, _MODE_FILTER, filter_)):
        if libc.prctl(option, first, second, 0, 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def rules(machine: str) -> list[bytes]:
    """The filter for one kind of machine, as the kernel's bytecode."""
    column = list(MACHINES).index(machine)
    allowed = [numbers[column] for numbers in CALLS.values()]
    return [
        _rule(_LOAD, _MACHINE),
        _rule(_IF_EQUAL, MACHINES[machine], yes=1),
        _rule(_RETURN, _KILL),
        _rule(_LOAD, _NUMBER),
        *(part for number in allowed for part in (_rule(_IF_EQUAL, number, no=1), _rule(_RETURN, _ALLOW))),
        _rule(_IF_EQUAL, LIMITS[column], no=5),
        _rule(_LOAD, _FIRST),
        _rule(_IF_EQUAL, 0, no=3),  # this process
        _rule(_LOAD, _SECOND),
        _rule(_IF_EQUAL, resource.RLIMIT_CPU, no=1),
        _rule(_RETURN, _ALLOW),
        _rule(_RETURN, _REFUSE),
    ]


def _rule(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """One instruction; `yes` and `no` are how many to skip after a comparison."""
    return struct.pack("<HBBI", code, yes, no, value)
