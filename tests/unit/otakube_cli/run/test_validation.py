# SPDX-License-Identifier: Apache-2.0
"""A manifest is refused on one machine as by the API server: the same rules, and their own words."""

from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration.otakube_api.wrong import ENRICHMENTS, Wrong
from otakube.adapters.embedding.engine import onnxruntime
from otakube_api.v1alpha1 import validation
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichment
from otakube_cli.errors import ConsoleError
from otakube_cli.run import manifests
from otakube_cli.run.validation import admit, require_processor

SAMPLES = Path(__file__).parents[4] / "crds/samples"
SENTENCES = [rule.message for rule in vars(validation).values() if isinstance(rule, validation.Rule)]


def an_object(spec: Any, **changes: Any) -> dict[str, Any]:
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": "test"},
        "spec": spec,
    }
    return body | changes


@pytest.mark.parametrize("wrong", ENRICHMENTS, ids=lambda wrong: wrong.sentence)
def test_what_the_api_server_refuses_is_refused_with_the_cure_of_its_rule(wrong: Wrong) -> None:
    with pytest.raises(ConsoleError) as refused:
        admit(an_object(wrong.spec), "test.yaml")
    assert refused.value.code == 65
    message = str(refused.value)
    assert message.startswith("test.yaml: spec")
    of_rules = [words for words in wrong.says if any(words in sentence for sentence in SENTENCES)]
    assert [words for words in of_rules if words not in message] == []


def test_most_of_the_refusals_are_by_rules() -> None:
    words = list(chain.from_iterable(wrong.says for wrong in ENRICHMENTS))
    assert sum(any(one in sentence for sentence in SENTENCES) for one in words) > 20


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"anime": {"titel": "A"}}, "spec.anime.titel is 'A', but there is no such field: there are id"),
        ({"anime": {}, "review": {"policy": "Often"}}, "spec.review.policy is 'Often': input should be"),
        ({"anime": {"title": "A", "year": 3}}, "spec.anime.year is 3: input should be greater than"),
        ({"anime": {"title": "A", "year": "1998"}}, "spec.anime.year is '1998': input should be a valid"),
        ({"anime": {}, "providers": ["Kitsu", "Kitsu"]}, "spec.providers has 'Kitsu' more than once"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_field_its_value_and_the_cure(spec: Any, says: str) -> None:
    with pytest.raises(ConsoleError) as refused:
        admit(an_object(spec), "test.yaml")
    assert says in str(refused.value)


def test_unknown_fields_are_named_in_the_order_in_which_they_stand() -> None:
    unknown = [f"field{number}" for number in range(8)]
    with pytest.raises(ConsoleError) as refused:
        admit(an_object({"anime": {"title": "A"}}) | dict.fromkeys(unknown, 1), "test.yaml")
    message = str(refused.value)
    assert sorted(unknown, key=message.index) == unknown


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "EpisodeSchedule"}, "kind is 'EpisodeSchedule': only AnimeEnrichment is run"),
        ({"apiVersion": "v1"}, "apiVersion is 'v1': write otakube.dev/v1alpha1"),
        ({"metadata": {"name": "A B"}}, "metadata.name is 'A B': write lower-case letters"),
        ({"metadata": []}, "metadata.name is None"),
        ({"metadata": {"name": "a", "label": {"b": "c"}}}, "metadata.label is {'b': 'c'}, but there is no"),
        ({"metadata": {"name": "a", "labels": {"year": 2020}}}, "metadata.labels.year is 2020: input should"),
        ({"metadata": {"name": "a", "namespace": 1}}, "metadata.namespace is 1: input should be a valid"),
        ({"spec": None}, "spec is None: write spec.anime"),
    ],
)  # fmt: skip
def test_the_head_of_an_object_is_checked_too(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ConsoleError) as refused:
        admit(an_object({"anime": {"title": "A"}}) | changes, "test.yaml")
    assert says in str(refused.value)


def test_what_the_api_server_writes_into_an_object_is_no_fault() -> None:
    server = {
        "name": "a",
        "namespace": "anime",
        "uid": "5f0c",
        "generation": 2,
        "resourceVersion": "41",
        "creationTimestamp": "2026-04-01T12:00:00Z",
        "managedFields": [{"manager": "kubectl", "operation": "Apply"}],
        "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "b", "uid": "77"}],
        "labels": {"year": "2020"},
    }
    body = an_object(
        {"anime": {"title": "A"}}, metadata=server, status={"observedGeneration": "of a later release"}
    )
    assert admit(body, "test.yaml").metadata.namespace == "anime"


def test_a_gpu_that_this_machine_has_not_is_refused_for_all_that_ask_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asking(name: str, accelerator: str) -> AnimeEnrichment:
        spec = {"anime": {"title": "A"}, "accelerator": accelerator}
        return admit(an_object(spec, metadata={"name": name}), "test.yaml")

    given = [asking("a", "GPU"), asking("b", "Auto"), asking("c", "CPU"), asking("d", "GPU")]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(
        ConsoleError, match=r"^a, d: spec.accelerator is 'GPU', but ONNX Runtime has"
    ) as refused:
        require_processor(given)
    assert refused.value.code == 65
    require_processor(given[1:3])
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    require_processor(given)


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_sample_of_the_kind_is_admitted(file: Path) -> None:
    for body in yaml.safe_load_all(file.read_text()):
        if body["kind"] == "AnimeEnrichment":
            assert admit(body, str(file)) == AnimeEnrichment.model_validate(body)


def test_a_title_becomes_an_object_and_a_folder_its_files(tmp_path: Path) -> None:
    [titled] = manifests.read(["Cowboy Bebop: Tengoku no Tobira"])
    assert (titled.metadata.name, titled.spec.anime.title) == (
        "cowboy-bebop-tengoku-no-tobira",
        "Cowboy Bebop: Tengoku no Tobira",
    )
    for name in ("b", "a"):
        (tmp_path / f"{name}.yaml").write_text(
            yaml.safe_dump(an_object({"anime": {"title": name}}, metadata={"name": name}))
        )
    assert [one.metadata.name for one in manifests.read([str(tmp_path)])] == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "says"),
    [(["A", "a"], "two objects are named 'a'"), (["absent.yaml"], "there is no file absent.yaml")],
)
def test_what_cannot_be_read_is_named(given: list[str], says: str) -> None:
    with pytest.raises(ConsoleError, match=says):
        manifests.read(given)
