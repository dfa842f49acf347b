# SPDX-License-Identifier: Apache-2.0
"""DatasetSyncs and their jobs as last seen: the values that a plan is made from."""

from otakube_api.v1alpha1.dataset_sync import DatasetSyncSpec, DatasetSyncStatus
from otakube_operator.jobs.job import Job
from otakube_operator.runtime.controller import Observed
from otakube_operator.runtime.objects import Body, KubeObject, UnreadableObject, read_object

SyncObject = KubeObject[DatasetSyncSpec, DatasetSyncStatus]
ObservedSync = Observed[SyncObject, Job]


def read_sync(body: Body) -> SyncObject | UnreadableObject:
    """Parse a body that the API server has admitted."""
    return read_object(body, KubeObject, DatasetSyncSpec, DatasetSyncStatus)
