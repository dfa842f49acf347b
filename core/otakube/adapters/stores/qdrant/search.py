# SPDX-License-Identifier: Apache-2.0
"""VectorSearch over the collection that `QdrantVectors` fills."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from otakube.adapters.stores.qdrant.connection import Qdrant
from otakube.adapters.stores.qdrant.vectors import check_model
from otakube.ports.search import PassageHit

if TYPE_CHECKING:
    from qdrant_client.http.models import ScoredPoint

_SHOWN = ["entry_id", "version", "digest", "kind", "number", "text"]


class QdrantSearch:
    """Searches with the vectors of one model; a collection of another one is refused, never compared."""

    def __init__(self, qdrant: Qdrant, *, model: str, dimension: int) -> None:
        self._qdrant = qdrant
        self._model, self._dimension = model, dimension
        self._checked = False

    async def nearest(self, vector: Sequence[float], *, kind: str, limit: int) -> list[PassageHit]:
        """The nearest passages of one kind, best first."""
        client = await self._qdrant.client()
        with self._qdrant.translated("searching"):
            if not await self._there():
                return []
            answer = await client.query_points(
                self._qdrant.collection, query=list(vector), using=kind, limit=limit, with_payload=_SHOWN
            )
        return [_hit(point) for point in answer.points]

    async def _there(self) -> bool:
        """True if anything was ever stored; Fatal if another model made it."""
        if not self._checked:
            info = await self._qdrant.info()
            if info is None:
                return False
            check_model(self._qdrant.collection, info, model=self._model, dimension=self._dimension)
            self._checked = True
        return True


def _hit(point: "ScoredPoint") -> PassageHit:
    payload = point.payload or {}
    return PassageHit(score=point.score, **{name: payload[name] for name in _SHOWN})
