# SPDX-License-Identifier: Apache-2.0
import pytest

from otakube.adapters.embedding import models_folder, text_embedder
from otakube.adapters.embedding.processors import (
    CPU_PROVIDER,
    GPU_PROVIDER,
    execution_provider,
    read_accelerator,
)
from otakube.errors import Fatal
from otakube_api.contract import Accelerator, FailureReason

CPU_IMAGE = ("AzureExecutionProvider", CPU_PROVIDER)
GPU_IMAGE = ("TensorrtExecutionProvider", GPU_PROVIDER, CPU_PROVIDER)


@pytest.mark.parametrize(
    ("accelerator", "available", "expected"),
    [
        (Accelerator.CPU, CPU_IMAGE, CPU_PROVIDER),
        (Accelerator.CPU, GPU_IMAGE, CPU_PROVIDER),
        (Accelerator.GPU, GPU_IMAGE, GPU_PROVIDER),
        (Accelerator.AUTO, GPU_IMAGE, GPU_PROVIDER),
        (Accelerator.AUTO, CPU_IMAGE, CPU_PROVIDER),
    ],
)
def test_an_accelerator_is_one_execution_provider(
    accelerator: Accelerator, available: tuple[str, ...], expected: str
) -> None:
    assert execution_provider(accelerator, available) == expected


def test_a_gpu_that_is_not_there_is_refused_with_the_cure() -> None:
    with pytest.raises(
        Fatal, match=r"only AzureExecutionProvider, CPUExecutionProvider: .*embed\.accelerators"
    ) as found:
        execution_provider(Accelerator.GPU, CPU_IMAGE)
    assert found.value.reason is FailureReason.SETTINGS_INVALID


@pytest.mark.parametrize("text", ["", "gpu", "TPU"])
def test_a_word_that_is_no_accelerator_is_refused_with_the_words_that_are(text: str) -> None:
    assert read_accelerator("GPU") is Accelerator.GPU
    with pytest.raises(Fatal, match=f"--accelerator is '{text}': give one of Auto, CPU, GPU"):
        read_accelerator(text)


def test_the_model_refuses_a_gpu_in_an_image_without_one() -> None:
    with pytest.raises(Fatal, match="the accelerator is GPU, but this image has only") as found:
        text_embedder("minilm", folder=str(models_folder("")), accelerator=Accelerator.GPU)
    assert found.value.reason is FailureReason.SETTINGS_INVALID


@pytest.mark.filterwarnings("ignore:Specified provider 'CUDAExecutionProvider'")
def test_an_engine_that_fell_back_to_the_cpu_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from otakube.adapters.embedding.engine import onnxruntime

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: list(GPU_IMAGE))
    with pytest.raises(Fatal, match="the accelerator is GPU, but this image has only CPUExecutionProvider"):
        text_embedder("minilm", folder=str(models_folder("")), accelerator=Accelerator.GPU)


def test_a_gpu_that_is_there_is_what_the_engine_runs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from otakube.adapters.embedding.engine import onnxruntime

    asked: list[list[str]] = []

    class Session:
        def __init__(self, path: str, options: object, *, providers: list[str]) -> None:
            asked.append(providers)

        def get_providers(self) -> list[str]:
            return [GPU_PROVIDER, CPU_PROVIDER]

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: list(GPU_IMAGE))
    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    text_embedder("minilm", folder=str(models_folder("")), accelerator=Accelerator.GPU)
    assert asked == [[GPU_PROVIDER]]
