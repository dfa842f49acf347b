# SPDX-License-Identifier: Apache-2.0
"""Turns a pydantic model into a structural schema, the closed dialect of OpenAPI that a CRD takes.

References are inlined, `X | None` becomes X, titles go. What a structural schema cannot say is refused here,
with the path, since the API server would otherwise drop it silently or refuse the whole CRD.
"""

from typing import Any

from pydantic import BaseModel

JsonSchema = dict[str, Any]

RULES = "x-kubernetes-validations"
_KEPT = (
    "type", "format", "description", "default", "enum", "pattern", "minimum", "maximum",
    "minLength", "maxLength", "minItems", "maxItems", "required",
    RULES, "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
)  # fmt: skip
_DROPPED = ("title", "$defs", "additionalProperties")
EXACT = 2**53 - 1  # the API server keeps bounds as doubles: 2**63 - 1 turns into a negative one there


class NotStructural(ValueError):
    """A model says what a structural schema cannot; the message begins with the path of the field."""


def structural(model: type[BaseModel], *, defaults: bool = True) -> JsonSchema:
    """The schema of `model`; without `defaults` for a status, which must read back exactly as written."""
    schema = model.model_json_schema(mode="validation", by_alias=True)
    return _convert(schema, schema.get("$defs", {}), model.__name__, defaults)


def _convert(node: JsonSchema, definitions: JsonSchema, path: str, defaults: bool) -> JsonSchema:
    """One node and all below it."""
    flat = _flatten(node, definitions, path)
    _refuse_foreign_words(flat, path)
    out = {word: flat[word] for word in _KEPT if word in flat}
    if "properties" in flat:
        out["properties"] = {
            name: _convert(child, definitions, f"{path}.{name}", defaults)
            for name, child in flat["properties"].items()
        }
    if "items" in flat:
        out["items"] = _convert(flat["items"], definitions, f"{path}[]", defaults)
    return _finish(out, path, defaults)


def _flatten(node: JsonSchema, definitions: JsonSchema, path: str) -> JsonSchema:
    """Follow references and unwrap optionals; the outer words win, the rules of all layers hold."""
    flat = dict(node)
    while inner := _layer(flat, definitions, path):
        checks = [*flat.pop(RULES, []), *inner.get(RULES, [])]
        flat = {**inner, **flat} | ({RULES: checks} if checks else {})
    return flat


def _layer(flat: JsonSchema, definitions: JsonSchema, path: str) -> JsonSchema | None:
    """Take the next layer off `flat`, if there is one."""
    if reference := flat.pop("$ref", None):
        return dict(definitions[reference.removeprefix("#/$defs/")])
    if choices := flat.pop("anyOf", None):
        wanted = [choice for choice in choices if choice != {"type": "null"}]
        if len(wanted) != 1:
            raise NotStructural(f"{path}: a union of {len(wanted)} types; give it one type")
        return dict(wanted[0])
    return None


def _refuse_foreign_words(flat: JsonSchema, path: str) -> None:
    known = {*_KEPT, *_DROPPED, "properties", "items", "const"}
    if foreign := sorted(flat.keys() - known):
        raise NotStructural(f"{path}: {', '.join(foreign)} cannot be said in a structural schema")
    if flat.get("type") not in ("object", "array", "string", "integer", "boolean"):
        raise NotStructural(
            f"{path}: type {flat.get('type')} is not allowed; numbers are integers or strings"
        )


def _finish(out: JsonSchema, path: str, defaults: bool) -> JsonSchema:
    """Put defaults and integer formats as Kubernetes writes them."""
    default = out.pop("default", None)
    if defaults and default is not None:
        out["default"] = {} if out["type"] == "object" else default
    if out["type"] == "integer":
        if out.get("maximum", 2**63) > EXACT:
            raise NotStructural(f"{path}: an integer needs an upper bound of at most {EXACT}")
        out["format"] = "int32" if out["maximum"] < 2**31 else "int64"
    return out
