# SPDX-License-Identifier: Apache-2.0
"""Label, annotation and finalizer keys; fixed from the first release on, since stored objects carry them."""

GROUP = "otakube.dev"

FINALIZER = f"{GROUP}/running-workflow"

ENRICHMENT_UID = f"{GROUP}/enrichment-uid"
ENRICHMENT_NAME = f"{GROUP}/enrichment"  # cut to 63 characters: for people, never for selection
GENERATION = f"{GROUP}/generation"
ATTEMPT = f"{GROUP}/attempt"
SPEC_HASH = f"{GROUP}/spec-hash"  # annotation: sha256 of the fields that make a new run necessary
ARGUMENTS_HASH = f"{GROUP}/arguments-hash"  # annotation: sha256 of the run's arguments at its creation
SUPERSEDED = f"{GROUP}/superseded"  # annotation: the operator stopped this run for a newer generation
WAITING_CAUSE = (
    f"{GROUP}/waiting-cause"  # annotation: what a step's pod waits for; Argo forgets it at a deadline
)

SCHEDULE_UID = f"{GROUP}/schedule-uid"
SCHEDULE_NAME = f"{GROUP}/schedule"  # cut to 63 characters: for people, never for selection
EPISODE = f"{GROUP}/episode"
SCHEDULED_AT = f"{GROUP}/scheduled-at"  # annotation: the due time that an object was created for

JOB_OWNER_UID = f"{GROUP}/owner-uid"  # of the object that a job was started for
JOB_OWNER_NAME = f"{GROUP}/owner"  # cut to 63 characters: for people, never for selection

REQUESTED_AT = f"{GROUP}/requested-at"  # annotation: a person or program asks for a run, now

MANAGED_BY = "app.kubernetes.io/managed-by"
PART_OF = "app.kubernetes.io/part-of"

PLANNER = "planner"
MANAGED = f"{GROUP}/managed-by"  # label of an EpisodeSchedule: PLANNER made it and keeps it
PLANNED_HASH = f"{GROUP}/planned-hash"  # annotation: sha256 of what the planner last wanted
LEFT_TO_OTHERS = f"{GROUP}/left-to-others"  # annotation: fields that PLANNER wants otherwise, and others set
TITLE = f"{GROUP}/title"  # annotation: main title, for people
