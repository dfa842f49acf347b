# SPDX-License-Identifier: Apache-2.0
"""CatalogRestores and their jobs as last seen: the values that a plan is made from."""

from otakube_api.v1alpha1.catalog_restore import CatalogRestoreSpec, CatalogRestoreStatus
from otakube_operator.jobs.job import Job
from otakube_operator.runtime.controller import Observed
from otakube_operator.runtime.objects import Body, KubeObject, UnreadableObject, read_object

RestoreObject = KubeObject[CatalogRestoreSpec, CatalogRestoreStatus]
ObservedRestore = Observed[RestoreObject, Job]


def read_restore(body: Body) -> RestoreObject | UnreadableObject:
    """Parse a body that the API server has admitted."""
    return read_object(body, KubeObject, CatalogRestoreSpec, CatalogRestoreStatus)
