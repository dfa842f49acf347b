# SPDX-License-Identifier: Apache-2.0
"""What kopf calls: the only module with its decorators, and no logic in any of them.

`on.event` alone is used, since kopf then stores nothing on the objects. The kind of an event decides nothing
but whether the cache learns or forgets.
"""

from typing import Any

import kopf

from otakube_operator.wiring import Operator


@kopf.on.login()
async def log_in(*, memo: Operator, **_: Any) -> kopf.AiohttpSession:
    """A session whose watch streams can be seen to move."""
    return memo.watch_session()


@kopf.on.event("otakube.dev", "v1alpha1", "animeenrichments")
async def enrichment_event(event: kopf.RawEvent, memo: Operator, **_: Any) -> None:
    """An AnimeEnrichment was seen."""
    memo.inbox.enrichment_event(event["type"], event["object"])


@kopf.on.event("argoproj.io", "v1alpha1", "workflows")
async def workflow_event(event: kopf.RawEvent, memo: Operator, **_: Any) -> None:
    """A Workflow of ours was seen."""
    memo.inbox.workflow_event(event["type"], event["object"])
