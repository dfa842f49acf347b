# SPDX-License-Identifier: Apache-2.0
"""Earlier answers of providers: the memory by which an upstream that shrinks or freezes is noticed."""

from collections.abc import Sequence
from typing import Protocol

from otakube.domain.checks.plausibility import Health, Reading, TitleOutcome
from otakube_api.contract import Provider


class History(Protocol):
    """Every method is one atomic change of one document, or a read. An unreachable store raises Retriable."""

    async def readings(self, provider: Provider, title: str) -> list[Reading]:
        """A title's last readings by the provider's id, oldest first."""

    async def add(self, provider: Provider, title: str, reading: Reading) -> None:
        """Keep a reading; those beyond READINGS_KEPT go."""

    async def outcomes(self, provider: Provider, new: Sequence[TitleOutcome] = ()) -> list[TitleOutcome]:
        """The provider's last OUTCOMES_KEPT outcomes, with the new ones added."""

    async def health(self, provider: Provider) -> Health:
        """The health that was set last; sound if nothing was."""

    async def set_health(self, provider: Provider, health: Health) -> None:
        """Keep what is thought of a provider."""
