# SPDX-License-Identifier: Apache-2.0
"""The generated CRDs are what the types say, and keep the conventions of Kubernetes' own API linter."""

import re
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration.otakube_api.wrong import SAID
from otakube_api import manifests
from otakube_api.contract import FailureReason, PodReason
from otakube_api.pages import fields, rule_messages
from otakube_api.reasons import ConditionType, Reason
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason

ROOT = Path(__file__).parents[2]
SOURCES = {source.kind.name: source for source in manifests.kind_models()}
SCHEMAS = {name: source.schema["properties"] for name, source in SOURCES.items()}
FIELDS = {
    f"{kind}.{path}": (path, schema)
    for kind, properties in SCHEMAS.items()
    for part in ("spec", "status")
    for path, schema, _ in fields(properties[part], part)
}
MESSAGES = {
    (kind, message)
    for kind, properties in SCHEMAS.items()
    for _, message in rule_messages(properties["spec"], "spec")
}
WORDS: set[str] = {
    word for source in SOURCES.values() for word in (*source.kind.reasons, *source.kind.conditions)
}
COLUMNS = [(name, column) for name, source in SOURCES.items() for column in source.kind.columns]
LARGEST_SPEC = 64 * 1024  # bytes; kopf may copy a spec into an annotation, and all of them share 256 KiB


