# SPDX-License-Identifier: Apache-2.0
"""Message of a pod's node -> the cause: what the step said of itself, else what Kubernetes or Argo said.

Argo copies a failed pod's message, or writes `container: Reason (exit code N): termination message`; of a
waiting pod it writes `Reason: message`. The sentences are those of Argo 4.1 and Kubernetes 1.34.
"""

import re
from collections.abc import Mapping

from otakube_api.contract import Failure, FailureReason, PodReason, parse_failure

_STOPPED = re.compile(r"[\w ]*\bstrategy\W+(?:Stop|Terminate)\b")
"""Argo's sentences about a shutdown. A container's own words come behind its name and a colon."""

_CONTAINER = re.compile(r"[\w-]+: (?P<reason>\w+) \(exit code (?P<code>\d+)\)(?P<words>: .*)?", re.DOTALL)

_PAUSE = re.compile(r"ImagePullBackOff: Back-off pulling image \S+: (?=ErrImage)")

_NOT_PULLED = (
    r"(?:ErrImage\w*|ImagePullBackOff|InvalidImageName|ImageInspectError|RegistryUnavailable"
    r"|SignatureValidationFailed)\b"
)
_NOT_STARTED = (
    r"(?:CreateContainer(?:Config)?Error|CreatePodSandboxError|RunContainerError|StartError"
    r"|ContainerCannotRun|CrashLoopBackOff|PreStartHookError|PreCreateHookError)\b"
)
_NOT_ADMITTED = r"Pod was rejected|.*\b(?:is forbidden|exceeded quota)\b"
_BEFORE_START = r"Pod failed before [\w-]+ container starts due to "

_WAITING: Mapping[PodReason, str] = {
    PodReason.UNSCHEDULABLE: r"Unschedulable\b",
    PodReason.IMAGE_PULL_FAILED: _NOT_PULLED,
    PodReason.CONTAINER_START_FAILED: _NOT_STARTED,
    PodReason.EVICTED: r"Pod auto-restarting\b",
    PodReason.REFUSED: _NOT_ADMITTED,
}
"""First words of a waiting pod's node."""

_ENDED: Mapping[PodReason, str] = {
    PodReason.DEADLINE_EXCEEDED: r"Pod was active on the node longer than the specified deadline"
    r"|.*\bexceeded (?:its|workflow) deadline\b|.*\bmax duration limit\b|Max duration limit|timeout$",
    PodReason.EVICTED: r"The node was low on resource|Usage of EmptyDir volume|.*\bephemeral\b.*\bstorage\b"
    r"|.*\bThe node had condition\b|Preempted\b|.*\bimminent node shutdown\b",
    PodReason.REFUSED: _NOT_ADMITTED,
    PodReason.CONTAINER_START_FAILED: _BEFORE_START + _NOT_STARTED,
    PodReason.IMAGE_PULL_FAILED: _BEFORE_START + _NOT_PULLED,
    PodReason.LOST: r"(?:pod|container) deleted|pod failed: |can't find failed message for pod"
    r"|[Nn]ode .*\b(?:lost|not ready|unreachable)\b",
}
"""First words of a failed pod's node, where no container of it has ended badly."""


def read_cause(message: str) -> Failure:
    """The cause that a failed pod's node names."""
    said = parse_failure(message)
    if said.message != message:
        return said
    if is_stop(message):
        return Failure(PodReason.STOPPED, message)
    container = _CONTAINER.fullmatch(message)
    if container is not None:
        return _of_container(container, said)
    return Failure(_match(_ENDED, message) or FailureReason.UNEXPECTED, message or "no message")


def read_waiting(message: str) -> Failure | None:
    """The cause that a waiting pod's node names; None while it merely starts.

    A pull that failed and the pause before the next one alternate, so both read alike.
    """
    found = _match(_WAITING, message)
    return None if found is None else Failure(found, _PAUSE.sub("", message))


def is_stop(message: str) -> bool:
    """True of what Argo writes on the nodes of a run that was stopped or terminated."""
    return _STOPPED.match(message) is not None


def _of_container(ended: re.Match[str], said: Failure) -> Failure:
    if ended["reason"] == "OOMKilled":
        return Failure(PodReason.OOM_KILLED, ended[0])
    if re.fullmatch(_NOT_STARTED, ended["reason"]):
        return Failure(PodReason.CONTAINER_START_FAILED, ended[0])
    if ended["words"]:
        return said
    if ended["code"] in {"137", "143"}:  # by a signal: nobody gave the step time to say a word
        return Failure(PodReason.LOST, ended[0])
    return Failure(FailureReason.UNEXPECTED, f"{ended[0]}, without a word of the step; its log may say more")


def _match(words: Mapping[PodReason, str], message: str) -> PodReason | None:
    return next((reason for reason, pattern in words.items() if re.match(pattern, message)), None)
