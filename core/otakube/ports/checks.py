# SPDX-License-Identifier: Apache-2.0
"""Last check of each provider: the next one compares with it to see what has changed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from otakube.domain.providers.answer_shape import Shape
from otakube_api.contract import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedShape:
    """The answers' shape for one title at one provider; `questions`: the digest of each part's question."""

    provider: Provider
    title: str
    shape: Shape
    questions: dict[str, str] = field(default_factory=dict)  # none in a check by an older release
    checked_at: datetime


class CheckHistory(Protocol):
    async def last(self, provider: Provider, title: str) -> CheckedShape | None: ...

    async def put(self, checked: CheckedShape) -> None:
        """Insert or replace by provider and title."""
