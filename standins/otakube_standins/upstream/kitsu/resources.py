# SPDX-License-Identifier: Apache-2.0
"""JSON:API in general: relationships, inclusion by path, sparse fields, pages by offset. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ResourceObject:
    """One resource; a relationship is computed when it is asked for, so that circles do no harm."""

    type: str  # animeCharacters
    id: str
    attributes: Json
    one: Mapping[str, Callable[[], "ResourceObject | None"]] = field(default_factory=dict)
    many: Mapping[str, Callable[[], list["ResourceObject"]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WantedFields:
    """Includes and fields that a request asks for."""

    include: tuple[tuple[str, ...], ...] = ()  # paths
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by type


def wanted(query: Mapping[str, str]) -> WantedFields:
    """Read `include` and `fields[type]`."""
    paths = tuple(
        tuple(path.strip().split(".")) for path in query.get("include", "").split(",") if path.strip()
    )
    named = {
        key[7:-1]: value for key, value in query.items() if key.startswith("fields[") and key.endswith("]")
    }
    return WantedFields(paths, {kind: frozenset(value.split(",")) for kind, value in named.items()})


def collection_of(resource_type: str) -> str:
    """`animeCharacters` lives at /anime-characters."""
    return re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", resource_type)


def document(resource: ResourceObject, root: str, asked: WantedFields) -> Json:
    """The document of one resource."""
    answer: Json = {"data": serialise(resource, root, asked, asked.include)}
    included = _included([resource], root, asked)
    return answer | ({"included": included} if asked.include else {})


class KitsuWindow(NamedTuple):
    """The page that a request asks for: `limit` resources from `offset` on."""

    limit: int
    offset: int


def window(query: Mapping[str, str], default: int) -> KitsuWindow:
    """Read `page[limit]` and `page[offset]`, or `page[size]` and `page[number]`."""
    limit = int(query.get("page[limit]") or query.get("page[size]") or default)
    return KitsuWindow(
        limit, int(query.get("page[offset]") or (int(query.get("page[number]") or 1) - 1) * limit)
    )


def page(shown: Sequence[ResourceObject], count: int, root: str, query: Mapping[str, str]) -> Json:
    """The document of one page, of `count` resources, without the links to the others."""
    asked = wanted(query)
    answer: Json = {"data": [serialise(one, root, asked, asked.include) for one in shown]}
    if asked.include and shown:
        answer["included"] = _included(shown, root, asked)
    return answer | {"meta": {"count": count}}


def links(url: str, query: Mapping[str, str], at: KitsuWindow, count: int) -> Json:
    """The links from one page to the others."""
    rest = {key: value for key, value in query.items() if not key.startswith("page[")}

    def to(start: int) -> str:
        return f"{url}?{urlencode(rest | {'page[limit]': at.limit, 'page[offset]': start})}"

    found = {"first": to(0), "last": to(max(0, (count - 1) // at.limit * at.limit))}
    if at.offset > 0:
        found["prev"] = to(max(0, at.offset - at.limit))
    if at.offset + at.limit < count:
        found["next"] = to(at.offset + at.limit)
    return found


def serialise(
    resource: ResourceObject, root: str, asked: WantedFields, paths: Iterable[tuple[str, ...]]
) -> Json:
    """One resource; relationships at the head of a path carry their data."""
    self_url = f"{root}/{collection_of(resource.type)}/{resource.id}"
    kept = asked.fields.get(resource.type)
    attributes = {name: value for name, value in resource.attributes.items() if kept is None or name in kept}
    names = [name for name in (*resource.one, *resource.many) if kept is None or name in kept]
    heads = {path[0] for path in paths if path}
    answer: Json = {
        "id": resource.id,
        "type": resource.type,
        "links": {"self": self_url},
        "attributes": attributes,
    }
    if names:
        answer["relationships"] = {
            name: _relationship(resource, name, self_url, name in heads) for name in names
        }
    return answer


def _relationship(resource: ResourceObject, name: str, self_url: str, with_data: bool) -> Json:
    place = collection_of(name)
    answer: Json = {"links": {"self": f"{self_url}/relationships/{place}", "related": f"{self_url}/{place}"}}
    if with_data:
        linked = [{"type": other.type, "id": other.id} for other in _related(resource, name)]
        answer["data"] = (linked[0] if linked else None) if name in resource.one else linked
    return answer


def _related(resource: ResourceObject, name: str) -> list[ResourceObject]:
    if name in resource.many:
        return resource.many[name]()
    other = resource.one[name]() if name in resource.one else None
    return [] if other is None else [other]


def _included(resources: Sequence[ResourceObject], root: str, asked: WantedFields) -> list[Json]:
    found: dict[tuple[str, str], Json] = {}
    _collect(resources, root, asked, asked.include, found)
    return list(found.values())


def _collect(
    resources: Sequence[ResourceObject],
    root: str,
    asked: WantedFields,
    paths: Iterable[tuple[str, ...]],
    found: dict[Any, Json],
) -> None:
    for name in dict.fromkeys(path[0] for path in paths if path):
        below = [path[1:] for path in paths if path and path[0] == name and len(path) > 1]
        others = [other for resource in resources for other in _related(resource, name)]
        for other in others:
            found.setdefault((other.type, other.id), serialise(other, root, asked, below))
        if below:
            _collect(others, root, asked, below, found)
