# SPDX-License-Identifier: Apache-2.0
"""The shipped workflows agree with the operator, with the steps, and with themselves."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from otakube.commands import dataset_sync
from otakube.commands.catalog_restore import app as restore_app
from otakube.commands.step import app
from otakube.settings import Settings
from otakube_api.contract import (
    EXIT,
    OUTPUTS_FOLDER,
    PLANNER_CRON_WORKFLOW,
    RESTORE_TEMPLATE,
    SCRUB_CRON_WORKFLOW,
    SECRETS_FOLDER,
    STEP_CONFIG_MAP,
    STEP_SECRET,
    SYNC_TEMPLATE,
    TEMPLATE,
    EnrichmentOrder,
    EnrichmentPolicy,
    NewerContent,
    Node,
    Parameter,
    RestoreNode,
    RestoreParameter,
    ReviewOutput,
    SyncNode,
)
from otakube_api.providers import PROFILES, secret_key
from otakube_operator.enrichment.observed import Enrichment, read_enrichment
from otakube_operator.enrichment.workflows import NewRun, manifest
from otakube_workflows import render
from otakube_workflows.planner import ACCOUNT_FOLDER

SAMPLES = Path(__file__).parents[2] / "crds/samples"
STEPS = [node for node in Node if node is not Node.REVIEW]


def shipped(name: str) -> dict[str, Any]:
    return yaml.safe_load((render.FOLDER / f"{name}.yaml").read_text())


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return shipped(TEMPLATE)["spec"]


@pytest.fixture(scope="module")
def templates(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {template["name"]: template for template in spec["templates"]}


@pytest.fixture(scope="module")
def tasks(templates: dict[str, dict[str, Any]], spec: dict[str, Any]) -> list[dict[str, Any]]:
    return templates[spec["entrypoint"]]["dag"]["tasks"]


def containers() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(template name, the workflow's spec, the template) of every container that is shipped."""
    for path in sorted(render.FOLDER.glob("*.yaml")):
        spec = yaml.safe_load(path.read_text())["spec"]
        yield from ((t["name"], spec, t) for t in spec.get("templates", []) if "container" in t)


each_container = pytest.mark.parametrize(
    ("spec", "template"), [pytest.param(s, t, id=name) for name, s, t in containers()]
)


def test_the_shipped_files_are_what_the_code_renders() -> None:
    assert render.stale() == []


