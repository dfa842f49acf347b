# SPDX-License-Identifier: Apache-2.0
"""Outputs of the steps and of the suspend node, and the places where a step's pod leaves them."""

from enum import StrEnum

OUTPUTS_FOLDER = "/tmp/outputs"  # noqa: S108 - an emptyDir of the step's own pod
TERMINATION_LOG = "/dev/termination-log"


class Output(StrEnum):
    """Output parameters: each is a file of this name in OUTPUTS_FOLDER."""

    ENTRY_ID = "entry-id"  # fetch, commit
    TITLE = "title"  # fetch: the resolved main title
    ANSWERED_SOURCES = "answered-sources"  # fetch: JSON list of provider names
    FAILED_SOURCES = "failed-sources"  # fetch: JSON list of {"provider","reason","message"}
    REVIEW = "review"  # assemble: ReviewNeed
    CONFIDENCE = "confidence"  # assemble: "0.00".."1.00"
    FINDINGS = "findings"  # assemble: JSON list of short sentences that a reviewer must see
    GATES = "gates"  # assemble: JSON list of {"gate","message"}: what the gates found wrong
    SUGGESTIONS = "suggestions"  # assemble: JSON list of {"id","kind","value","confidence","reason"}
    DIGEST = "digest"  # assemble: of the record under review; commit: of the record that is live
    SUGGESTIONS_DIGEST = "suggestions-digest"  # assemble: of the suggestions under review
    IMAGES_STORED = "images-stored"
    IMAGES_FAILED = "images-failed"
    VERSION = "version"  # commit: the live version, decimal; conclude: that of a commit that was cut off
    SNAPSHOT = "snapshot"  # plan-restore: the name of the snapshot that was planned
    ENTRIES = "entries"  # plan-restore: JSON list of ids
    REPORT = "report"  # of workflows beside the enrichment: what they found or did, as JSON


class ReviewOutput(StrEnum):
    """Outputs of the suspend node. Defaults are those of a timeout or of a resume without a decision."""

    DECISION = "decision"  # Decision.APPROVE | Decision.REJECT (default)
    NOTE = "note"  # default ""
    REVIEWER = "reviewer"  # default ""
    DIGEST = "digest"  # of the record that the reviewer saw; default "": the one that `assemble` left
    ACCEPTED = "accepted"  # JSON list of ids of suggestions that a person takes over; default []
