# SPDX-License-Identifier: Apache-2.0
"""Look for what is wrong with an installation, and name the cure of each."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from otakube.commands.output import TABLE, Printer
from otakube_cli.cluster import Cluster
from otakube_cli.command import application, cluster_command
from otakube_cli.doctor.diagnosis import FORBIDDEN, SOUND, Check, Diagnosis, DiagnosisState, Installation
from otakube_cli.errors import ConsoleError, Refused

UNSOUND = 1
ARGO_NAMESPACE, ARGO_CONFIG = "argo", "workflow-controller-configmap"

app = application(no_args_is_help=False)

ArgoNamespace = Annotated[str, typer.Option(help="Namespace of Argo's controller.")]
ArgoConfig = Annotated[str, typer.Option(help="Name of its ConfigMap.")]


@cluster_command(app)
async def doctor(
    cluster: Cluster,
    *,
    argo_namespace: ArgoNamespace = ARGO_NAMESPACE,
    argo_config: ArgoConfig = ARGO_CONFIG,
    out: Printer = TABLE,
) -> None:
    """Look for what is wrong with an installation, and name the cure of each; changes nothing.

    It looks at API types, versions, Argo with its requeue time and its templateReferencing, templates,
    Secrets, stores, bucket, rights, the admission policy, watched namespaces, schedules whose due times are
    missed, restores that are left to you, the planner's last run, and whether snapshots and scrubs come and
    go well. It wants the rights of whoever installs: to read Argo's ConfigMap and the Secrets, to ask what
    others may do, and to impersonate the operator.

    Exit status: 0 nothing is wrong, 1 something differs or may not be looked at, 2 wrong usage.

    Examples:

    \b
      otakube doctor
      otakube doctor -o json
      otakube doctor --argo-namespace argo-workflows
    """
    findings = await examine(cluster, argo_namespace, argo_config)
    rows = [asdict(finding) | {"state": finding.state.value} for finding in findings]
    out.show(rows, table=lambda: out.table(list(rows[0]), [list(row.values()) for row in rows]))
    if wrong := [finding.check for finding in findings if finding.state not in SOUND]:
        raise ConsoleError(f"{len(wrong)} findings: {', '.join(wrong)}; the table says why", code=UNSOUND)


async def examine(
    cluster: Cluster, argo_namespace: str = ARGO_NAMESPACE, argo_config: str = ARGO_CONFIG
) -> Sequence[Diagnosis]:
    """Carry out all checks at once; their findings come in the order of the list."""
    from otakube_cli.doctor import argo, kinds, policy, schedules, stores
    from otakube_cli.upkeep_health import UPKEEP

    checks: list[tuple[str, Check]] = [
        ("API types", kinds.api_types),
        ("versions", kinds.versions),
        ("Deployments", kinds.deployments),
        ("Argo's types", argo.types),
        ("Argo's controller", argo.controller),
        ("Argo's templateReferencing", argo.template_referencing),
        ("templates", argo.templates),
        ("Secrets", stores.secrets),
        ("stores", stores.stores),
        ("bucket", stores.bucket),
        ("rights", policy.rights),
        ("admission policy on Workflows", policy.workflow_policy),
        ("watched namespaces", policy.watched_namespaces),
        ("schedules", schedules.schedules),
        ("dataset syncs", schedules.syncs),
        ("restores", schedules.restores),
        ("planner", schedules.planner),
        *((upkeep.check, schedules.runs_of(upkeep)) for upkeep in UPKEEP),
    ]
    installation = Installation(cluster=cluster, argo_namespace=argo_namespace, argo_config=argo_config)
    found = await asyncio.gather(*(_guarded(name, check, installation) for name, check in checks))
    return [finding for findings in found for finding in findings]


async def _guarded(name: str, check: Check, installation: Installation) -> list[Diagnosis]:
    """The findings of one check; without the right to look, that is the finding."""
    try:
        return await check(installation)
    except Refused as error:
        state = DiagnosisState.FORBIDDEN if error.status == FORBIDDEN else DiagnosisState.DIFFERS
        return [Diagnosis(name, state, str(error), "use a login of whoever installs")]
