# SPDX-License-Identifier: Apache-2.0
"""The agreement between operator, workflow authors and steps, so that none of them imports another.

The operator fills the template's parameters and reads the nodes' outputs; the workflow wires both to step
commands; the steps write the outputs. A name that changes here changes in all three.
"""

from otakube_api.contract.failures import (
    EXIT,
    Cause,
    ExitCode,
    Failure,
    FailureReason,
    PodReason,
    SourceReason,
    format_failure,
    one_line,
    parse_failure,
    source_state,
)
from otakube_api.contract.outputs import OUTPUTS_FOLDER, TERMINATION_LOG, Output, ReviewOutput
from otakube_api.contract.parameters import (
    CHECK_TEMPLATE,
    FETCH_DEADLINE,
    LONGEST_REVIEW,
    MERGE_LOCKS_TEMPLATE,
    PAYLOAD,
    SCRUB_CRON_WORKFLOW,
    SECRETS_FOLDER,
    STEP_CONFIG_MAP,
    STEP_SECRET,
    TEMPLATE,
    Node,
    Parameter,
    work_prefix,
)
from otakube_api.contract.vocabulary import (
    Accelerator,
    AnimeType,
    Decision,
    Gate,
    Mode,
    Provider,
    ReviewNeed,
    ReviewPolicy,
    ReviewState,
    SourceState,
)

__all__ = [
    "CHECK_TEMPLATE",
    "EXIT",
    "FETCH_DEADLINE",
    "LONGEST_REVIEW",
    "MERGE_LOCKS_TEMPLATE",
    "OUTPUTS_FOLDER",
    "PAYLOAD",
    "SCRUB_CRON_WORKFLOW",
    "SECRETS_FOLDER",
    "STEP_CONFIG_MAP",
    "STEP_SECRET",
    "TEMPLATE",
    "TERMINATION_LOG",
    "Accelerator",
    "AnimeType",
    "Cause",
    "Decision",
    "ExitCode",
    "Failure",
    "FailureReason",
    "Gate",
    "Mode",
    "Node",
    "Output",
    "Parameter",
    "PodReason",
    "Provider",
    "ReviewNeed",
    "ReviewOutput",
    "ReviewPolicy",
    "ReviewState",
    "SourceReason",
    "SourceState",
    "format_failure",
    "one_line",
    "parse_failure",
    "source_state",
    "work_prefix",
]
