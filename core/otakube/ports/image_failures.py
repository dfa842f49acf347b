# SPDX-License-Identifier: Apache-2.0
"""Dead letters of images: those that an entry should show and that could not be had, for the sweep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFailure:
    """One image that one entry lacks; the fields are the specification's."""

    anime_id: str
    image_url: str
    error_message: str
    timestamp: datetime
    retry_count: int  # ingests in a row that failed
    context: str  # where it was missed: a run's work prefix


class ImageFailures(Protocol):
    """One letter an entry and URL. An unreachable store raises Retriable."""

    async def put(self, failures: Sequence[ImageFailure]) -> None:
        """Insert or replace each."""

    async def of_urls(self, image_urls: Sequence[str]) -> list[ImageFailure]:
        """Letters of these images."""

    async def page(self, *, after: ImageFailure | None = None, limit: int) -> list[ImageFailure]:
        """Letters by entry and URL, behind one of them."""

    async def newest(self, limit: int) -> list[ImageFailure]:
        """The latest, the newest first."""

    async def delete(self, failures: Sequence[ImageFailure]) -> None:
        """Remove each; one that is gone is fine."""
