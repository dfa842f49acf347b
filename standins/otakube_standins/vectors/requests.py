# SPDX-License-Identifier: Apache-2.0
"""Qdrant's JSON to the engine's objects and back; pure."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import qdrant_edge as edge

Json = Mapping[str, Any]


class BadRequest(Exception):
    """The request is wrong, or beyond the development server: status 400."""


def point_id(raw: object) -> int | UUID:
    """An unsigned integer or a UUID."""
    if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
        return raw
    try:
        return UUID(str(raw))
    except ValueError:
        message = (
            f"value {raw} is not a valid point ID, valid values are either an unsigned integer or a UUID"
        )
        raise BadRequest(message) from None


def points(body: Json) -> list[Any]:
    """Points of an upsert, given as a list or as a batch of columns."""
    if "points" in body:
        return [edge.Point(point_id(p["id"]), p["vector"], p.get("payload")) for p in body["points"]]
    batch = body.get("batch")
    if batch is None:
        raise BadRequest("an upsert needs `points` or `batch`")
    ids, vectors = batch["ids"], batch["vectors"]
    payloads = batch.get("payloads") or [None] * len(ids)
    if isinstance(vectors, dict):
        vectors = [{name: column[i] for name, column in vectors.items()} for i in range(len(ids))]
    return [edge.Point(point_id(i), v, p) for i, v, p in zip(ids, vectors, payloads, strict=True)]


UPDATE_MODES = {
    None: edge.UpdateMode.Upsert,
    "upsert": edge.UpdateMode.Upsert,
    "insert_only": edge.UpdateMode.InsertOnly,
    "update_only": edge.UpdateMode.UpdateOnly,
}

_MATCHES = {
    "value": edge.MatchValue,
    "text": edge.MatchText,
    "text_any": edge.MatchTextAny,
    "phrase": edge.MatchPhrase,
    "any": edge.MatchAny,
    "except": edge.MatchExcept,
}
_FIELD = {"key", "match", "range", "values_count", "is_empty", "is_null"}


def filter_(raw: Json | None) -> Any:
    """A filter, or None."""
    if not raw:
        return None
    _closed(raw, {"must", "should", "must_not", "min_should"}, "filter")
    least = raw.get("min_should")
    return edge.Filter(
        must=_conditions(raw.get("must")),
        should=_conditions(raw.get("should")),
        must_not=_conditions(raw.get("must_not")),
        min_should=edge.MinShould(_conditions(least["conditions"]) or [], least["min_count"])
        if least
        else None,
    )


def _conditions(raw: Json | Sequence[Json] | None) -> list[Any] | None:
    if raw is None:
        return None
    return [_condition(each) for each in ([raw] if isinstance(raw, Mapping) else raw)]


def _condition(raw: Json) -> Any:
    match raw:
        case {"has_id": ids}:
            return edge.HasIdCondition({point_id(i) for i in ids})
        case {"has_vector": name}:
            return edge.HasVectorCondition(name)
        case {"nested": {"key": key, "filter": inner}}:
            return edge.NestedCondition(key, filter_(inner))
        case {"is_empty": {"key": key}}:
            return edge.IsEmptyCondition(key)
        case {"is_null": {"key": key}}:
            return edge.IsNullCondition(key)
        case {"key": key}:
            return _field(key, raw)
        case _:
            return filter_(raw)


def _field(key: str, raw: Json) -> Any:
    given = {name: value for name, value in raw.items() if value is not None}
    _closed(given, _FIELD, f"condition on {key!r}")
    counts = given.get("values_count")
    return edge.FieldCondition(
        key,
        match=_match(given["match"]) if "match" in given else None,
        range=_range(given["range"]) if "range" in given else None,
        values_count=edge.ValuesCount(**counts) if counts else None,
        is_empty=given.get("is_empty"),
        is_null=given.get("is_null"),
    )


def _match(raw: Json) -> Any:
    name, value = next(iter(raw.items()))
    _closed(raw, set(_MATCHES), "match")
    return _MATCHES[name](value)


def _range(raw: Json) -> Any:
    given = {name: value for name, value in raw.items() if value is not None}
    dates = any(isinstance(value, str) for value in given.values())
    return (edge.RangeDateTime if dates else edge.RangeFloat)(**given)


def _closed(raw: Json, known: set[str], what: str) -> None:
    if unknown := {name for name, value in raw.items() if value is not None} - known:
        raise BadRequest(f"the development server does not know {sorted(unknown)} in a {what}")


_QUERY = {
    "query", "prefetch", "using", "filter", "params", "score_threshold", "limit", "offset", "with_vector",
    "with_payload",
}  # fmt: skip


def query_request(raw: Json) -> Any:
    """A query with its prefetches; a bare list of numbers is the nearest-neighbour query."""
    _closed(raw, _QUERY, "query")
    return edge.QueryRequest(
        limit=raw.get("limit") or 10,
        offset=raw.get("offset") or 0,
        query=_scoring(raw.get("query"), raw.get("using")),
        prefetches=_prefetches(raw.get("prefetch")),
        with_vector=selection(raw.get("with_vector")),
        with_payload=selection(raw.get("with_payload")),
        filter=filter_(raw.get("filter")),
        score_threshold=raw.get("score_threshold"),
        params=_params(raw.get("params")),
    )


def _prefetches(raw: Json | Sequence[Json] | None) -> list[Any]:
    if not raw:
        return []
    return [_prefetch(each) for each in ([raw] if isinstance(raw, Mapping) else raw)]


def _prefetch(raw: Json) -> Any:
    _closed(raw, _QUERY - {"offset", "with_vector", "with_payload"}, "prefetch")
    return edge.Prefetch(
        limit=raw.get("limit") or 10,
        query=_scoring(raw.get("query"), raw.get("using")),
        prefetches=_prefetches(raw.get("prefetch")),
        params=_params(raw.get("params")),
        filter=filter_(raw.get("filter")),
        score_threshold=raw.get("score_threshold"),
    )


def _scoring(raw: object, using: str | None) -> Any:
    match raw:
        case None:
            return None
        case list():
            return edge.Query.Nearest(raw, using=using)
        case {"nearest": list() as vector}:
            return edge.Query.Nearest(vector, using=using)
        case {"fusion": "rrf"}:
            return edge.Fusion.Rrf(k=2)
        case {"rrf": dict() as options}:
            return edge.Fusion.Rrf(k=options.get("k") or 2, weights=options.get("weights"))
        case {"fusion": "dbsf"}:
            return edge.Fusion.Dbsf()
        case {"order_by": order}:
            return order_by(order)
        case _:
            raise BadRequest("the development server answers nearest, fusion, rrf and order_by queries")


def order_by(raw: str | Json) -> Any:
    """Order by a payload field that has a range index."""
    if isinstance(raw, str):
        return edge.OrderBy(raw)
    direction = edge.Direction.Desc if raw.get("direction") == "desc" else edge.Direction.Asc
    return edge.OrderBy(raw["key"], direction, raw.get("start_from"))


def _params(raw: Json | None) -> Any:
    if not raw:
        return None
    _closed(raw, {"hnsw_ef", "exact", "quantization", "indexed_only"}, "search parameter")
    return edge.SearchParams(
        hnsw_ef=raw.get("hnsw_ef"),
        exact=bool(raw.get("exact")),
        quantization=edge.QuantizationSearchParams(**raw["quantization"])
        if raw.get("quantization")
        else None,
        indexed_only=bool(raw.get("indexed_only")),
    )


def selection(raw: object, *, default: bool = False) -> Any:
    """Selection of payload or vectors to return: all, none, named, or all but named."""
    match raw:
        case None:
            return default
        case {"include": keys}:
            return edge.PayloadSelector.Include(keys)
        case {"exclude": keys}:
            return edge.PayloadSelector.Exclude(keys)
        case _:
            return raw


def record(found: Any) -> dict[str, Any]:
    """A stored point as JSON."""
    shown = {"id": _shown_id(found.id), "payload": found.payload, "vector": found.vector}
    if found.order_value is not None:
        shown["order_value"] = found.order_value
    return {name: value for name, value in shown.items() if value is not None}


def scored(found: Any) -> dict[str, Any]:
    """A found point as JSON."""
    return {**record(found), "version": found.version, "score": found.score}


def _shown_id(raw: object) -> int | str:
    return raw if isinstance(raw, int) else str(raw)


def next_page(offset: object) -> int | str | None:
    """The offset of the next page of a scroll."""
    return None if offset is None else _shown_id(offset)
