# SPDX-License-Identifier: Apache-2.0
"""The controllers of this operator."""

from otakube_operator.catalog_restore.controller import CatalogRestoreController
from otakube_operator.dataset_sync.controller import DatasetSyncController
from otakube_operator.enrichment.controller import EnrichmentController
from otakube_operator.enrichment.run_queue import queue_limits
from otakube_operator.runtime.controller import AnyController
from otakube_operator.schedule.controller import ScheduleController
from otakube_operator.settings import OperatorSettings


def controllers(settings: OperatorSettings) -> list[AnyController]:
    """One for each kind that is served."""
    limits = queue_limits(settings.concurrent_runs, settings.providers)
    return [
        EnrichmentController(gpu=settings.gpu, limits=limits),
        ScheduleController(),
        DatasetSyncController(),
        CatalogRestoreController(),
    ]
