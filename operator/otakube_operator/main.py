# SPDX-License-Identifier: Apache-2.0
"""The process: settings, credentials, kopf embedded beside our workers, a graceful end on SIGTERM."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterable
from random import Random

import kopf
import structlog

from otakube_operator.handlers import registry_of
from otakube_operator.runtime.connect import NoCluster, credentials
from otakube_operator.runtime.controller import AnyController
from otakube_operator.runtime.kopf_settings import kopf_settings
from otakube_operator.runtime.logs import configure_logging
from otakube_operator.runtime.options import RuntimeOptions
from otakube_operator.runtime.serve import OperatorRuntime
from otakube_operator.settings import OperatorSettings, SettingsError, read_settings
from otakube_operator.wiring import controllers

DEFAULTS = RuntimeOptions()
EX_CONFIG = 78  # sysexits(3)

logger = structlog.stdlib.get_logger(__name__)


def main(
    served: Callable[[OperatorSettings], Iterable[AnyController]] = controllers,
    options: RuntimeOptions = DEFAULTS,
) -> None:
    """Run until SIGTERM or SIGINT."""
    try:
        settings = read_settings()
        configure_logging(settings.log_level)
        asyncio.run(serve(served(settings), settings.namespaces, options))
    except (SettingsError, NoCluster) as error:
        print(f"otakube-operator: {error}", file=sys.stderr)
        raise SystemExit(EX_CONFIG) from None


async def serve(
    served: Iterable[AnyController], namespaces: tuple[str, ...], options: RuntimeOptions
) -> None:
    """Serve these controllers until kopf is told to stop."""
    random = Random(os.urandom(8))
    framework = kopf_settings(random)
    info = credentials(framework)
    runtime = OperatorRuntime(served, info, namespaces=namespaces, options=options, random=random)
    for resource, selector in runtime.selectors().items():
        framework.watching.label_selectors[resource] = selector
    async with runtime.running():
        logger.info("operator started")
        await kopf.operator(
            registry=registry_of(runtime),
            settings=framework,
            memo=runtime,
            clusterwide=not namespaces,
            namespaces=namespaces,
        )
    logger.info("operator stopped")
