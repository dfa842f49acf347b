# SPDX-License-Identifier: Apache-2.0
"""Messages of nodes as Argo 4.1 and Kubernetes 1.34 write them, and the cause that each names."""

import pytest

from otakube_api.argo import read_cause, read_waiting
from otakube_api.contract import Cause, FailureReason, PodReason

EMPTY_DIR = 'Usage of EmptyDir volume "tmp" exceeds the limit "256Mi". '
LOW = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. "
NOT_FOUND = 'failed to pull image "otakube-embed:9": code = NotFound'
NO_PROGRAM = 'failed to create containerd task: exec: "otakube": executable file not found in $PATH'
QUOTA = 'pods "bebop-1-fetch-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=9'


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("main: OOMKilled (exit code 137)", PodReason.OOM_KILLED),
        ("main: OOMKilled (exit code 137): said before the end", PodReason.OOM_KILLED),
        (LOW, PodReason.EVICTED),
        (EMPTY_DIR, PodReason.EVICTED),
        ("Pod ephemeral local storage usage exceeds the total limit of containers", PodReason.EVICTED),
        ("Pod was terminated in response to imminent node shutdown.", PodReason.EVICTED),
        ("Preempted in order to admit critical pod", PodReason.EVICTED),
        (
            f"Pod failed before main container starts due to ErrImagePull: {NOT_FOUND}",
            PodReason.IMAGE_PULL_FAILED,
        ),
        (
            'Pod failed before main container starts due to CreateContainerConfigError: secret "s" not found',
            PodReason.CONTAINER_START_FAILED,
        ),
        (f"main: StartError (exit code 128): {NO_PROGRAM}", PodReason.CONTAINER_START_FAILED),
        ("Step exceeded its deadline", PodReason.DEADLINE_EXCEEDED),
        ("Pod was active on the node longer than the specified deadline", PodReason.DEADLINE_EXCEEDED),
        ("retry exceeded workflow deadline 2027-01-01 12:00:00 +0000 UTC", PodReason.DEADLINE_EXCEEDED),
        ("Max duration limit exceeded", PodReason.DEADLINE_EXCEEDED),
        ("pod deleted", PodReason.LOST),
        ("pod failed: neither main nor wait container completed successfully", PodReason.LOST),
        ("main: Error (exit code 143)", PodReason.LOST),
        ("main: Error (exit code 137)", PodReason.LOST),
        (
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 50",
            PodReason.REFUSED,
        ),
        (QUOTA, PodReason.REFUSED),
        ("workflow shutdown with strategy:  Terminate", PodReason.STOPPED),
        ("Stopped with strategy 'Stop'", PodReason.STOPPED),
        ("main: Error (exit code 1)", FailureReason.UNEXPECTED),
        ("main: Error (exit code 65)", FailureReason.UNEXPECTED),
        ("main: Error (exit code 65): RecordInvalid: no title", FailureReason.RECORD_INVALID),
        ("main: Error (exit code 75): StoreUnavailable: bucket: timeout", FailureReason.STORE_UNAVAILABLE),
        ("main: Error (exit code 75): UnexpectedError: boom", FailureReason.UNEXPECTED),
        ("", FailureReason.UNEXPECTED),
    ],
)
def test_a_failed_pod_has_the_cause_that_its_message_names(message: str, reason: Cause) -> None:
    assert read_cause(message).reason == reason


@pytest.mark.parametrize("code", [1, 65])
def test_a_step_that_left_no_word_is_said_to_have_left_none(code: int) -> None:
    assert "without a word of the step" in read_cause(f"main: Error (exit code {code})").message


@pytest.mark.parametrize(
    "words",
    [
        "Stopped with strategy 'Stop'",
        "workflow shutdown with strategy:  Stop",
        "OOMKilled (exit code 137)",
        "pod deleted",
        "Step exceeded its deadline",
        "this is forbidden",
    ],
)
@pytest.mark.parametrize(
    "said", ["main: Error (exit code 65): RecordInvalid: ", "main: Error (exit code 1): "]
)
def test_what_a_step_or_a_provider_wrote_never_passes_for_a_word_of_argo(said: str, words: str) -> None:
    assert read_cause(said + words).reason in FailureReason


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("Unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.", PodReason.UNSCHEDULABLE),
        (f"ErrImagePull: {NOT_FOUND}", PodReason.IMAGE_PULL_FAILED),
        ('ImagePullBackOff: Back-off pulling image "otakube-embed:9"', PodReason.IMAGE_PULL_FAILED),
        ("InvalidImageName: Failed to apply default image tag", PodReason.IMAGE_PULL_FAILED),
        (
            'CreateContainerConfigError: configmap "otakube-steps" not found',
            PodReason.CONTAINER_START_FAILED,
        ),
        (QUOTA, PodReason.REFUSED),
        ("Pod auto-restarting due to Evicted: " + LOW, PodReason.EVICTED),
    ],
)
def test_a_waiting_pod_says_what_it_lacks(message: str, reason: PodReason) -> None:
    found = read_waiting(message)
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize("message", ["", "PodInitializing", "ContainerCreating"])
def test_a_pod_that_merely_starts_lacks_nothing(message: str) -> None:
    assert read_waiting(message) is None


def test_a_failed_pull_and_the_pause_after_it_read_alike() -> None:
    pause = f'ImagePullBackOff: Back-off pulling image "otakube-embed:9": ErrImagePull: {NOT_FOUND}'
    assert read_waiting(pause) == read_waiting(f"ErrImagePull: {NOT_FOUND}")
