# SPDX-License-Identifier: Apache-2.0
"""The bucket's own settings, as `otakube bucket` needs them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Rule = Mapping[str, Any]
"""One lifecycle rule in S3's own form."""


class Unsupported(Exception):
    """The server does not know the request."""


class Forbidden(Exception):
    """The credentials may not make the request; the message names the permission."""


class BucketAdministration(Protocol):
    """One bucket, which may not exist yet. Each call may raise Unsupported, Forbidden, Fatal or Retriable."""

    name: str

    def exists(self) -> bool: ...

    def create(self) -> None: ...

    def blocks_public_access(self) -> bool: ...

    def block_public_access(self) -> None: ...

    def rules(self) -> list[Rule]: ...

    def replace_rules(self, rules: Sequence[Rule]) -> None: ...
