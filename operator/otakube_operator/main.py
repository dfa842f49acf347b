# SPDX-License-Identifier: Apache-2.0
"""The process: settings, credentials, kopf embedded beside our workers, a graceful end on SIGTERM."""

import asyncio
import logging
import os
import sys
from random import Random

import kopf

from otakube_operator import handlers  # kopf finds the handlers in its default registry
from otakube_operator.runtime.connect import NoCluster, credentials
from otakube_operator.runtime.kopf_settings import kopf_settings
from otakube_operator.runtime.logs import configure_logging
from otakube_operator.settings import OperatorSettings, SettingsError, read_settings
from otakube_operator.wiring import Operator

__all__ = ["handlers", "main"]

EX_CONFIG = 78  # sysexits(3)

logger = logging.getLogger(__name__)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    try:
        settings = read_settings()
        configure_logging(settings.log_level)
        asyncio.run(serve(settings))
    except (SettingsError, NoCluster) as error:
        print(f"otakube-operator: {error}", file=sys.stderr)
        raise SystemExit(EX_CONFIG) from None


async def serve(settings: OperatorSettings) -> None:
    """Serve until kopf is told to stop."""
    random = Random(os.urandom(8))
    framework = kopf_settings(random)
    operator = Operator(settings, credentials(framework), random)
    async with operator.running():
        logger.info("operator started")
        await kopf.operator(
            settings=framework,
            memo=operator,
            clusterwide=not settings.namespaces,
            namespaces=settings.namespaces,
        )
    logger.info("operator stopped")
