# SPDX-License-Identifier: Apache-2.0
"""The console script `otakube`: heeds ^C before it imports anything that takes time."""

from otakube.interrupts import leave_on_interrupt


def main() -> None:
    """Run the command line."""
    leave_on_interrupt()
    from otakube.main import main as run

    try:
        run()
    finally:
        leave_on_interrupt()  # what is left takes libraries down
