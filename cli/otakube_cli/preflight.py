# SPDX-License-Identifier: Apache-2.0
"""Verify that Argo and the API server keep Workflows within the roles of docs/security.md."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, Printer
from otakube_api.contract import TEMPLATE
from otakube_cli import workflow
from otakube_cli.cluster import WORKFLOWS, Cluster
from otakube_cli.command import application, cluster_command
from otakube_cli.errors import ConsoleError, Refused
from otakube_cli.kube.answers import Body

UNSAFE = 1
WANTED = "Secure"
OPERATOR = "otakube-operator"
POLICY = "ValidatingAdmissionPolicy 'otakube-workflows-"

app = application()


class PreflightState(StrEnum):
    """Outcomes of one check."""

    OK = "Ok"
    DIFFERS = "Differs"  # the message says what to do
    FORBIDDEN = "Forbidden"  # your login lacks the right that is named


@dataclass(frozen=True, slots=True)
class PreflightReport:
    """One check with its outcome."""

    check: str
    state: PreflightState
    message: str = ""


@cluster_command(app)
async def preflight(
    cluster: Cluster,
    *,
    argo_namespace: Annotated[str, typer.Option(help="Namespace of Argo's controller.")] = "argo",
    argo_config: Annotated[
        str, typer.Option(help="Name of its ConfigMap.")
    ] = "workflow-controller-configmap",
    out: Printer = TABLE,
) -> None:
    """Verify that Argo and the API server keep Workflows within the roles; changes nothing.

    It wants the rights of whoever installs: to read Argo's ConfigMap, and to impersonate the operator.
    Exit status: 0 all is Ok, 1 something differs or could not be looked at, 2 wrong usage.

    Example: otakube preflight --argo-namespace argo
    """
    reports = [
        await template_referencing(cluster, argo_namespace, argo_config),
        await workflow_policy(cluster),
    ]
    rows = [asdict(report) for report in reports]
    out.show(rows, table=lambda: out.table(list(rows[0]), [list(row.values()) for row in rows]))
    if wrong := [report.check for report in reports if report.state is not PreflightState.OK]:
        raise ConsoleError(
            f"not safe, or not known to be: {', '.join(wrong)}; the table says why", code=UNSAFE
        )


async def template_referencing(cluster: Cluster, namespace: str, name: str) -> PreflightReport:
    """Does Argo run the templates of the namespace alone?"""
    check = "Argo's templateReferencing"
    try:
        found = await cluster.read(f"/api/v1/namespaces/{namespace}/configmaps/{name}")
    except Refused as error:
        if error.status == 403:
            return PreflightReport(check, PreflightState.FORBIDDEN, str(error))
        if error.status != 404:
            raise
        missing = f"{error}: name Argo's namespace and ConfigMap by --argo-namespace and --argo-config"
        return PreflightReport(check, PreflightState.DIFFERS, missing)
    said = referencing(found.get("data") or {})
    if said == WANTED:
        return PreflightReport(check, PreflightState.OK)
    cure = f"set workflowRestrictions.templateReferencing to {WANTED} in ConfigMap {namespace}/{name}"
    return PreflightReport(check, PreflightState.DIFFERS, f"{said or 'not set'}: {cure}")


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


async def workflow_policy(cluster: Cluster) -> PreflightReport:
    """Does the API server refuse the operator a Workflow with a template of its own?"""
    check, operator = "admission policy on Workflows", f"system:serviceaccount:{cluster.namespace}:{OPERATOR}"
    try:
        await cluster.try_create(WORKFLOWS, forbidden(), user=operator)
    except Refused as error:
        if POLICY in str(error):
            return PreflightReport(check, PreflightState.OK)
        return PreflightReport(check, PreflightState.FORBIDDEN, str(error))
    cure = "set workflowPolicy.enabled to true in the chart's values and upgrade"
    return PreflightReport(check, PreflightState.DIFFERS, f"the operator may run any pod: {cure}")


def forbidden() -> Body:
    """A Workflow of our template that changes its pods."""
    body: dict[str, Any] = workflow.manifest(TEMPLATE, {})
    body["spec"]["podSpecPatch"] = "{}"
    return body
