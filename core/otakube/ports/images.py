# SPDX-License-Identifier: Apache-2.0
"""Sources of images: hosts that nobody here controls."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

EXTENSIONS = ("jpg", "png", "webp")
"""Endings of the keys: an image is stored in one of three formats."""


class ImageRefused(Exception):
    """One image cannot be had. `lasting`: it would be refused again, so it is not asked for soon."""

    def __init__(self, message: str, *, lasting: bool) -> None:
        super().__init__(message)
        self.lasting = lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanImage:
    """An image that was decoded, and written anew without metadata: `body` holds pixels and nothing else."""

    body: bytes
    content_type: str
    extension: str
    width: int
    height: int
    phash: str


class ImageSource(Protocol):
    def fetch(self, url: str) -> AbstractAsyncContextManager[CleanImage]:
        """Download, check and clean one image, which takes memory until the block ends; or ImageRefused."""
