# SPDX-License-Identifier: Apache-2.0
"""The built graph against another forward pass: plain numpy over the same weights, text by text."""

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from otakube.adapters.embedding import build, models_folder, text_embedder
from otakube.adapters.embedding.minilm import batches
from otakube.errors import Fatal
from otakube.ports.embedding import TextEmbedder

TEXTS = [
    "happy",
    "That is a very happy person",
    "Ein Junge, der Geister sieht, rettet sein Dorf vor dem Winter.",
    "鋼の海",
    "A courier crosses a drowned city by night. " * 20,
    "A courier crosses a drowned city by night. " * 60,  # beyond 256 tokens
    "",
]

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def embedder() -> TextEmbedder:
    return text_embedder("minilm", folder=str(models_folder("")))


def norm(hidden: Array, scale: Array, shift: Array) -> Array:
    centred = hidden - hidden.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * scale + shift


def gelu(value: Array) -> Array:
    return value * 0.5 * (1 + np.vectorize(math.erf)(value / math.sqrt(2)))


class Reference:
    """BERT as its paper writes it, in 64 bits."""

    def __init__(self) -> None:
        folder = build.package_folder()
        weights: dict[str, NDArray[Any]] = load_file(folder / "model.safetensors")
        self.weights = {name: value.astype(np.float64) for name, value in weights.items()}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(256)

    def linear(self, hidden: Array, name: str) -> Array:
        return hidden @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, hidden: Array, name: str) -> Array:
        return norm(hidden, self.weights[f"{name}.LayerNorm.weight"], self.weights[f"{name}.LayerNorm.bias"])

    def attend(self, hidden: Array, layer: str) -> Array:
        heads = []
        query, key, value = (
            self.linear(hidden, f"{layer}.self.{part}") for part in ("query", "key", "value")
        )
        for start in range(0, 384, 32):
            columns = slice(start, start + 32)
            scores = query[:, columns] @ key[:, columns].T / math.sqrt(32)
            odds = np.exp(scores - scores.max(-1, keepdims=True))
            heads.append(odds / odds.sum(-1, keepdims=True) @ value[:, columns])
        return self.linear(np.concatenate(heads, -1), f"{layer}.output.dense")

    def embed(self, text: str) -> Array:
        ids = self.tokenizer.encode(text).ids
        hidden = self.weights["embeddings.word_embeddings.weight"][ids]
        hidden = hidden + self.weights["embeddings.position_embeddings.weight"][: len(ids)]
        hidden = self.norm(hidden + self.weights["embeddings.token_type_embeddings.weight"][0], "embeddings")
        for number in range(6):
            layer = f"encoder.layer.{number}"
            hidden = self.norm(
                hidden + self.attend(hidden, f"{layer}.attention"), f"{layer}.attention.output"
            )
            inner = gelu(self.linear(hidden, f"{layer}.intermediate.dense"))
            hidden = self.norm(hidden + self.linear(inner, f"{layer}.output.dense"), f"{layer}.output")
        mean: Array = hidden.mean(0)
        return mean / np.linalg.norm(mean)


def test_each_vector_is_that_of_an_independent_forward_pass(embedder: TextEmbedder) -> None:
    reference = Reference()
    for text, vector in zip(TEXTS, embedder.embed(TEXTS), strict=True):
        assert float(np.dot(vector, reference.embed(text))) >= 0.99999, text[:40]


def test_similar_sentences_are_closer_than_strange_ones(embedder: TextEmbedder) -> None:
    happy, happier, ship = embedder.embed(
        ["That is a happy person", "That is a very happy person", "The ship sank in the storm"]
    )
    assert float(np.dot(happy, happier)) == pytest.approx(0.943, abs=0.001)  # its publisher's figure
    assert float(np.dot(happy, ship)) < 0.2


def test_a_text_has_the_same_vector_in_any_company(embedder: TextEmbedder) -> None:
    together = embedder.embed(TEXTS)
    alone = [embedder.embed([text])[0] for text in TEXTS]
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_vectors_have_the_named_dimension_and_length_one(embedder: TextEmbedder) -> None:
    vectors = np.array(embedder.embed(TEXTS))
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_to_embed_is_nothing(embedder: TextEmbedder) -> None:
    assert embedder.embed([]) == []


def test_tokens_beyond_the_limit_are_counted(embedder: TextEmbedder) -> None:
    assert embedder.count("happy") == 3  # with start and end
    assert embedder.count("happy " * 1000) == 1002


@given(st.lists(st.integers(1, 256), max_size=60))
def test_batches_hold_each_text_once_within_the_budget(lengths: list[int]) -> None:
    groups = list(batches(lengths, budget=512))
    assert sorted(index for group in groups for index in group) == list(range(len(lengths)))
    assert all(len(group) * max(lengths[i] for i in group) <= 512 for group in groups)


def test_an_unknown_model_is_named_with_the_known_ones() -> None:
    with pytest.raises(Fatal, match=r"embedding_model is 'word2vec'.*OTAKUBE_EMBEDDING_MODEL.*minilm"):
        text_embedder("word2vec")


def test_weights_other_than_the_pinned_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"other")
    with pytest.raises(Fatal, match="not the pinned"):
        build.checked(file, build.WEIGHTS_SHA256)


def test_a_damaged_model_says_how_to_build_it(tmp_path: Path) -> None:
    (tmp_path / "minilm").mkdir()
    (tmp_path / "minilm" / "model.json").write_text("{}")
    with pytest.raises(Fatal, match=r"build it with: python -m otakube.adapters.embedding.build"):
        text_embedder("minilm", folder=str(tmp_path))


def test_the_engine_sends_and_keeps_nothing_about_its_user(tmp_path: Path) -> None:
    load = "import sys; from otakube.adapters.embedding import *; text_embedder('minilm', folder=sys.argv[1])"
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for telling in ("CI", "ORT_DISABLE_TELEMETRY"):  # either keeps it quiet by itself
        environment.pop(telling, None)
    command = [sys.executable, "-c", load, str(models_folder(""))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
