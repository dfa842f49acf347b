# SPDX-License-Identifier: Apache-2.0
"""Chooses ONNX Runtime's execution provider for an accelerator; pure."""

from collections.abc import Sequence

from otakube.errors import Fatal
from otakube_api.contract import Accelerator, FailureReason

CPU_PROVIDER = "CPUExecutionProvider"
GPU_PROVIDER = "CUDAExecutionProvider"


def read_accelerator(text: str) -> Accelerator:
    """The accelerator of that name; anything else is Fatal."""
    try:
        return Accelerator(text)
    except ValueError as error:
        known = ", ".join(Accelerator)
        raise Fatal(
            FailureReason.SETTINGS_INVALID, f"--accelerator is {text!r:.50}: give one of {known}"
        ) from error


def execution_provider(accelerator: Accelerator, available: Sequence[str]) -> str:
    """The provider to run on; Fatal where a GPU was asked for and none can be used.

    A pod that has reserved a GPU must not compute on a CPU thread beside it.
    """
    if accelerator is Accelerator.CPU:
        return CPU_PROVIDER
    if GPU_PROVIDER in available:
        return GPU_PROVIDER
    if accelerator is Accelerator.AUTO:
        return CPU_PROVIDER
    raise Fatal(
        FailureReason.SETTINGS_INVALID,
        f"the accelerator is GPU, but this image has only {', '.join(available)}: give embed.image an image "
        f"with {GPU_PROVIDER} and name GPU in embed.accelerators, or set spec.accelerator to CPU",
    )
