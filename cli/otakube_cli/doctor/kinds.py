# SPDX-License-Identifier: Apache-2.0
"""Checks of the API's types and of versions: are the CRDs there, served, and those of this release?"""

from collections.abc import Mapping
from typing import Any

from otakube_api.labels import GROUP
from otakube_cli import version
from otakube_cli.doctor.diagnosis import Diagnosis, Installation, differs

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
UPGRADE = "helm upgrade --install otakube-crds charts/otakube-crds"


async def api_types(installation: Installation) -> list[Diagnosis]:
    """Does the API server serve our kinds, with every field of this release?"""
    from otakube_api.manifests import kind_models  # it builds the models

    return [
        await _kind(installation, f"{source.kind.plural}.{GROUP}", _fields(source.model))
        for source in kind_models()
    ]


async def _kind(installation: Installation, name: str, fields: Mapping[str, set[str]]) -> Diagnosis:
    check = f"CRD {name}"
    body = await installation.read(f"{CRDS}/{name}")
    if body is None:
        return differs(check, "it is not installed", UPGRADE)
    served = [each for each in body["spec"]["versions"] if each["name"] == "v1alpha1" and each["served"]]
    if not served or not _established(body):
        return differs(check, "v1alpha1 is not served", f"kubectl describe crd {name}, then {UPGRADE}")
    properties = served[0]["schema"]["openAPIV3Schema"]["properties"]
    lacking = [
        f"{part}.{field}"
        for part, names in fields.items()
        for field in sorted(names - set(properties[part].get("properties", {})))
    ]
    if lacking:
        return differs(check, f"it is older than this command line: it lacks {', '.join(lacking)}", UPGRADE)
    return Diagnosis(check)


def _established(body: Mapping[str, Any]) -> bool:
    conditions = (body.get("status") or {}).get("conditions") or []
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def _fields(model: Any) -> dict[str, set[str]]:
    """Fields of spec and status by their names in the API."""
    return {
        part: {
            field.alias or name for name, field in model.model_fields[part].annotation.model_fields.items()
        }
        for part in ("spec", "status")
    }


async def versions(installation: Installation) -> list[Diagnosis]:
    """Are command line, operator, catalogue and CRDs of one release?"""
    check = "versions"
    found = {"client": version.own_version(), **await version.cluster_versions(installation.cluster)}
    cure = f"{UPGRADE}; helm upgrade otakube charts/otakube -n {installation.namespace}"
    different = version.differences(found)
    return [differs(check, each, cure) for each in different] or [Diagnosis(check)]


async def deployments(installation: Installation) -> list[Diagnosis]:
    """Do operator and catalogue run?"""
    return [
        await _deployment(installation, "otakube-operator", needed=True),
        await _deployment(installation, "otakube-catalogue", needed=False),
    ]


async def _deployment(installation: Installation, name: str, *, needed: bool) -> Diagnosis:
    check, place = f"Deployment {name}", f"-n {installation.namespace}"
    body = await installation.read(version.DEPLOYMENTS.path(installation.namespace, name))
    if body is None:
        cure = f"helm upgrade --install otakube charts/otakube {place}"
        return (
            differs(check, "it is not installed", cure)
            if needed
            else Diagnosis(check, message="not installed")
        )
    wanted = (body.get("spec") or {}).get("replicas", 1)
    if wanted == 0 or not (body.get("status") or {}).get("availableReplicas"):
        cure = f"kubectl {place} describe deployment {name}; kubectl {place} logs deployment/{name}"
        return differs(check, f"no replica of {wanted} is available", cure)
    return Diagnosis(check)
