# SPDX-License-Identifier: Apache-2.0
"""all-MiniLM-L6-v2: tokenizers and ONNX Runtime, one thread, over the graph that `build` wrote."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from tokenizers import Tokenizer

from otakube.adapters.embedding.engine import onnxruntime
from otakube.adapters.embedding.processors import execution_provider
from otakube_api.contract import Accelerator

BATCH_TOKENS = 2048
"""Padded tokens of one batch: a larger one is no faster and takes more memory."""

FLOOR, FLOOR_OF_UNKNOWN_WORDS = 0.22, 0.5
"""Measured on 400 synopses and title lists: of ten questions about other things nine reach at most 0.21 (one
0.33), of 35 about anime one less than 0.27 (median 0.43); letters typed at random reach 0.47."""

TOKENS_OF_UNKNOWN_WORDS = 1.6
"""Tokens a word from which a text is none that the model knows: English has 1.0 to 1.5, random letters 1.7 to
11, romanised Japanese 1.3 to 2.7."""

DECIMALS = 7
"""Digits that a 32-bit float of a vector of length 1 can tell apart; more would only lengthen the JSON."""


def batches(lengths: Sequence[int], *, budget: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Group indices by similar length, so that padding is small: `budget` padded tokens, or one text."""
    group: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group and lengths[index] * (len(group) + 1) > budget:  # sorted: the newest is the longest
            yield group
            group = []
        group.append(index)
    if group:
        yield group


class MiniLm:
    """A `TextEmbedder`; not to be shared between threads while it embeds."""

    def __init__(self, *, session: Any, tokenizer: Tokenizer, facts: dict[str, Any]) -> None:
        self.name: str = facts["name"]
        self.dimension: int = facts["dimension"]
        self.max_tokens: int = facts["max_tokens"]
        self._session = session
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path, accelerator: Accelerator) -> Self:
        """Read graph and tokenizer from the folder; Fatal where the accelerator is not there."""
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        facts = json.loads((folder / "model.json").read_text())
        return cls(session=_session(folder / "model.onnx", accelerator), tokenizer=tokenizer, facts=facts)

    def count(self, text: str) -> int:
        return len(self._tokenizer.encode(text).ids)

    def floor(self, text: str) -> float:
        words = len(re.findall(r"\w+", text)) or 1
        own = self.count(text) - 2  # [CLS] and [SEP]
        return FLOOR_OF_UNKNOWN_WORDS if own > words * TOKENS_OF_UNKNOWN_WORDS else FLOOR

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        tokens = [self._cut(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(texts), self.dimension))
        for group in batches([len(ids) for ids in tokens]):
            vectors[group] = self._vectors([tokens[index] for index in group])
        return vectors.round(DECIMALS).tolist()

    def _cut(self, ids: list[int]) -> list[int]:
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]  # [SEP] stays

    def _vectors(self, tokens: list[list[int]]) -> Any:
        shape = (len(tokens), max(map(len, tokens)))
        ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, own in enumerate(tokens):
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
        return self._session.run(["vectors"], {"input_ids": ids, "attention_mask": mask})[0]


def _session(path: Path, accelerator: Accelerator) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry(
        "session.intra_op.allow_spinning", "0"
    )  # a spinning thread starves its pod
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # done by `build`
    options.log_severity_level = 3
    provider = execution_provider(accelerator, onnxruntime.get_available_providers())
    session = onnxruntime.InferenceSession(str(path), options, providers=[provider])
    # The engine falls back to the CPU by itself where the libraries of a provider do not load.
    execution_provider(accelerator, session.get_providers())
    return session
