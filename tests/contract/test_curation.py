# SPDX-License-Identifier: Apache-2.0
"""The workflows that people submit agree with the console that submits them and the command that they run."""

from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from charts import SETS, render
from lock_builders import same
from otakube.commands.curate import app
from otakube.domain.locks.change import PAYLOAD_LIMIT, split_to_payloads
from otakube_api.contract import MERGE_LOCKS_TEMPLATE, OUTPUTS_FOLDER, PAYLOAD, Output
from otakube_cli.workflow import manifest
from otakube_cluster import binaries, settings
from otakube_workflows import render as workflows

ENVIRONMENT_LIMIT = 128 * 1024  # bytes of one variable: MAX_ARG_STRLEN of Linux


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((workflows.FOLDER / f"{MERGE_LOCKS_TEMPLATE}.yaml").read_text())
    return made


@pytest.fixture(scope="module")
def template(shipped: dict[str, Any]) -> dict[str, Any]:
    (only,) = shipped["spec"]["templates"]
    return dict(only)


def test_what_the_console_submits_is_what_the_template_asks_for(shipped: dict[str, Any]) -> None:
    submitted = manifest(MERGE_LOCKS_TEMPLATE, {PAYLOAD: ""})["spec"]
    assert submitted["workflowTemplateRef"]["name"] == shipped["metadata"]["name"]
    given = [parameter["name"] for parameter in submitted["arguments"]["parameters"]]
    wanted = [parameter["name"] for parameter in shipped["spec"]["arguments"]["parameters"]]
    assert given == wanted == [PAYLOAD]


def test_the_entrypoint_takes_its_inputs_from_the_arguments(
    shipped: dict[str, Any], template: dict[str, Any]
) -> None:
    assert shipped["spec"]["entrypoint"] == template["name"]
    assert template["inputs"]["parameters"] == [{"name": PAYLOAD}]


def test_the_real_parser_takes_the_container_s_arguments(template: dict[str, Any]) -> None:
    container = template["container"]
    assert container["command"] == ["otakube", "curate", "locks"]
    assert container["args"] == [f"--payload={{{{inputs.parameters.{PAYLOAD}}}}}"]
    group = typer.main.get_command(app)
    command = group.get_command(typer.Context(group), "locks")  # type: ignore[attr-defined]  # a typer group
    assert command.make_context("locks", container["args"]).params["payload"]


def test_the_report_is_never_left_out_silently(template: dict[str, Any]) -> None:
    wanted = {"path": f"{OUTPUTS_FOLDER}/{Output.REPORT}"}
    assert template["outputs"]["parameters"] == [{"name": Output.REPORT.value, "valueFrom": wanted}]


def test_two_curators_wait_for_each_other(shipped: dict[str, Any]) -> None:
    assert shipped["spec"]["synchronization"] == {"mutexes": [{"name": MERGE_LOCKS_TEMPLATE}]}


def test_the_pod_gets_the_document_store_s_secret_and_no_other(template: dict[str, Any]) -> None:
    (secret,) = (volume["secret"] for volume in template["volumes"] if "secret" in volume)
    assert [item["key"] for item in secret["items"]] == ["otakube_mongodb_uri"]


def test_a_full_payload_fits_the_variable_in_which_argo_hands_a_pod_its_template(
    template: dict[str, Any],
) -> None:
    locks = [same(n, n * 7 + 1, note=f"seen in chapter {n * 7919 % 10007}") for n in range(1, 4000)]
    longest = max((payload for _, payload in split_to_payloads(locks)), key=len)
    assert len(longest) > PAYLOAD_LIMIT / 4
    filled = yaml.safe_dump(template).replace(f"{{{{inputs.parameters.{PAYLOAD}}}}}", "x" * PAYLOAD_LIMIT)
    assert len(filled) + PAYLOAD_LIMIT < ENVIRONMENT_LIMIT


@pytest.fixture(scope="module")
def helm() -> Path:
    return binaries.program("helm", settings.load().cache)


def test_a_curator_may_submit_and_read_and_nothing_else(helm: Path) -> None:
    documents = render(helm, next(chosen for chosen in SETS if chosen.name == "otakube dev-values"))
    named = {(d["kind"], d["metadata"]["name"]): d for d in documents}
    assert named["Role", "otakube-curator"]["rules"] == [
        {"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["create", "get"]},
        {
            "apiGroups": [""],
            "resources": ["services/proxy"],
            "resourceNames": ["otakube-catalogue:8080", "otakube-catalogue-internal:8081"],
            "verbs": ["get"],
        },
    ]
    binding = named["RoleBinding", "otakube-curator"]
    assert binding["roleRef"]["name"] == "otakube-curator"
    assert [subject["name"] for subject in binding["subjects"]] == ["ilse"]


def test_nobody_is_a_curator_unless_the_values_say_so(helm: Path) -> None:
    documents = render(helm, next(chosen for chosen in SETS if chosen.name == "otakube kind-values"))
    named = {(d["kind"], d["metadata"]["name"]) for d in documents}
    assert ("Role", "otakube-curator") in named
    assert ("RoleBinding", "otakube-curator") not in named
