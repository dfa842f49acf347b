# SPDX-License-Identifier: Apache-2.0
"""Handlers of kopf: the only module with its decorators, and no logic in any of them.

`on.event` alone is used, since kopf then stores nothing on the objects. The type of an event decides nothing
but whether a store learns or forgets.
"""

from typing import Any

import kopf

from otakube_operator.runtime.serve import OperatorRuntime, Watch


def registry_of(runtime: OperatorRuntime) -> kopf.OperatorRegistry:
    """A registry with one handler for each watch, and the login."""
    registry = kopf.OperatorRegistry()
    kopf.on.login(registry=registry)(log_in)
    for number, watch in enumerate(runtime.watches()):
        kopf.on.event(*watch.resource, id=f"watch-{number}", registry=registry)(_handler(watch))
    return registry


async def log_in(*, memo: OperatorRuntime, **_: Any) -> kopf.AiohttpSession:
    """A session whose watch streams report their age."""
    return memo.watch_session()


def _handler(watch: Watch) -> Any:
    async def handle(event: kopf.RawEvent, **_: Any) -> None:
        watch.handle(event["type"], event["object"])

    return handle
