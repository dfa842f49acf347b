# SPDX-License-Identifier: Apache-2.0
"""A sync over the servers of the settings, in small chunks, so that there are many places to cut."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from otakube.bootstrap.dataset_sync import now, sync_stores
from otakube.bootstrap.wiring import Wiring
from otakube.domain.dataset.limits import WeekLimits
from otakube.domain.dataset.rows import take_apart
from otakube.errors import Retriable
from otakube.maintenance.dataset_sync import joins, stores
from otakube.maintenance.dataset_sync.sync import SyncReport, SyncRequest, sync
from otakube_api.contract import EXIT

CHUNK = 20
ANY = WeekLimits(shrink=1, growth=1000, changed=1000, site=1, unreadable=1)


async def carry_out(name: str, week: bytes) -> SyncReport:
    """Take the week in."""
    request = SyncRequest(name=name, file=take_apart(week), limits=ANY, today=now().date())
    async with Wiring("s3:") as wiring:
        return await sync(await sync_stores(wiring), request, clock=now, report=lambda _: None)


def main() -> None:
    """Print the report; 75 where the same call may succeed later."""
    week = Path(sys.argv[1])
    stores.CHUNK = joins.CHUNK = CHUNK
    try:
        report = asyncio.run(carry_out(week.name, week.read_bytes()))
    except Retriable as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT.retriable)
    print(json.dumps({name: asdict(report)[name] for name in ("digest", "written", "resumed")}))


if __name__ == "__main__":
    main()
