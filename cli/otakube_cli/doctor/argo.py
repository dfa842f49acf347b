# SPDX-License-Identifier: Apache-2.0
"""Checks of Argo: its types, its controller's version and pace, and what templates may do."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from otakube_api.contract import (
    CHECK_TEMPLATE,
    MERGE_LOCKS_TEMPLATE,
    PAYLOAD,
    RESTORE_TEMPLATE,
    SYNC_TEMPLATE,
    TEMPLATE,
    Parameter,
    RestoreParameter,
    SyncParameter,
)
from otakube_api.durations import parse_duration
from otakube_cli.cluster import Resource
from otakube_cli.doctor.diagnosis import Diagnosis, DiagnosisState, Installation, differs

WANTED = "Secure"
SUPPORTED = (4, 1)
REQUEUE_DEFAULT, REQUEUE_LIMIT = "10s", timedelta(seconds=2)
CONTROLLER = "workflow-controller"
TEMPLATES = Resource("argoproj.io/v1alpha1", "workflowtemplates", "workflowtemplate")
NEEDED = {
    TEMPLATE: {parameter.value for parameter in Parameter},
    SYNC_TEMPLATE: {parameter.value for parameter in SyncParameter},
    RESTORE_TEMPLATE: {parameter.value for parameter in RestoreParameter},
    MERGE_LOCKS_TEMPLATE: {PAYLOAD},
    CHECK_TEMPLATE: {"title"},
}
"""The arguments that operator and command line give to each template."""


async def types(installation: Installation) -> list[Diagnosis]:
    """Does the API server serve Argo's kinds?"""
    check = "Argo's types"
    found = await installation.read("/apis/argoproj.io/v1alpha1")
    served = {each["name"] for each in (found or {}).get("resources", [])}
    lacking = sorted({"workflows", "workflowtemplates", "workflowtaskresults"} - served)
    cure = "install Argo Workflows 4.1 with its CRDs"
    return [
        differs(check, f"the API server serves no {', '.join(lacking)}", cure)
        if lacking
        else Diagnosis(check)
    ]


async def controller(installation: Installation) -> list[Diagnosis]:
    """Does a controller of a supported version run, and look often enough?"""
    place = installation.argo_namespace
    listed = await installation.items(f"/apis/apps/v1/namespaces/{place}/deployments")
    found = [
        (body, container) for body in listed for container in _containers(body) if _controls(body, container)
    ]
    if not found:
        cure = "install Argo Workflows 4.1, or name its namespace by --argo-namespace"
        return [differs("Argo's controller", f"there is none in namespace {place!r}", cure)]
    body, container = found[0]
    name = body["metadata"]["name"]
    return [
        _running(body, name, place),
        _version(container, name, place),
        _requeue_time(container, name, place),
    ]


def _running(body: Mapping[str, Any], name: str, place: str) -> Diagnosis:
    check = "Argo's controller"
    if (body.get("status") or {}).get("availableReplicas"):
        return Diagnosis(check)
    return differs(check, "no replica is available", f"kubectl -n {place} describe deployment {name}")


def _version(container: Mapping[str, Any], name: str, place: str) -> Diagnosis:
    check, image = "Argo's version", str(container.get("image", ""))
    found = re.search(r":v?(\d+)\.(\d+)\.\d+", image)
    if found is None:
        return Diagnosis(check, DiagnosisState.SKIPPED, f"image {image!r} does not tell its version")
    version = (int(found[1]), int(found[2]))
    if version == SUPPORTED:
        return Diagnosis(check)
    wanted = ".".join(map(str, SUPPORTED))
    return differs(
        check, f"{found[0][1:]}: tested is {wanted}", f"upgrade Deployment {place}/{name} to Argo {wanted}"
    )


def _requeue_time(container: Mapping[str, Any], name: str, place: str) -> Diagnosis:
    check = "Argo's requeue time"
    values = {each["name"]: each.get("value") or "" for each in container.get("env") or []}
    said = values.get("DEFAULT_REQUEUE_TIME") or REQUEUE_DEFAULT
    try:
        short = parse_duration(said) <= REQUEUE_LIMIT
    except ValueError:  # Go knows further units; a fraction of a second is short
        short = said.endswith(("ms", "us"))
    if short:
        return Diagnosis(check)
    cure = f"kubectl -n {place} set env deployment/{name} DEFAULT_REQUEUE_TIME=2s"
    return differs(check, f"{said}: it is added to each step of a run", cure)


async def template_referencing(installation: Installation) -> list[Diagnosis]:
    """Does Argo run the templates of the namespace alone?"""
    check, place = "Argo's templateReferencing", installation.argo_namespace
    config = installation.argo_config
    found = await installation.read(f"/api/v1/namespaces/{place}/configmaps/{config}")
    if found is None:
        cure = "name Argo's namespace and ConfigMap by --argo-namespace and --argo-config"
        return [differs(check, f"there is no ConfigMap {config!r} in namespace {place!r}", cure)]
    said = referencing(found.get("data") or {})
    if said == WANTED:
        return [Diagnosis(check)]
    cure = f"set workflowRestrictions.templateReferencing to {WANTED} in ConfigMap {place}/{config}"
    return [differs(check, said or "not set", cure)]


def referencing(data: Mapping[str, str]) -> str:
    """The setting in Argo's ConfigMap, where one key `config` may hold everything; "" if it is not set."""
    import yaml

    try:
        whole = yaml.safe_load(data["config"]) if "config" in data else {}
        restrictions = (whole or {}).get("workflowRestrictions") or yaml.safe_load(
            data.get("workflowRestrictions", "")
        )
        return str((restrictions or {}).get("templateReferencing") or "")
    except (yaml.YAMLError, AttributeError):
        return ""


async def templates(installation: Installation) -> list[Diagnosis]:
    """Are our WorkflowTemplates there, with the parameters of this release?"""
    listed = await installation.items(TEMPLATES.path(installation.namespace))
    found = {body["metadata"]["name"]: body for body in listed}
    return [_template(installation, name, needed, found.get(name)) for name, needed in NEEDED.items()]


def _template(
    installation: Installation, name: str, needed: set[str], body: Mapping[str, Any] | None
) -> Diagnosis:
    check, cure = (
        f"template {name}",
        f"helm upgrade --install otakube charts/otakube -n {installation.namespace}",
    )
    if body is None:
        return differs(check, "it is not installed in this namespace", cure)
    parameters = (body["spec"].get("arguments") or {}).get("parameters") or []
    lacking = sorted(needed - {each["name"] for each in parameters})
    if lacking:
        return differs(check, f"it is of another release: it lacks {', '.join(lacking)}", cure)
    return Diagnosis(check)


def _containers(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = body["spec"]["template"]["spec"]["containers"]
    return found


def _controls(body: Mapping[str, Any], container: Mapping[str, Any]) -> bool:
    texts = (body["metadata"]["name"], container.get("name", ""), container.get("image", ""))
    return any(CONTROLLER in text for text in texts)
