# SPDX-License-Identifier: Apache-2.0
"""^C before a command has begun, and after it has ended: the process ends without a word."""

import os
import signal

INTERRUPTED = 130
"""Exit status after ^C, as a shell has it: 128 and the signal's number."""


def leave_on_interrupt() -> None:
    """Have ^C end the process at once; where it is ignored, as after nohup, it stays so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _exit_at_once)


def heed_interrupt() -> None:
    """Have ^C raise KeyboardInterrupt, as Python does, for a command that has something to end."""
    if signal.getsignal(signal.SIGINT) is _exit_at_once:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _exit_at_once(*_: object) -> None:
    os._exit(INTERRUPTED)
