# SPDX-License-Identifier: Apache-2.0
"""The document store as a folder: enough to run steps by hand, with nothing live and no second writer."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from otakube.domain.checks.plausibility import OUTCOMES_KEPT, READINGS_KEPT, Health, Reading, TitleOutcome
from otakube.ports.catalogue import DeadLetter, LiveEntry, MirroredImage
from otakube_api.contract import Provider


class FolderDocuments:
    """Identities, Catalogue, ImageMap, DeadLetters and History below `root`/documents."""

    def __init__(self, root: Path) -> None:
        self.root = root / "documents"

    async def claim(self, source_urls: Sequence[str], proposed_id: str) -> tuple[str, bool]:
        owners = self._read("identities")
        entry_id = next((owners[url] for url in source_urls if url in owners), proposed_id)
        self._write("identities", owners | dict.fromkeys(source_urls, entry_id))
        return entry_id, False

    async def owners(self, source_urls: Sequence[str]) -> dict[str, str]:
        owners = self._read("identities")
        return {url: owners[url] for url in source_urls if url in owners}

    async def pages_of(self, entry_id: str) -> list[str]:
        return sorted(url for url, owner in self._read("identities").items() if owner == entry_id)

    async def release(self, source_urls: Sequence[str], entry_id: str) -> None:
        gone = set(source_urls)
        owners = self._read("identities").items()
        self._write("identities", {u: owner for u, owner in owners if u not in gone or owner != entry_id})

    async def entry(self, entry_id: str) -> LiveEntry | None:  # noqa: ARG002 - nothing is live
        return None

    async def by_source(self, source_url: str) -> LiveEntry | None:  # noqa: ARG002 - nothing is live
        return None

    async def get(self, source_url: str) -> MirroredImage | None:
        return (await self.get_many([source_url])).get(source_url)

    async def get_many(self, source_urls: Sequence[str]) -> dict[str, MirroredImage]:
        known = self._read("images")
        return {url: _image(known[url]) for url in source_urls if url in known}

    async def put(self, item: MirroredImage | DeadLetter) -> None:
        """Insert or replace."""
        if isinstance(item, DeadLetter):
            self._write("dead-letters", self._read("dead-letters") | {item.run: asdict(item)})
        else:
            self._write("images", self._read("images") | {item.source_url: asdict(item)})

    async def blobs(self) -> AsyncIterator[str]:
        for image in self._read("images").values():
            if image["key"]:
                yield image["key"]

    async def readings(self, provider: Provider, title: str) -> list[Reading]:
        known = self._read("provider-titles").get(f"{provider}/{title}", [])
        return [Reading.model_validate_json(one) for one in known]

    async def add(self, provider: Provider, title: str, reading: Reading) -> None:
        key, known = f"{provider}/{title}", self._read("provider-titles")
        kept = [*known.get(key, []), reading.model_dump_json()][-READINGS_KEPT:]
        self._write("provider-titles", known | {key: kept})

    async def outcomes(self, provider: Provider, new: Sequence[TitleOutcome] = ()) -> list[TitleOutcome]:
        known = self._read("provider-outcomes")
        kept = [*known.get(provider, []), *(one.model_dump_json() for one in new)][-OUTCOMES_KEPT:]
        if new:
            self._write("provider-outcomes", known | {provider: kept})
        return [TitleOutcome.model_validate_json(one) for one in kept]

    async def health(self, provider: Provider) -> Health:
        known = self._read("provider-health").get(provider)
        return Health.model_validate_json(known) if known else Health()

    async def set_health(self, provider: Provider, health: Health) -> None:
        self._write("provider-health", self._read("provider-health") | {provider: health.model_dump_json()})

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.root / f"{name}.json").read_text())
        except FileNotFoundError:  # nothing was kept yet
            return {}
        return found

    def _write(self, name: str, content: dict[str, Any]) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        aside = self.root / f"{name}.json.part"
        aside.write_text(json.dumps(content, default=str, ensure_ascii=False))
        aside.replace(self.root / f"{name}.json")


def _image(document: dict[str, Any]) -> MirroredImage:
    image = MirroredImage(**document)
    return replace(
        image, retry_after=_time(document["retry_after"]), fetched_at=_time(document["fetched_at"])
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
