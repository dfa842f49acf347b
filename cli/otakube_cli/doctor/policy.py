# SPDX-License-Identifier: Apache-2.0
"""Checks of accounts: the roles' rights, the admission policy, and which namespaces are watched."""

import asyncio
from collections.abc import Mapping
from typing import Any

from otakube_api.contract import TEMPLATE
from otakube_cli import workflow
from otakube_cli.cluster import ENRICHMENTS, WORKFLOWS
from otakube_cli.doctor.diagnosis import Diagnosis, DiagnosisState, Installation, differs
from otakube_cli.errors import Refused
from otakube_cli.kube.answers import Body

OPERATOR, EXECUTOR = "otakube-operator", "otakube-executor"
POLICY = "ValidatingAdmissionPolicy 'otakube-workflows-"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
OPERATORS = "app.kubernetes.io/name=otakube,app.kubernetes.io/component=operator"
WATCHED = "OTAKUBE_OPERATOR_NAMESPACES"

RIGHTS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    OPERATOR: (
        ("otakube.dev", "animeenrichments", "get list watch create patch delete"),
        ("otakube.dev", "animeenrichments/status", "patch"),
        ("otakube.dev", "animeenrichments/finalizers", "update"),
        ("otakube.dev", "episodeschedules", "get list watch"),
        ("otakube.dev", "episodeschedules/status", "patch"),
        ("otakube.dev", "episodeschedules/finalizers", "update"),
        ("otakube.dev", "datasetsyncs", "get list watch"),
        ("otakube.dev", "datasetsyncs/status", "patch"),
        ("otakube.dev", "datasetsyncs/finalizers", "update"),
        ("otakube.dev", "catalogrestores", "get list watch"),
        ("otakube.dev", "catalogrestores/status", "patch"),
        ("otakube.dev", "catalogrestores/finalizers", "update"),
        ("argoproj.io", "workflows", "get list watch create patch delete"),
        ("", "events", "create list"),
        ("", "pods", "get"),
    ),
    EXECUTOR: (("argoproj.io", "workflowtaskresults", "create patch"),),
}
"""The rights of the chart's Roles: ServiceAccount -> group, resource, verbs."""


async def rights(installation: Installation) -> list[Diagnosis]:
    """May the operator and Argo's executor do what they do?"""
    return list(await asyncio.gather(*(_rights_of(installation, account) for account in RIGHTS)))


async def _rights_of(installation: Installation, account: str) -> Diagnosis:
    check = f"rights of {account}"
    asked = [(group, resource, verb) for group, resource, verbs in RIGHTS[account] for verb in verbs.split()]
    allowed = await asyncio.gather(*(_may(installation, account, *right) for right in asked))
    lacking = [
        f"{verb} {resource}" for (_, resource, verb), may in zip(asked, allowed, strict=True) if not may
    ]
    if not lacking:
        return Diagnosis(check)
    cure = f"helm upgrade --install otakube charts/otakube -n {installation.namespace}: it writes the Roles"
    return differs(check, f"it may not {', '.join(lacking)}", cure)


async def _may(installation: Installation, account: str, group: str, resource: str, verb: str) -> bool:
    plural, _, subresource = resource.partition("/")
    place = installation.namespace
    attributes = {
        "namespace": place,
        "group": group,
        "resource": plural,
        "verb": verb,
        "subresource": subresource,
    }
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{place}", "system:authenticated"]
    user = f"system:serviceaccount:{place}:{account}"
    spec = {"user": user, "groups": groups, "resourceAttributes": attributes}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    answer = await installation.cluster.post(REVIEWS, body)
    return bool(answer["status"].get("allowed"))


async def workflow_policy(installation: Installation) -> list[Diagnosis]:
    """Does the API server refuse the operator a Workflow with a template of its own?"""
    check = "admission policy on Workflows"
    operator = f"system:serviceaccount:{installation.namespace}:{OPERATOR}"
    try:
        await installation.cluster.try_create(WORKFLOWS, forbidden(), user=operator)
    except Refused as error:
        if POLICY in str(error):
            return [Diagnosis(check)]
        if f'User "{operator}" cannot create' in str(error):
            skipped = "the operator may create no Workflow at all, as another finding says"
            return [Diagnosis(check, DiagnosisState.SKIPPED, skipped)]
        return [Diagnosis(check, DiagnosisState.FORBIDDEN, str(error), "use a login of whoever installs")]
    cure = "set workflowPolicy.enabled to true in the chart's values and upgrade"
    return [differs(check, "the operator may run any pod", cure)]


def forbidden() -> Body:
    """A Workflow of our template that changes its pods."""
    body = workflow.manifest(TEMPLATE, {})
    body["spec"]["podSpecPatch"] = "{}"
    return body


async def watched_namespaces(installation: Installation) -> list[Diagnosis]:
    """Is every namespace that holds an enrichment watched by an operator?"""
    check = "watched namespaces"
    operators = await installation.items("/apis/apps/v1/deployments", labelSelector=OPERATORS)
    watched = {namespace for body in operators for namespace in namespaces_of(body)}
    objects = await installation.items(ENRICHMENTS.path(None))
    counts: dict[str, int] = {}
    for each in objects:
        counts[each["metadata"]["namespace"]] = counts.get(each["metadata"]["namespace"], 0) + 1
    return [
        _unwatched(check, place, counts[place], watched) for place in sorted(counts.keys() - watched)
    ] or [Diagnosis(check)]


def _unwatched(check: str, place: str, count: int, watched: set[str]) -> Diagnosis:
    there = ", ".join(sorted(watched)) or "none"
    cure = f"create them in a namespace that is watched ({there}), or install the chart otakube in {place!r}"
    return differs(
        check, f"namespace {place!r} has {count} AnimeEnrichments, and no operator watches it", cure
    )


def namespaces_of(operator: Mapping[str, Any]) -> set[str]:
    """The namespaces that an operator's Deployment watches."""
    own = str(operator["metadata"]["namespace"])
    for container in operator["spec"]["template"]["spec"]["containers"]:
        for each in container.get("env") or []:
            if each["name"] == WATCHED and each.get("value"):
                return set(str(each["value"]).replace(",", " ").split())
    return {own}
