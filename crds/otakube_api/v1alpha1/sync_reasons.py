# SPDX-License-Identifier: Apache-2.0
"""The reasons of a DatasetSync."""

from otakube_api.contract import Breach, DatasetReason
from otakube_api.reasons import Reason

_LOOK = (
    "Compare with `otakube sync plan FILE --show {shown}`; if the week is right, raise {limit} for this run."
)


class SyncReason(Reason):
    """The reasons of a DatasetSync beside the common ones and those of jobs."""

    SCHEDULED = "Scheduled", "No sync has run yet; the first is due at status.nextScheduleTime."
    PLANNING = "Planning", "The week is loaded from spec.source, and compared with the catalogue."
    APPLYING = "Applying", "The changes of the week are written; status.progress says how far."
    ENRICHING = (
        "Enriching",
        "The week is in the catalogue; listed entries are enriched at the pace of the providers' limits.",
    )
    SYNCED = "Synced", "The week is in the catalogue."
    PLANNED = "Planned", "spec.dryRun is true: status.counts says what the week would change."
    ENDED = "Ended", "spec.schedule names no later time, and no sync has run."

    # Due times and requests
    SYNC_STARTED = "SyncStarted", "A Workflow was created, for a due time or for otakube.dev/requested-at."
    SYNC_REPLACED = (
        "SyncReplaced",
        "The Workflow made way for a later one: spec.concurrencyPolicy is Replace.",
    )
    DEADLINE_MISSED = (
        "DeadlineMissed", "A due time was skipped: it lies further back than spec.startingDeadlineSeconds.",
        "Raise spec.startingDeadlineSeconds if late is better than never.",
    )  # fmt: skip
    SYNC_RUNNING = (
        "SyncRunning", "A due time was skipped: until its deadline another sync was under way.",
        "See that sync, which status.workflow names; or set spec.concurrencyPolicy to Replace.",
    )  # fmt: skip
    SCHEDULE_INVALID = (
        "ScheduleInvalid", "The schedule or its time zone cannot be read.",
        "Correct spec.schedule or spec.timeZone; the message names which.",
    )  # fmt: skip

    # What keeps a week out
    SOURCE_UNAVAILABLE = (
        DatasetReason.SOURCE_UNAVAILABLE.value, "The file cannot be loaded from spec.source for now.",
        "The message has the server's answer. It is tried again for some hours; after that ask for a new run "
        "with the annotation otakube.dev/requested-at.",
    )  # fmt: skip
    SOURCE_REFUSED = (
        DatasetReason.SOURCE_REFUSED.value, "The file cannot be loaded from spec.source, and will not be.",
        "The message has the server's answer; correct spec.source.",
    )  # fmt: skip
    DATASET_UNREADABLE = (
        DatasetReason.DATASET_UNREADABLE.value, "The file is no dataset, or is cut off.",
        "Look at the file that status.dataset.source names; correct spec.source, or ask for a new run once "
        "its publisher has corrected it.",
    )  # fmt: skip
    EMPTY = (
        Breach.EMPTY.value, "The week has no row that can be read; nothing was written.",
        "Look at the file that status.dataset.source names, and for another fork in spec.source.",
    )  # fmt: skip
    SCHEMA_DRIFT = (
        Breach.SCHEMA_DRIFT.value, "Too many rows cannot be read; nothing was written.",
        "Look at them with `otakube sync plan FILE --show unreadable`; report it if the schema has changed.",
    )  # fmt: skip
    SHRUNK = (
        Breach.SHRUNK.value, "The week has far fewer rows than the one before; nothing was written.",
        _LOOK.format(shown="removed", limit="spec.limits.shrinkPercent"),
    )  # fmt: skip
    GROWN = (
        Breach.GROWN.value, "The week has far more rows than the one before; nothing was written.",
        _LOOK.format(shown="new", limit="spec.limits.growthPercent"),
    )  # fmt: skip
    SITE_SHRUNK = (
        Breach.SITE_SHRUNK.value, "Pages of one site are gone from the rows; nothing was written.",
        _LOOK.format(shown="changed", limit="spec.limits.sitePercent"),
    )  # fmt: skip
    CHANGED_TOO_MUCH = (
        Breach.CHANGED_TOO_MUCH.value, "Far more rows changed than in any week; nothing was written.",
        _LOOK.format(shown="changed", limit="spec.limits.changedPercent"),
    )  # fmt: skip
    OLDER = (
        Breach.OLDER.value, "The week is before the one that it follows; nothing was written.",
        "Point spec.source at the newest release.",
    )  # fmt: skip
    FROZEN = (
        Breach.FROZEN.value, "The dataset was not updated for longer than its limit; nothing was written.",
        "Look for a fork that goes on, and name it in spec.source; or raise spec.limits.ageDays.",
    )  # fmt: skip
    AHEAD = (
        Breach.AHEAD.value, "The dataset says that it was updated in the future; nothing was written.",
        "Look at the clock of the node, and at lastUpdate in the file.",
    )  # fmt: skip
