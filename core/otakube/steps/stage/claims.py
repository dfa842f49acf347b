# SPDX-License-Identifier: Apache-2.0
"""Claims that a run merges: the converted records whose licences let them be kept, with earlier words."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from otakube.domain.merge.carry import Carried
from otakube.domain.merge.fields import Claimants
from otakube.domain.record.claims import ConvertedRecord
from otakube.domain.record.golden import Attribution
from otakube_api.contract import Provider
from otakube_api.providers import Licence

Part = TypeVar("Part")


class Claims:
    """The claims by provider, part by part; of each part they have the time at which they were made."""

    def __init__(
        self,
        carried: Carried,
        licences: Mapping[Provider, Licence],
        agreement: Mapping[Provider, float],
    ) -> None:
        self._records = {p: record for p, record in carried.records.items() if licences[p].storable}
        self._carried = carried
        self._licences = licences
        self._agreement = agreement
        self.carried = carried.whole
        self.left_out = [provider for provider in carried.records if provider not in self._records]

    def claimants(self, part: str) -> Claimants:
        """The providers that make the claims of a part."""
        return Claimants({p: self._attribution(p, part) for p in self._records}, self._agreement)

    def attributions(self) -> dict[Provider, Attribution]:
        """The providers of the whole record, each as old as its oldest part."""
        return {provider: self._attribution(provider, None) for provider in self._records}

    def _attribution(self, provider: Provider, part: str | None) -> Attribution:
        record, licence = self._records[provider], self._licences[provider]
        parts = self._carried.earlier.get(provider, frozenset())
        earlier = bool(parts) if part is None else part in parts
        said_at = record.fetched_at
        if earlier:
            said_at = min(said_at, self._carried.times[provider])
        return Attribution(
            provider=provider,
            source_url=record.source_url,
            fetched_at=said_at,
            licence=licence.name,
            stale=record.stale or earlier,
            publishable=licence.publishable,
            expires_at=licence.expires(said_at),
        )

    def findings(self) -> list[str]:
        """Providers whose words are not in the record, and the reasons."""
        left_out = [f"{p} is left out: its licence lets nothing be stored" for p in self.left_out]
        gone = [f"what {p} said before does not stay: {why}" for p, why in self._carried.refused.items()]
        return left_out + gone

    def part(self, read: Callable[[ConvertedRecord], Part | None]) -> dict[Provider, Part]:
        """One part by provider; fetch has reported those that cannot be read."""
        parts = {provider: read(record) for provider, record in self._records.items()}
        return {provider: part for provider, part in parts.items() if part is not None}
