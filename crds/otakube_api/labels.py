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

REQUESTED_AT = f"{GROUP}/requested-at"  # annotation on the AnimeEnrichment: run again, now

MANAGED_BY = "app.kubernetes.io/managed-by"
PART_OF = "app.kubernetes.io/part-of"
