# SPDX-License-Identifier: Apache-2.0
"""Images that must not be shown: who had them taken down, when and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDown:
    """One order: a content, by its hash, and the URLs that it came from; refused until it is lifted."""

    id: str
    sha256: str | None
    urls: tuple[str, ...]
    reason: str
    by: str
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifted_reason: str = ""


class ShownImage(Protocol):
    """An image as records and the image map name it."""

    @property
    def source_url(self) -> str: ...

    @property
    def sha256(self) -> str | None: ...


class Refusals(NamedTuple):
    """All that stands refused at one moment."""

    urls: frozenset[str] = frozenset()
    contents: frozenset[str] = frozenset()  # sha256

    @classmethod
    def of(cls, take_downs: Iterable[TakeDown]) -> "Refusals":
        """Those of the orders that are not lifted."""
        standing = [one for one in take_downs if one.lifted_at is None]
        return cls(
            urls=frozenset(url for one in standing for url in one.urls),
            contents=frozenset(one.sha256 for one in standing if one.sha256),
        )

    def covers(self, image: ShownImage) -> bool:
        """True if it must not be shown."""
        return image.source_url in self.urls or image.sha256 in self.contents

    def covers_key(self, key: str) -> bool:
        """True if a bucket key is that of a refused content."""
        return key.rpartition("/")[2].partition(".")[0] in self.contents


NOTHING_REFUSED = Refusals()


class TakeDowns(Protocol):
    """An unreachable store raises Retriable."""

    async def put(self, take_downs: Iterable[TakeDown]) -> None:
        """Insert or replace each by id; one that is lifted there stays lifted."""

    async def all(self) -> list[TakeDown]:
        """Every order, lifted ones too, the newest first."""
