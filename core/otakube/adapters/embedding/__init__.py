# SPDX-License-Identifier: Apache-2.0
"""Text models by their setting's name; each loads its engine only when it is asked for."""

import os
from collections.abc import Callable
from pathlib import Path

from otakube.errors import Fatal
from otakube.ports.embedding import TextEmbedder
from otakube_api.contract import Accelerator, FailureReason


def _minilm(folder: Path, accelerator: Accelerator) -> TextEmbedder:
    from otakube.adapters.embedding.minilm import MiniLm

    if not (folder / "minilm" / "model.json").is_file():
        from otakube.adapters.embedding.build import build  # needs onnx and the weights: not in an image

        build(folder)
    return MiniLm.load(folder / "minilm", accelerator)


MODELS: dict[str, Callable[[Path, Accelerator], TextEmbedder]] = {"minilm": _minilm}


def models_folder(configured: str) -> Path:
    """The configured folder; unset, the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(configured) if configured else cache / "otakube" / "models"


def text_embedder(
    model: str, *, folder: str = "", accelerator: Accelerator = Accelerator.CPU
) -> TextEmbedder:
    """Load the model of this name on that processor.

    Raises Fatal for an unknown model, where its files cannot be had, or where the processor is not there.
    """
    load = MODELS.get(model)
    if load is None:
        known = ", ".join(sorted(MODELS))
        raise Fatal(
            FailureReason.SETTINGS_INVALID,
            f"embedding_model is {model!r}: no such model; set OTAKUBE_EMBEDDING_MODEL to one of: {known}",
        )
    where = models_folder(folder)
    try:
        return load(where, accelerator)
    except Fatal:
        raise
    except Exception as error:  # the engines raise bare ones for a file that they cannot read
        raise Fatal(
            FailureReason.SETTINGS_INVALID,
            f"embedding_model {model!r} cannot be loaded from {where}: {error}; "
            f"remove what is there and build it with: python -m otakube.adapters.embedding.build {where}",
        ) from error