def test_a_changed_missing_or_foreign_file_is_stale(tmp_path: Path) -> None:
    render.write(tmp_path)
    assert render.stale(tmp_path) == []
    (tmp_path / f"{TEMPLATE}.yaml").write_text("kind: Other\n")
    (tmp_path / "otakube-scrub.yaml").unlink()
    (tmp_path / "foreign.yaml").write_text("")
    assert render.stale(tmp_path) == ["foreign.yaml", f"{TEMPLATE}.yaml", "otakube-scrub.yaml"]
    render.write(tmp_path)
    assert render.stale(tmp_path) == []


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_hash_seed_changes_no_byte(seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    check = [sys.executable, "-m", "otakube_workflows.render", "--check"]
    done = subprocess.run(check, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_operator_s_arguments_are_the_template_s_parameters(spec: dict[str, Any]) -> None:
    body = yaml.safe_load((SAMPLES / "straight-through.yaml").read_text())
    body["metadata"] |= {"namespace": "otakube", "uid": "u", "generation": 1, "resourceVersion": "1"}
    enrichment = read_enrichment(body)
    assert isinstance(enrichment, Enrichment)
    workflow = manifest(NewRun(enrichment, attempt=1), gpu=False)
    assert workflow["spec"]["workflowTemplateRef"] == {"name": TEMPLATE}
    given = {
        parameter["name"]: parameter["value"] for parameter in workflow["spec"]["arguments"]["parameters"]
    }
    wanted = {parameter["name"]: parameter for parameter in spec["arguments"]["parameters"]}
    assert list(given) == list(wanted) == list(Parameter)
    for name, value in given.items():
        assert isinstance(value, str)
        assert value in wanted[name].get("enum", [value])


def test_the_graph_is_the_contract_s_nodes_in_order(
    tasks: list[dict[str, Any]], templates: dict[str, Any], spec: dict[str, Any]
) -> None:
    assert [task["name"] for task in tasks] == [node for node in Node if node is not Node.CONCLUDE]
    assert all(task["template"] == task["name"] for task in tasks)
    assert spec["onExit"] == Node.CONCLUDE
    assert set(templates) == {*Node, spec["entrypoint"]}


@pytest.mark.parametrize("node", STEPS)
def test_the_real_step_parser_takes_a_container_s_arguments(node: Node, templates: dict[str, Any]) -> None:
    container = templates[node]["container"]
    assert container["command"] == ["otakube", "step", node]
    group = typer.main.get_command(app)
    command = group.get_command(typer.Context(group), node)  # type: ignore[attr-defined]  # a typer group
    arguments = [re.sub(r"{{.*(generation|attempt)}}", "1", argument) for argument in container["args"]]
    context = command.make_context(node, arguments)
    given = {argument.removeprefix("--").split("=")[0].replace("-", "_") for argument in arguments}
    assert given <= set(context.params)


@pytest.mark.parametrize("node", STEPS)
def test_every_argument_is_one_word_so_that_a_leading_dash_is_harmless(
    node: Node, templates: dict[str, Any]
) -> None:
    for argument in templates[node]["container"]["args"]:
        assert re.fullmatch(r"--[a-z-]+={{((inputs\.parameters|workflow)\.[a-z.-]+|=[^{}]+)}}", argument)


@pytest.mark.parametrize("node", [node for node in STEPS if node is not Node.CONCLUDE])
def test_a_task_gives_exactly_the_inputs_of_its_template(
    node: Node, tasks: list[dict[str, Any]], templates: dict[str, Any]
) -> None:
    (task,) = (task for task in tasks if task["name"] == node)
    given = [parameter["name"] for parameter in task.get("arguments", {}).get("parameters", [])]
    assert given == [parameter["name"] for parameter in templates[node]["inputs"]["parameters"]]


def test_every_reference_names_a_task_and_an_output_that_exist(
    tasks: list[dict[str, Any]], templates: dict[str, Any]
) -> None:
    text = yaml.safe_dump(tasks)
    names = {task["name"] for task in tasks}
    for depends in (task["depends"] for task in tasks if "depends" in task):
        assert set(re.findall(r"\b[a-z]+\b", depends)) <= names
    plain = text.replace("?.", ".")
    referred = re.findall(r"tasks\.([a-z-]+)\.(?:outputs\.parameters\.([a-z-]+)|status)", plain)
    assert referred
    for name, output in referred:
        outputs = [p["name"] for p in templates[name].get("outputs", {}).get("parameters", [])]
        assert name in names
        assert not output or output in outputs


def test_every_parameter_reference_is_an_argument_of_the_template(spec: dict[str, Any]) -> None:
    referred = set(re.findall(r"workflow\.parameters(?:\.|\['+)([a-z-]+)", yaml.safe_dump(spec)))
    assert referred <= set(Parameter)


def test_every_output_that_a_step_may_leave_out_has_a_default(templates: dict[str, Any]) -> None:
    without = {
        f"{name}/{output['name']}"
        for name, template in templates.items()
        for output in template.get("outputs", {}).get("parameters", [])
        if "default" not in output["valueFrom"]
    }
    assert without == {"assemble/review", "assemble/digest"}, "nothing passes the review without them"


def test_outputs_are_files_of_the_contract_s_folder(templates: dict[str, Any]) -> None:
    for node in STEPS:
        for output in templates[node].get("outputs", {}).get("parameters", []):
            assert output["valueFrom"]["path"] == f"{OUTPUTS_FOLDER}/{output['name']}"


def test_a_gate_that_nobody_answers_rejects(templates: dict[str, Any]) -> None:
    gate = templates[Node.REVIEW]
    supplied = {output["name"]: output["valueFrom"] for output in gate["outputs"]["parameters"]}
    assert set(supplied) == set(ReviewOutput)
    assert supplied[ReviewOutput.DECISION] == {"supplied": {}, "default": "reject"}
    assert supplied[ReviewOutput.NOTE] == supplied[ReviewOutput.REVIEWER] == {"supplied": {}, "default": ""}
    assert supplied[ReviewOutput.DIGEST] == {"supplied": {}, "default": ""}
    assert supplied[ReviewOutput.ACCEPTED] == {"supplied": {}, "default": "[]"}
    assert gate["suspend"] == {"duration": f"{{{{workflow.parameters.{Parameter.REVIEW_TIMEOUT}}}}}"}


def test_every_field_that_argo_s_page_shows_is_an_output_that_it_may_send(templates: dict[str, Any]) -> None:
    gate = templates[Node.REVIEW]
    fields = {field["name"]: field for field in gate["inputs"]["parameters"]}
    assert set(fields) <= {output["name"] for output in gate["outputs"]["parameters"]}
    assert all("default" in field and field["description"] for field in fields.values())
    decision = fields[ReviewOutput.DECISION]
    assert decision["enum"] == ["approve", "reject"]
    assert decision["default"] == "reject"
    assert all(name in decision["description"] for name in fields.keys() - {ReviewOutput.DECISION})


def test_nothing_is_embedded_or_committed_without_the_gate_s_word(tasks: list[dict[str, Any]]) -> None:
    wiring = {task["name"]: task for task in tasks}
    assert wiring[Node.REVIEW]["when"] == "{{tasks.assemble.outputs.parameters.review}} == Required"
    assert wiring[Node.EMBED]["when"] == (
        "{{=tasks.assemble.outputs.parameters.review == 'Skip'"
        " || ((tasks.review?.outputs?.parameters?.decision ?? 'reject') == 'approve'"
        " && date(tasks.review.finishedAt) < date(tasks.review.startedAt)"
        " + duration(workflow.parameters['review-timeout']))}}"
    )
    assert wiring[Node.COMMIT]["depends"] == f"{Node.EMBED}.Succeeded"


@pytest.mark.parametrize("node", [Node.EMBED, Node.COMMIT])
def test_what_a_person_accepts_reaches_embed_and_commit(node: Node, tasks: list[dict[str, Any]]) -> None:
    (task,) = (task for task in tasks if task["name"] == node)
    given = {parameter["name"]: parameter["value"] for parameter in task["arguments"]["parameters"]}
    assert given[ReviewOutput.ACCEPTED] == "{{=(tasks.review?.outputs?.parameters?.accepted ?? '[]')}}"


@pytest.mark.parametrize("node", [Node.EMBED, Node.COMMIT])
def test_embed_and_commit_are_told_which_record_was_reviewed(node: Node, tasks: list[dict[str, Any]]) -> None:
    (task,) = (task for task in tasks if task["name"] == node)
    given = {parameter["name"]: parameter["value"] for parameter in task["arguments"]["parameters"]}
    answered = "(tasks.review?.outputs?.parameters?.digest ?? '')"
    assert (
        given["digest"]
        == f"{{{{={answered} != '' ? {answered} : tasks.assemble.outputs.parameters.digest}}}}"
    )
    assert given["suggestions-digest"] == "{{tasks.assemble.outputs.parameters.suggestions-digest}}"


def test_the_workflow_outlives_the_longest_review(spec: dict[str, Any]) -> None:
    assert spec["activeDeadlineSeconds"] > 720 * 3600
    assert min(spec["ttlStrategy"].values()) >= 24 * 3600


def test_a_gpu_run_asks_for_the_gpu_pool(templates: dict[str, Any]) -> None:
    patch = templates[Node.EMBED]["podSpecPatch"]
    expression = re.fullmatch(r"{{=inputs\.parameters\.accelerator == 'GPU' \? '(.*)' : '{}'}}", patch)
    assert expression
    assert "}}" not in expression[1], "two braces in a row end Argo's expression"
    pod = yaml.safe_load(expression[1])
    assert pod["nodeSelector"] == {"nvidia.com/gpu.present": "true"}
    assert pod["containers"] == [{"name": "main", "resources": {"limits": {"nvidia.com/gpu": "1"}}}]


@each_container
def test_every_container_is_restricted(spec: dict[str, Any], template: dict[str, Any]) -> None:
    security = template["container"]["securityContext"]
    assert security["allowPrivilegeEscalation"] is False
    assert security["readOnlyRootFilesystem"] is True
    assert security["runAsNonRoot"] is True
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["executor"] == {"serviceAccountName": "otakube-executor"}
    planner = template["name"] == "plan-schedules"
    assert spec["serviceAccountName"] == ("otakube-planner" if planner else "otakube-step")


@each_container
def test_every_step_is_bounded_and_retried_unless_its_input_is_bad(
    spec: dict[str, Any], template: dict[str, Any]
) -> None:
    assert spec["activeDeadlineSeconds"] > template["activeDeadlineSeconds"] > 0
    retry = template["retryStrategy"]
    assert retry["retryPolicy"] == "Always"
    assert retry["limit"] > 0
    final = retry["expression"].split(" && ")
    assert f"asInt(lastRetry.exitCode) != {EXIT.fatal}" in final
    assert f"asInt(lastRetry.exitCode) != {EXIT.retriable}" not in final
    assert set(retry["backoff"]) == {"duration", "factor", "cap", "maxDuration"}
    assert template["container"]["resources"]["requests"]["cpu"] == "50m"
    assert "memory" in template["container"]["resources"]["limits"]


@each_container
def test_settings_are_environment_and_secrets_are_files(
    spec: dict[str, Any], template: dict[str, Any]
) -> None:
    container = template["container"]
    assert container["envFrom"] == [{"configMapRef": {"name": STEP_CONFIG_MAP}}]
    assert container["env"] == [
        {
            "name": "OTAKUBE_MEMORY_LIMIT_BYTES",
            "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}},
        }
    ]
    assert "memory_limit_bytes" in Settings.model_fields
    mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
    account = {ACCOUNT_FOLDER} if template["name"] == "plan-schedules" else set()
    assert set(mounts) == {"/tmp", SECRETS_FOLDER} | account
    assert mounts[SECRETS_FOLDER]["readOnly"] is True
    (secret,) = (volume["secret"] for volume in template["volumes"] if "secret" in volume)
    assert secret["secretName"] == STEP_SECRET
    assert all(item["key"] == item["path"] for item in secret["items"])


def test_the_planner_alone_holds_a_token_and_goes_by_the_time_that_it_was_scheduled_for() -> None:
    cron, template = shipped(f"{PLANNER_CRON_WORKFLOW}-schedule")["spec"], shipped(PLANNER_CRON_WORKFLOW)
    assert (cron["schedules"], cron["timezone"], cron["concurrencyPolicy"]) == (
        ["5 0 * * *"],
        "UTC",
        "Forbid",
    )
    assert cron["workflowSpec"] == {"workflowTemplateRef": {"name": PLANNER_CRON_WORKFLOW}}
    spec = template["spec"]
    assert spec["workflowMetadata"]["annotations"], (
        "the expression reads a map, and Argo writes null for none"
    )
    [plan] = spec["templates"]
    assert plan["container"]["command"] == ["otakube", "plan-schedules"]
    assert "--scheduled-time={{=" in plan["container"]["args"][1]
    [projected] = [volume["projected"] for volume in plan["volumes"] if "projected" in volume]
    assert [list(source) for source in projected["sources"]] == [["serviceAccountToken"], ["configMap"]]


def test_a_sync_enriches_in_one_pod_that_is_given_what_its_command_takes() -> None:
    sync = shipped(SYNC_TEMPLATE)["spec"]
    named = {template["name"]: template for template in sync["templates"]}
    [enrich] = [task for task in named[sync["entrypoint"]]["dag"]["tasks"] if task["name"] == SyncNode.ENRICH]
    assert enrich == {
        "name": "enrich-listed",
        "template": "enrich-listed",
        "depends": "apply-week.Succeeded",
        "when": "{{workflow.parameters.enrich}} != Off",
    }
    container = named[SyncNode.ENRICH]["container"]
    words = [word.partition("=")[0] for word in container["args"]]
    command: Any = typer.main.get_command(dataset_sync.app)
    known = {option for each in command.commands["enrich"].params for option in each.opts}
    assert container["command"][1:] == ["dataset-sync", "enrich"]
    assert set(words) == {"--sync", "--policy", "--order", "--max-per-run", "--work"}
    assert set(words) <= known
    parameters = {each["name"]: each for each in sync["arguments"]["parameters"]}
    used = set(re.findall(r"workflow\.parameters\.([a-z-]+)", " ".join(container["args"])))
    assert used <= parameters.keys()
    assert parameters["enrich"]["enum"] == list(EnrichmentPolicy)
    assert parameters["enrich-order"]["enum"] == list(EnrichmentOrder)
    assert sync["activeDeadlineSeconds"] >= named[SyncNode.ENRICH]["activeDeadlineSeconds"]


def test_fetch_mounts_the_secret_of_every_provider_that_has_one(templates: dict[str, Any]) -> None:
    (secret,) = (volume["secret"] for volume in templates[Node.FETCH]["volumes"] if "secret" in volume)
    wanted = {secret_key(one, name) for one, profile in PROFILES.items() for name in profile.secrets}
    assert wanted == {item["key"] for item in secret["items"] if "providers" in item["key"]} != set()


def test_a_step_mounts_no_secret_of_a_store_that_it_never_reaches(templates: dict[str, Any]) -> None:
    def mounted(node: Node) -> set[str]:
        (secret,) = (volume["secret"] for volume in templates[node]["volumes"] if "secret" in volume)
        return {item["key"].removeprefix("otakube_").split("_")[0] for item in secret["items"]}

    assert {node: mounted(node) for node in STEPS} == {
        Node.FETCH: {"s3", "mongodb", "redis", "providers"},
        Node.STAGE: {"s3"},
        Node.ASSEMBLE: {"s3", "mongodb", "suggestion"},
        Node.EMBED: {"s3"},
        Node.COMMIT: {"s3", "mongodb", "qdrant"},
        Node.CONCLUDE: {"s3", "mongodb"},
    }


@pytest.mark.parametrize(
    ("name", "command"),
    [
        (SCRUB_CRON_WORKFLOW, ["otakube", "scrub"]),
        (f"{SCRUB_CRON_WORKFLOW}-full", ["otakube", "scrub", "--full"]),
    ],
)
def test_the_scrubber_runs_in_utc_alone_and_makes_up_for_a_missed_tick(name: str, command: list[str]) -> None:
    cron = shipped(f"{name}-schedule")["spec"]
    assert cron["timezone"] == "UTC"
    assert cron["concurrencyPolicy"] == "Forbid"
    assert cron["startingDeadlineSeconds"] > 0
    assert cron["workflowSpec"] == {"workflowTemplateRef": {"name": name}}
    template = shipped(name)
    assert template["metadata"]["name"] == name
    assert template["spec"]["templates"][0]["container"]["command"] == command


def test_the_operator_starts_a_restore_with_the_arguments_of_its_template() -> None:
    wanted = {each["name"]: each for each in shipped(RESTORE_TEMPLATE)["spec"]["arguments"]["parameters"]}
    assert list(wanted) == list(RestoreParameter)
    assert set(wanted[RestoreParameter.NEWER_CONTENT]["enum"]) == set(NewerContent)
    assert wanted[RestoreParameter.DRY_RUN]["value"] == "true", "whoever submits it by hand gets a plan"


@pytest.mark.parametrize("node", RestoreNode)
def test_the_real_parser_takes_the_arguments_of_a_restore_s_container(node: RestoreNode) -> None:
    [template] = [each for each in shipped(RESTORE_TEMPLATE)["spec"]["templates"] if each["name"] == node]
    container = template["container"]
    assert container["command"][:2] == ["otakube", "catalog-restore"]
    group = typer.main.get_command(restore_app)
    command = group.get_command(typer.Context(group), container["command"][2])  # type: ignore[attr-defined]  # a typer group
    values = {"newer-content": "Keep", "merge-locks": "IfNone"}
    arguments = [
        re.sub(r"{{.*parameters\.([a-z-]+)}}", lambda it: values.get(it[1], "1"), each)
        for each in container["args"]
    ]
    given = {each.removeprefix("--").split("=")[0].replace("-", "_") for each in container["args"]}
    assert given <= set(command.make_context(node, arguments).params)
