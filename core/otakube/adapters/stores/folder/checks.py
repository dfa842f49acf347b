# SPDX-License-Identifier: Apache-2.0
"""The last shape of each provider's answers, in one file, for checks by hand."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from otakube.ports.checks import CheckedShape
from otakube_api.contract import Provider


class FolderCheckHistory:
    """`documents/provider-checks.json` below `root`."""

    def __init__(self, root: Path) -> None:
        self._file = root / "documents/provider-checks.json"

    async def last(self, provider: Provider, title: str) -> CheckedShape | None:
        """The last one, if there is one."""
        found = self._read().get(f"{provider.value}/{title}")
        if found is None:
            return None
        at = datetime.fromisoformat(found["checked_at"])
        return CheckedShape(provider=provider, title=title, shape=found["shape"], checked_at=at)

    async def put(self, checked: CheckedShape) -> None:
        """Insert or replace."""
        kept = {"shape": checked.shape, "checked_at": checked.checked_at.isoformat()}
        known = self._read() | {f"{checked.provider.value}/{checked.title}": kept}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        aside = self._file.with_suffix(".part")
        aside.write_text(json.dumps(known, ensure_ascii=False))
        aside.replace(self._file)

    def _read(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._file.read_text())
        except FileNotFoundError:  # nothing was checked yet
            return {}
        return found
