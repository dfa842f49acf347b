# SPDX-License-Identifier: Apache-2.0
"""Admits an AnimeEnrichment as the API server does: the schema's fields and types, then its CEL rules.

Schema and rules are those of the CRD, so what `kubectl apply` refuses is refused here in the same words.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import cel
from pydantic import ValidationError

from otakube_api.contract import EXIT, one_line
from otakube_api.schema import RULES, JsonSchema, structural
from otakube_api.v1alpha1.anime_enrichment import KIND, AnimeEnrichment, AnimeEnrichmentSpec
from otakube_api.v1alpha1.meta import API_VERSION
from otakube_cli.errors import ConsoleError

LIST_TYPE = "x-kubernetes-list-type"
_TOP_LEVEL = {"apiVersion", "kind", "metadata", "spec", "status"}
_BEFORE = "oldSelf"  # rules over a change: whoever calls compares with what was run before
_FUNCTIONS = {"trim": str.strip}  # of Kubernetes' string library, which CEL itself has not


def admit(body: Any, where: str) -> AnimeEnrichment:
    """The object with its defaults; ConsoleError names each fault by field, value and cure."""
    faults = [*_head(body)] or [*_spec(body["spec"])]
    if faults:
        raise ConsoleError(f"{where}: {'; '.join(faults)}", code=EXIT.fatal)
    return AnimeEnrichment.model_validate(body)


def _head(body: Any) -> Iterator[str]:
    """Faults of what every Kubernetes object has."""
    if not isinstance(body, dict):
        yield f"{_quoted(body)} is no object: write apiVersion, kind, metadata and spec"
        return
    for name in body.keys() - _TOP_LEVEL:
        known = ", ".join(sorted(_TOP_LEVEL))
        yield f"{name} is {_quoted(body[name])}, but there is no such field: there are {known}"
    if body.get("apiVersion") != API_VERSION:
        yield f"apiVersion is {_quoted(body.get('apiVersion'))}: write {API_VERSION}"
    if body.get("kind") != KIND.name:
        yield f"kind is {_quoted(body.get('kind'))}: only {KIND.name} is run on one machine"
    name = (body.get("metadata") or {}).get("name") if isinstance(body.get("metadata"), dict) else None
    if not isinstance(name, str) or not cel.evaluate(
        "self.matches('^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$')", {"self": name}
    ):
        yield f"metadata.name is {_quoted(name)}: write lower-case letters, digits, '-' and '.'"
    if not isinstance(body.get("spec"), dict):
        yield f"spec is {_quoted(body.get('spec'))}: write spec.anime, with one of id, sourceUrls and title"


def _spec(spec: dict[str, Any]) -> list[str]:
    schema = structural(AnimeEnrichmentSpec)
    if faults := [*_misplaced(schema, spec, "spec")]:
        return faults
    try:
        # As JSON and strictly: the API server turns no text into a number.
        parsed = AnimeEnrichmentSpec.model_validate_json(json.dumps(spec, default=str), strict=True)
    except ValidationError as error:
        return [_fault(one) for one in error.errors()]
    return [*_broken(schema, parsed.to_body(), "spec")]


def _misplaced(schema: JsonSchema, value: Any, path: str) -> Iterator[str]:
    """Fields that the schema has not, which would be ignored in silence, and values that are given twice."""
    if isinstance(value, dict) and "properties" in schema:
        for name, child in value.items():
            if name in schema["properties"]:
                yield from _misplaced(schema["properties"][name], child, f"{path}.{name}")
            else:
                known = ", ".join(schema["properties"])
                yield f"{path}.{name} is {_quoted(child)}, but there is no such field: there are {known}"
    if isinstance(value, list) and schema.get(LIST_TYPE) == "set":
        for twice in {str(one) for one in value if value.count(one) > 1}:
            yield f"{path} has {_quoted(twice)} more than once: name it once"


def _fault(error: Mapping[str, Any]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    if error["type"] == "missing":
        return f"spec{path} is missing: it is required"
    return f"spec{path} is {_quoted(error['input'])}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _broken(schema: JsonSchema, value: Any, path: str) -> Iterator[str]:
    """Rules that do not hold, from the outside in; each message names the cure."""
    for rule in schema.get(RULES, []):
        if _BEFORE not in rule["rule"] and not _holds(rule["rule"], value):
            yield f"{path} is {_quoted(value)}: {rule['message']}"
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _broken(schema.get("properties", {}).get(name, {}), child, f"{path}.{name}")
    if isinstance(value, list):
        for number, child in enumerate(value):
            yield from _broken(schema.get("items", {}), child, f"{path}[{number}]")


def _holds(rule: str, value: Any) -> bool:
    context = cel.Context(variables={"self": value}, functions=_FUNCTIONS)
    return bool(cel.evaluate(rule, context))


def _quoted(value: Any) -> str:
    return one_line(repr(value))[:200]
