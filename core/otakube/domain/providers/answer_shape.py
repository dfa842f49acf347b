# SPDX-License-Identifier: Apache-2.0
"""The shape of a provider's answers, without its values: what a schema drift shows in.

A shape maps each path (`data.episodes[].title`) to the JSON types seen there; of XML, the element names.
The same title asked twice by the same question has the same shape until the provider changes its API. What is
asked is compared as well, by digest: another question has another answer, which is no drift.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

Shape = dict[str, list[str]]
_DEEPEST = 40  # levels: a hostile answer must not exhaust the stack
_MOST_PATHS = 5_000
_ELEMENT = re.compile(r"<([a-zA-Z][\w.-]{0,79})")


class ShapeDrift(NamedTuple):
    """Paths that vanished, that appeared, and that changed their type."""

    vanished: list[str]
    appeared: list[str]
    changed: list[str]

    def __bool__(self) -> bool:
        return any(self)


def shape_of(bodies: Mapping[str, Any]) -> Shape:
    """The shape of a record's answers by part; pages of one part count as one."""
    found: dict[str, set[str]] = {}
    for part, body in bodies.items():
        for path, kind in _walk(part.partition("/")[0], body, 0):
            if path in found or len(found) < _MOST_PATHS:
                found.setdefault(path, set()).add(kind)
    return {path: sorted(kinds) for path, kinds in sorted(found.items())}


def question_of_parts(questions: Mapping[str, str]) -> dict[str, str]:
    """The question of each part of a record: that of its first page, as later ones depend on the answers."""
    first: dict[str, str] = {}
    for name in sorted(questions, key=_page):
        first.setdefault(name.partition("/")[0], questions[name])
    return first


def asked_anew(before: Mapping[str, str], now: Mapping[str, str], shape: Shape) -> list[str]:
    """Parts of the shape that another question was asked for, or none that is known."""
    return [part for part, question in now.items() if part in shape and before.get(part) != question]


def without(shape: Shape, parts: Collection[str]) -> Shape:
    """The shape of the other parts."""
    return {
        path: kinds for path, kinds in shape.items() if re.split(r"[.\[]", path, maxsplit=1)[0] not in parts
    }


def drift(before: Shape, now: Shape) -> ShapeDrift:
    """Changes of a shape; null says nothing about a type, and a field in an empty list may be absent."""
    known, seen = _typed(before), _typed(now)
    changed = {path for path in known.keys() & seen.keys() if not known[path] & seen[path]}

    def gone(path: str) -> bool:
        parent = _parent(path)
        return not path.endswith("[]") and parent in seen and parent not in changed

    return ShapeDrift(
        vanished=sorted(path for path in known.keys() - now.keys() if gone(path)),
        appeared=sorted(
            path for path in seen.keys() - before.keys() if _parent(path) in known.keys() - changed
        ),
        changed=sorted(changed),
    )


def _walk(path: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    yield path, _kind(value)
    if depth >= _DEEPEST:
        return
    if isinstance(value, str) and value.startswith("<?xml"):
        names = {match[1] for match in _ELEMENT.finditer(value)}
        yield from ((f"{path}.{name}", "element") for name in names)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(f"{path}.{str(key)[:80]}", inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(f"{path}[]", inner, depth + 1)


def _page(name: str) -> tuple[str, int]:
    part, _, page = name.partition("/")
    return part, int(page or 0)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {dict: "object", list: "array", str: "string", type(None): "null"}.get(type(value), "other")


def _typed(shape: Shape) -> dict[str, frozenset[str]]:
    return {path: told for path, kinds in shape.items() if (told := frozenset(kinds) - {"null"})}


def _parent(path: str) -> str:
    return path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0] or path
