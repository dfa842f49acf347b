# SPDX-License-Identifier: Apache-2.0
"""The last shape of each provider's answers: one document a provider and title."""

from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.ports.checks import CheckedShape
from otakube_api.contract import Provider


class MongoCheckHistory:
    """Collection `provider_checks`; paths hold dots, so a shape is stored as pairs."""

    def __init__(self, documents: Documents) -> None:
        self._checks = documents["provider_checks"]

    async def last(self, provider: Provider, title: str) -> CheckedShape | None:
        """The last one, if there is one."""
        async with translated("reading a provider's last check"):
            found = await self._checks.find_one({"_id": _key(provider, title)})
        if found is None:
            return None
        return CheckedShape(
            provider=provider,
            title=title,
            shape={path: list(kinds) for path, kinds in found["shape"]},
            questions=found.get("questions", {}),  # older releases kept none
            checked_at=found["checked_at"],
        )

    async def put(self, checked: CheckedShape) -> None:
        """Insert or replace."""
        key = _key(checked.provider, checked.title)
        document = {
            "_id": key,
            "shape": [[path, kinds] for path, kinds in checked.shape.items()],
            "questions": checked.questions,
            "checked_at": checked.checked_at,
        }
        async with translated("keeping a provider's check"):
            await self._checks.replace_one({"_id": key}, document, upsert=True)


def _key(provider: Provider, title: str) -> str:
    return f"{provider.value}/{title}"
