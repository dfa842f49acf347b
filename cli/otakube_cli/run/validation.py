# SPDX-License-Identifier: Apache-2.0
"""Admits an object as the API server does: the schema's fields and types, then its CEL rules.

Schema and rules are those of the CRD, so what `kubectl apply` refuses is refused here in the same words.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from pydantic import ValidationError

from otakube_api.contract import EXIT, Accelerator, one_line
from otakube_api.schema import RULES, JsonSchema, structural
from otakube_api.v1alpha1.anime_enrichment import KIND, AnimeEnrichment, AnimeEnrichmentSpec
from otakube_api.v1alpha1.episode_schedule import KIND as SCHEDULE
from otakube_api.v1alpha1.episode_schedule import EpisodeScheduleSpec
from otakube_api.v1alpha1.meta import API_VERSION, ApiType, Kind, ObjectMeta
from otakube_cli.errors import ConsoleError

LIST_TYPE = "x-kubernetes-list-type"
LIST_KEYS = "x-kubernetes-list-map-keys"
_TOP_LEVEL = {"apiVersion", "kind", "metadata", "spec", "status"}
_OF_METADATA = (
    "name", "namespace", "labels", "annotations", "finalizers", "ownerReferences", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "generateName", "generation", "managedFields",
    "resourceVersion", "selfLink", "uid",
)  # fmt: skip
"""Fields of Kubernetes' ObjectMeta, the server's own too: `kubectl get -o yaml` prints them."""
_BEFORE = "oldSelf"  # rules over a change: whoever calls compares with what was run before
_FUNCTIONS = {"trim": str.strip}  # of Kubernetes' string library, which CEL itself has not


def admit(body: Any, where: str) -> AnimeEnrichment:
    """The object with its defaults; ConsoleError names each fault by field, value and cure."""
    wanted = f"only {KIND.name} is run on one machine", "id, sourceUrls and title"
    _require_valid(body, where, KIND, AnimeEnrichmentSpec, *wanted)
    return AnimeEnrichment.model_validate({name: body[name] for name in body.keys() - {"status"}})


def admit_schedule(body: Any, where: str) -> None:
    """Pass an EpisodeSchedule; ConsoleError names each fault by field, value and cure."""
    wanted = f"write {SCHEDULE.name}", "id and sourceUrls"
    _require_valid(body, where, SCHEDULE, EpisodeScheduleSpec, *wanted)


def _require_valid(
    body: Any, where: str, kind: Kind, spec: type[ApiType], other_kind: str, names: str
) -> None:
    faults = [*_head(body, kind, other_kind, names)] or [*_spec(body["spec"], spec)]
    if faults:
        raise ConsoleError(f"{where}: {'; '.join(faults)}", code=EXIT.fatal)


def require_processor(enrichments: Sequence[AnimeEnrichment]) -> None:
    """ConsoleError where a GPU is asked for that is not there: `embed` would find out after the rest."""
    asking = [one.metadata.name for one in enrichments if one.spec.accelerator is Accelerator.GPU]
    if not asking:
        return
    from otakube.adapters.embedding.engine import onnxruntime
    from otakube.adapters.embedding.processors import GPU_PROVIDER

    there = onnxruntime.get_available_providers()
    if GPU_PROVIDER not in there:
        raise ConsoleError(
            f"{', '.join(asking)}: spec.accelerator is 'GPU', but ONNX Runtime has no {GPU_PROVIDER} here, "
            f"only {', '.join(there)}: write CPU or Auto, or install onnxruntime-gpu",
            code=EXIT.fatal,
        )


def _head(body: Any, kind: Kind, other_kind: str, names: str) -> Iterator[str]:
    """Faults of what every Kubernetes object has."""
    if not isinstance(body, dict):
        yield f"{_quoted(body)} is no object: write apiVersion, kind, metadata and spec"
        return
    for name in body:
        if name in _TOP_LEVEL:
            continue
        known = ", ".join(sorted(_TOP_LEVEL))
        yield f"{name} is {_quoted(body[name])}, but there is no such field: there are {known}"
    if body.get("apiVersion") != API_VERSION:
        yield f"apiVersion is {_quoted(body.get('apiVersion'))}: write {API_VERSION}"
    if body.get("kind") != kind.name:
        yield f"kind is {_quoted(body.get('kind'))}: {other_kind}"
    yield from _metadata(body.get("metadata"))
    if not isinstance(body.get("spec"), dict):
        yield f"spec is {_quoted(body.get('spec'))}: write spec.anime, with one of {names}"


def _metadata(metadata: Any) -> Iterator[str]:
    """Faults of the part that the API server owns."""
    fields = metadata if isinstance(metadata, dict) else {}
    name = fields.get("name")
    if not isinstance(name, str) or not re.fullmatch("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", name):
        yield f"metadata.name is {_quoted(name)}: write lower-case letters, digits, '-' and '.'"
        return
    yield from _misplaced({"properties": {key: {} for key in _OF_METADATA}}, fields, "metadata")
    try:
        ObjectMeta.model_validate_json(json.dumps(fields, default=str), strict=True)
    except ValidationError as error:
        yield from (_fault(one, "metadata") for one in error.errors())


def _spec(spec: dict[str, Any], model: type[ApiType]) -> list[str]:
    schema = structural(model)
    if faults := [*_misplaced(schema, spec, "spec")]:
        return faults
    try:
        # As JSON and strictly: the API server turns no text into a number.
        parsed = model.model_validate_json(json.dumps(spec, default=str), strict=True)
    except ValidationError as error:
        return [_fault(one) for one in error.errors()]
    # The extra `run` has CEL; what needs no more than the schema does without the rules.
    return [*_broken(schema, parsed.to_body(), "spec")] if find_spec("cel") else []


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
        yield from _repeated(value, path)
    if isinstance(value, list) and schema.get(LIST_TYPE) == "map":
        [key] = schema[LIST_KEYS]
        yield from _repeated([one.get(key) for one in value if isinstance(one, dict)], path, f"{key} ")
    if isinstance(value, list):
        for number, child in enumerate(value):
            yield from _misplaced(schema.get("items", {}), child, f"{path}[{number}]")


def _repeated(values: Sequence[Any], path: str, what: str = "") -> Iterator[str]:
    for number, value in enumerate(values):
        if value in values[:number] and value not in values[number + 1 :]:
            yield f"{path} has {what}{_quoted(value)} more than once: name it once"


def _fault(error: Mapping[str, Any], root: str = "spec") -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    if error["type"] == "missing":
        return f"{root}{path} is missing: it is required"
    return f"{root}{path} is {_quoted(error['input'])}: {error['msg'][:1].lower()}{error['msg'][1:]}"


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
    import cel

    context = cel.Context(variables={"self": value}, functions=_FUNCTIONS)
    return bool(cel.evaluate(rule, context))


def _quoted(value: Any) -> str:
    return one_line(repr(value))[:200]
