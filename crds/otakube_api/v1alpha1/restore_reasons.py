# SPDX-License-Identifier: Apache-2.0
"""The reasons of a CatalogRestore."""

from otakube_api.contract import SnapshotReason
from otakube_api.reasons import Reason


class RestoreReason(Reason):
    """The reasons of a CatalogRestore beside the common ones and those of jobs."""

    PLANNING = "Planning", "The whole snapshot is read, and compared with the catalogue; nothing is written."
    RESTORING = "Restoring", "Entries are brought back; status.progress says how far."
    VERIFYING = "Verifying", "Each entry is compared with the snapshot by its digest."
    PLANNED = (
        "Planned", "spec.dryRun is true: status.counts says what a restore would do.",
        "Set spec.dryRun to false to carry it out, or `otakube restore start NAME`.",
    )  # fmt: skip
    RESTORED = "Restored", "The catalogue has what was asked for; status.verification compares it by digests."
    INCOMPLETE = (
        "Incomplete", "The restore ended, and some entries are not as the snapshot has them.",
        "status.entries and status.notes name them and what to do; after that ask for another run with the "
        "annotation otakube.dev/requested-at.",
    )  # fmt: skip
    RESTORE_STARTED = (
        "RestoreStarted",
        "A Workflow was created, for the plan, for the restore, or for otakube.dev/requested-at.",
    )

    # What keeps a snapshot from being restored
    SNAPSHOT_MISSING = (
        SnapshotReason.MISSING.value, "There is no snapshot of this name; nothing was written.",
        "`otakube snapshot list` has the names; create another object with one of them.",
    )  # fmt: skip
    SNAPSHOT_DAMAGED = (
        SnapshotReason.DAMAGED.value,
        "A file of the snapshot is gone, or its digest is not the one of the manifest.",
        "The message names the file. Create another object with an older snapshot, or bring the file back.",
    )  # fmt: skip
    SNAPSHOT_NEWER = (
        SnapshotReason.NEWER.value,
        "The snapshot was written by a newer release, in a form that this one does not read.",
        "Upgrade this installation to the release that the message names, then ask for another run.",
    )  # fmt: skip
    ENTRY_UNKNOWN = (
        SnapshotReason.ENTRY_UNKNOWN.value,
        "The snapshot has no entry that spec.entries names; nothing was written.",
        "The message names it. Create another object without it, or with another snapshot.",
    )  # fmt: skip
    ENTRIES_HELD = (
        SnapshotReason.ENTRIES_HELD.value, "Commits are at work on some entries; the others are back.",
        "None: it is tried again for some hours. After that ask for another run with the annotation "
        "otakube.dev/requested-at.",
    )  # fmt: skip
