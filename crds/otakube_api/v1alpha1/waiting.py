# SPDX-License-Identifier: Apache-2.0
"""Parts of a status that tell what a run waits for before it starts."""

from pydantic import Field

from otakube_api.v1alpha1.meta import ApiType, Count, Name, Time


class QueueStatus(ApiType):
    """The place of a run that waits for its turn at the providers."""

    since_time: Time
    """sinceTime is when it began to wait; of equal priority the longest waiting starts first."""
    place: Count
    """place in the queue, 1 being the next: exact up to 5, then rounded up to 10, 20, 50, 100 and so on."""
    expected_start_time: Time
    """expectedStartTime is an estimate, by the budget of the slowest provider."""


class RetryStatus(ApiType):
    """The next try after runs that failed for lack of something that comes back."""

    workflow: Name
    """workflow that failed last."""
    step: str = Field("", max_length=32)
    """step that failed."""
    count: Count
    """count of runs that failed one after the other."""
    failure_time: Time
    """failureTime is when the last one failed."""
    next_time: Time | None = None
    """nextTime is when it is tried again; absent after the last try."""
