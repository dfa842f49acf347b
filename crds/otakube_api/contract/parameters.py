# SPDX-License-Identifier: Apache-2.0
"""Names of templates, of their arguments and tasks, and of the objects that configure the steps."""

from datetime import timedelta
from enum import StrEnum

TEMPLATE = "otakube-enrich-anime"
"""The WorkflowTemplate of one enrichment."""

CHECK_TEMPLATE = "otakube-check-providers"
"""The WorkflowTemplate that checks the providers from where the steps run."""

SCRUB_CRON_WORKFLOW = "otakube-scrub"

SNAPSHOT_CRON_WORKFLOW = "otakube-snapshot"
"""The CronWorkflow that writes snapshots of the catalogue, and its WorkflowTemplate."""

RESTORE_TEMPLATE = "otakube-snapshot-restore"
"""The WorkflowTemplate that restores from one; by its defaults it is a dry run."""

SYNC_TEMPLATE = "otakube-sync-dataset"
"""The WorkflowTemplate of one sync of the dataset."""

IMAGE_SWEEP_CRON_WORKFLOW = "otakube-sweep-images"
"""The CronWorkflow that asks for missing images again and removes unused ones, and its WorkflowTemplate."""

TAKE_DOWN_TEMPLATE = "otakube-take-down-image"
"""The WorkflowTemplate that takes an image down."""

PLANNER_CRON_WORKFLOW = "otakube-plan-schedules"
"""The CronWorkflow that keeps the EpisodeSchedules, and its WorkflowTemplate."""

MERGE_LOCKS_TEMPLATE = "otakube-merge-locks"
"""The WorkflowTemplate that changes merge locks; its parameter is PAYLOAD, its output Output.REPORT."""

PAYLOAD = "payload"
"""The change to make, as base64 of gzip of JSON: Argo would evaluate braces in it."""

STEP_CONFIG_MAP = "otakube-steps"
"""ConfigMap whose keys are the environment (OTAKUBE_*) of every step; nothing secret."""

STEP_SECRET = "otakube-stores"  # noqa: S105 - the Secret's name
"""Secret mounted at SECRETS_FOLDER in steps that reach a store: one file a setting, named as the setting."""

SECRETS_FOLDER = "/etc/otakube/secrets"

FETCH_DEADLINE = timedelta(minutes=15)
"""Age at which Argo ends a pod of the step `fetch`."""

LONGEST_REVIEW = timedelta(hours=720)
"""The most that spec.review.timeout may say; a run's work objects must outlive it."""


class Parameter(StrEnum):
    """Arguments of the WorkflowTemplate, all strings; a list travels as JSON."""

    ENRICHMENT = "enrichment"  # namespace/name of the AnimeEnrichment
    UID = "uid"
    GENERATION = "generation"
    ATTEMPT = "attempt"
    ANIME_ID = "anime-id"  # "" unless spec.anime.id
    SOURCE_URLS = "source-urls"  # JSON list
    TITLE = "title"  # "" unless spec.anime.title
    YEAR = "year"  # "" unless spec.anime.year: narrows the search for the title
    TYPE = "type"  # "" unless spec.anime.type: likewise
    MODE = "mode"  # Mode
    EPISODE = "episode"  # "" unless spec.episode: the number that must be out
    ROLLBACK_TO = "rollback-to"  # "" unless spec.rollbackTo: a version of the entry
    PROVIDERS = "providers"  # JSON list of Provider names
    REVIEW_POLICY = "review-policy"  # ReviewPolicy
    REVIEW_TIMEOUT = "review-timeout"  # Argo duration: "72h"
    ACCELERATOR = "accelerator"  # Accelerator, but Auto


class Node(StrEnum):
    """Display names of the tasks in a run, in order; `review` is the suspend node."""

    FETCH = "fetch"
    STAGE = "stage"
    ASSEMBLE = "assemble"  # mirrors images, then assembles and validates the golden record
    REVIEW = "review"
    EMBED = "embed"
    COMMIT = "commit"
    CONCLUDE = "conclude"  # exit handler: removes work objects, or writes the dead letter


class SyncParameter(StrEnum):
    """Arguments of SYNC_TEMPLATE, all strings."""

    SYNC = "sync"  # namespace/name of the DatasetSync
    SOURCE = "source"  # https://..., github:OWNER/REPOSITORY[@TAG]/ASSET, or bucket:KEY
    LIMITS = "limits"  # such as shrink=0.05,growth=0.2
    DRY_RUN = "dry-run"  # true or false
    ENRICH = "enrich"  # EnrichmentPolicy
    ENRICH_ORDER = "enrich-order"  # EnrichmentOrder
    ENRICH_MAX = "enrich-max"  # entries at most, decimal


class SyncNode(StrEnum):
    """Display names of the tasks of a sync, in order; the last is its exit handler's template."""

    PLAN = "plan-week"  # loads the file, compares, and looks at the limits
    APPLY = "apply-week"  # writes
    ENRICH = "enrich-listed"  # enriches listed entries, one after the other
    CONCLUDE = "conclude-week"  # removes the file from the work objects


class RestoreParameter(StrEnum):
    """Arguments of RESTORE_TEMPLATE, all strings."""

    RESTORE = "restore"  # namespace/name of the CatalogRestore
    SNAPSHOT = "snapshot"  # its name, or LATEST_SNAPSHOT
    ENTRIES = "entries"  # JSON list of ids and pages; empty: all
    NEWER_CONTENT = "newer-content"  # NewerContent
    MERGE_LOCKS = "merge-locks"  # RestoredLocks
    DRY_RUN = "dry-run"  # true or false


class RestoreNode(StrEnum):
    """Display names of the tasks of a restore, in order."""

    PLAN = "plan-restore"  # reads the whole snapshot, and says what a restore would do
    APPLY = "apply-restore"  # writes
    VERIFY = "verify-restore"  # compares the catalogue with the snapshot, by digests


LATEST_SNAPSHOT = "latest"
"""Name of the newest snapshot."""


def work_prefix(uid: str, generation: int, attempt: int) -> str:
    """Bucket prefix of a run's objects; the workflow builds the same from its parameters."""
    return f"work/{uid}/{generation}-{attempt}"
