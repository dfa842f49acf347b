# SPDX-License-Identifier: Apache-2.0
"""A text model, as the embed step and the search need it."""

from collections.abc import Sequence
from typing import Protocol


class TextEmbedder(Protocol):
    """Turns texts into vectors of length 1; the same text gives the same vector, whatever is beside it."""

    @property
    def name(self) -> str:
        """`name@revision`: vectors of two names are never compared."""

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """Text beyond it is not read."""

    def floor(self, text: str) -> float:
        """Cosine below which a text has nothing to do with this one, higher if its words are unknown."""

    def count(self, text: str) -> int:
        """Tokens of the whole text, as `max_tokens` counts them."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, in order."""