def own_and_items(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema, and that of its items if it is a list."""
    return [schema, *([schema["items"]] if "items" in schema else [])]


def test_what_is_committed_is_what_the_types_say() -> None:
    import_module("hera.workflows")  # changes how PyYAML writes line breaks, for the whole process
    assert manifests.difference(ROOT) == ""


@pytest.mark.parametrize("path", FIELDS)
def test_the_description_begins_with_the_serialised_name(path: str) -> None:
    _, schema = FIELDS[path]
    assert re.match(rf"{path.rpartition('.')[2]}\b", schema["description"])


@pytest.mark.parametrize("path", FIELDS)
def test_every_text_and_list_is_bounded(path: str) -> None:
    for schema in own_and_items(FIELDS[path][1]):
        if schema["type"] == "string" and schema.get("format") != "date-time":
            assert "maxLength" in schema or "enum" in schema
        if schema["type"] == "array":
            assert {"maxItems", "x-kubernetes-list-type"} <= schema.keys()


@pytest.mark.parametrize("path", FIELDS)
def test_numbers_are_bounded_integers(path: str) -> None:
    for schema in own_and_items(FIELDS[path][1]):
        assert schema["type"] != "number"
        if schema["type"] == "integer":
            assert {"minimum", "maximum", "format"} <= schema.keys()


@pytest.mark.parametrize("path", FIELDS)
def test_values_of_an_enumeration_are_in_pascal_case(path: str) -> None:
    for schema in own_and_items(FIELDS[path][1]):
        assert all(re.fullmatch(r"[A-Z][A-Za-z]*", value) for value in schema.get("enum", ()))


@pytest.mark.parametrize("path", FIELDS)
def test_a_moment_is_named_time_as_in_kubernetes_own_kinds(path: str) -> None:
    is_moment = FIELDS[path][1].get("format") == "date-time"
    assert not path.endswith("At")
    assert not is_moment or path.endswith(("Time", ".review.deadline", ".spec.until"))


@pytest.mark.parametrize("path", FIELDS)
def test_the_only_booleans_are_those_that_kubernetes_users_know(path: str) -> None:
    """suspend is CronJob's, dryRun every client's."""
    assert FIELDS[path][1]["type"] != "boolean" or path.endswith((".spec.suspend", ".spec.dryRun"))


@pytest.mark.parametrize("path", FIELDS)
def test_no_phase_of_our_own_but_of_a_job(path: str) -> None:
    """status.workflow.phase is Argo's word, copied; decision 0062 says why a job has one beside it."""
    jobs = ("CatalogRestore.status.phase", "DatasetSync.status.phase")
    assert not path.endswith(".phase") or path.endswith(".status.workflow.phase") or path in jobs


@pytest.mark.parametrize("path", [path for path in FIELDS if ".status." in path])
def test_a_status_has_no_defaults(path: str) -> None:
    assert "default" not in FIELDS[path][1]


@pytest.mark.parametrize("path", FIELDS)
def test_objects_are_closed_and_named(path: str) -> None:
    for schema in own_and_items(FIELDS[path][1]):
        assert schema["type"] != "object" or schema["properties"]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_conditions_come_first(kind: str) -> None:
    status = SCHEMAS[kind]["status"]["properties"]
    assert next(iter(status)) == "conditions"
    assert status["conditions"]["x-kubernetes-list-map-keys"] == ["type"]
    assert "observedGeneration" in status


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_largest_spec_fits_into_an_annotation(kind: str) -> None:
    assert largest(SCHEMAS[kind]["spec"]) <= LARGEST_SPEC


def largest(schema: dict[str, Any]) -> int:
    """The most bytes that a value of `schema` takes as JSON in UTF-8."""
    if schema["type"] == "object":
        return sum(len(name) + 4 + largest(child) for name, child in schema["properties"].items())
    if schema["type"] == "array":
        return int(schema["maxItems"]) * (largest(schema["items"]) + 1) + 2
    if schema["type"] == "string":
        return 4 * int(schema.get("maxLength", 64)) + 2
    return 20


@pytest.mark.parametrize(("kind", "message"), sorted(MESSAGES))
def test_a_rule_names_its_field_and_the_cure(kind: str, message: str) -> None:
    assert re.match(r"(spec|review)\b\S* .+", message)
    assert ":" in message, "the cure follows a colon"


@pytest.mark.parametrize(("kind", "message"), sorted(MESSAGES))
def test_a_rule_is_proved_against_a_real_api_server(kind: str, message: str) -> None:
    assert any(words in message for words in SAID if len(words) > 15)


@pytest.mark.parametrize(("kind", "message"), sorted(MESSAGES))
def test_the_reference_page_tells_the_rule(kind: str, message: str) -> None:
    assert message in (ROOT / f"docs/reference/{kind.lower()}.md").read_text()


@pytest.mark.parametrize(
    ("kind", "column"), COLUMNS, ids=[f"{kind} {column.name}" for kind, column in COLUMNS]
)
def test_a_column_shows_a_field_that_exists(kind: str, column: Any) -> None:
    path = re.sub(r"\[\?\(.*?\)\]", "[]", column.json_path).removeprefix(".")
    assert path == "metadata.creationTimestamp" or f"{kind}.{path}" in FIELDS


@pytest.mark.parametrize("kind", SOURCES)
def test_a_selectable_field_is_one_text_or_switch_that_exists(kind: str) -> None:
    for path in SOURCES[kind].kind.selectable_fields:
        assert FIELDS[f"{kind}{path}"][1]["type"] in {"string", "boolean", "integer"}


@pytest.mark.parametrize("kind", SOURCES)
def test_the_chart_keeps_the_crd_on_uninstall_and_is_else_the_same(kind: str) -> None:
    name = f"otakube.dev_{SOURCES[kind].kind.plural}.yaml"
    chart = (ROOT / "charts/otakube-crds/templates" / name).read_text()
    crd = yaml.safe_load(chart)

    assert "{{" not in chart
    assert crd["metadata"].pop("annotations") == {"helm.sh/resource-policy": "keep"}
    assert crd == yaml.safe_load((ROOT / "crds" / name).read_text())


@pytest.mark.parametrize("words", [FailureReason, PodReason])
def test_every_failure_of_a_step_or_its_pod_is_a_reason(words: type[StrEnum]) -> None:
    assert set(words) <= set(EnrichmentReason)


@pytest.mark.parametrize("word", sorted(WORDS), ids=str)
def test_a_word_fits_into_a_condition(word: str) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z]{1,62}", word)


def test_every_reason_and_condition_belongs_to_a_kind() -> None:
    declared = [*Reason.__subclasses__(), *ConditionType.__subclasses__()]
    assert {word for words in declared for word in words} == WORDS


@pytest.mark.parametrize("name", SOURCES)
def test_every_reason_and_condition_is_explained_on_the_page_of_its_kind(name: str) -> None:
    kind, page = SOURCES[name].kind, (ROOT / f"docs/reference/{name.lower()}.md").read_text()
    assert not [word for word in (*kind.reasons, *kind.conditions) if f"| `{word}` |" not in page]


@pytest.mark.parametrize("name", SOURCES)
def test_the_status_names_the_conditions_of_its_kind(name: str) -> None:
    said = SCHEMAS[name]["status"]["properties"]["conditions"]["description"]
    assert not [word for word in SOURCES[name].kind.conditions if word not in said]
