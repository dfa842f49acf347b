# SPDX-License-Identifier: Apache-2.0
"""`otakube` at an instant that does not pass: a record's digest covers the times at which it was made.

`python tests/frozen_otakube.py TIME ARGUMENTS...`, for runs whose digests are compared.
"""

import sys
import time

import time_machine

from otakube.adapters.http.rate_limit import ProcessRateLimitStore
from otakube.main import main

if __name__ == "__main__":
    instant = sys.argv.pop(1)
    # Rate limits refill by a clock of their own, or a frozen run would ask each provider once.
    (ProcessRateLimitStore.__init__.__kwdefaults__ or {})["clock"] = time.monotonic
    with time_machine.travel(instant, tick=False):
        main()
