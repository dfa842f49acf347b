# SPDX-License-Identifier: Apache-2.0
"""Images that a snapshot names, where it lies in another place than they do.

Keys are content addresses, so an image is copied once, whatever the number of snapshots beside it.
"""

import hashlib
from collections.abc import Iterable
from pathlib import PurePosixPath

from otakube.ports.objects import ObjectStore, Prefix

_CONTENT_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif"}


class Blobs:
    """Copies images from one place to another, those that are not there."""

    def __init__(self, source: ObjectStore, target: ObjectStore) -> None:
        self._source, self._target = source, target
        self.copied = 0

    async def copy(self, keys: Iterable[str]) -> list[str]:
        """Copy them; the keys of those that neither place has, or whose content is not their key's."""
        return [key for key in keys if not (await self._target.exists(key) or await self._copied(key))]

    async def _copied(self, key: str) -> bool:
        try:
            body = await self._source.get(key)
        except KeyError:
            return False
        if not is_content_of(key, body):
            return False
        kind = _CONTENT_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")
        await self._target.put_new(key, body, content_type=kind)
        self.copied += 1
        return True


def is_content_of(key: str, body: bytes) -> bool:
    """True if an image's key is the address of this content."""
    return PurePosixPath(key.removeprefix(Prefix.IMAGES)).stem == hashlib.sha256(body).hexdigest()
