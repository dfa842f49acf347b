# SPDX-License-Identifier: Apache-2.0
"""Every verb on every resource, tried with each role's token: docs/security.md lists what passes."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx2
import pytest

from integration.charts.conftest import ACCOUNTS, Installation
from security_page import names, table

BY_HAND = ("author", "Argo")  # accounts of these tests, whose rights are no part of the chart
DRY = {"dryRun": "All"}
WITHOUT_NAME = {"list", "watch", "create", "deletecollection"}
METHODS = {
    "create": "POST",
    "update": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "deletecollection": "DELETE",
}
EVERYBODY = "every login"


class Right(NamedTuple):
    """One verb on one resource; `name` where it holds for the object of that name alone."""

    group: str
    resource: str
    verb: str
    name: str = ""


def promised(role: str) -> set[Right]:
    """What the page says of a role."""
    return {
        Right(group.strip("`") if group != "core" else "", resource, verb, name)
        for who, group, resources, verbs, only in table("Roles and rights")
        if who == role
        for resource in names(resources)
        for verb in names(verbs)
        for name in names(only) or [""]
    }


NAMES = ("any", *sorted({one for row in table("Roles and rights") for one in names(row[4])}))


class Resource(NamedTuple):
    """A resource as discovery lists it, under one version."""

    root: str
    group: str
    name: str
    namespaced: bool
    verbs: tuple[str, ...]

    def path(self, namespace: str, name: str) -> str:
        """URL path, of an object or of the collection."""
        plural, _, subresource = self.name.partition("/")
        place = f"/namespaces/{namespace}" if self.namespaced else ""
        return "/".join(part for part in (self.root + place, plural, name, subresource) if part)


def resources(api: httpx2.Client) -> Iterator[Resource]:
    """Everything that the API server serves."""
    groups = [one["preferredVersion"]["groupVersion"] for one in api.get("/apis").json()["groups"]]
    for root in ("/api/v1", *(f"/apis/{group}" for group in groups)):
        for each in api.get(root).raise_for_status().json()["resources"]:
            group = root.split("/")[2] if root.startswith("/apis/") else ""
            verbs = {*each["verbs"], "get"} if "/" in each["name"] else each["verbs"]
            yield Resource(root, group, each["name"], each["namespaced"], tuple(sorted(verbs)))


def passes(client: httpx2.Client, path: str, verb: str, body: Any) -> bool:
    """True if authorization lets the request through, whatever becomes of it behind."""
    if verb == "watch":
        with client.stream("GET", path, params={"watch": "true", "timeoutSeconds": "1"}) as answer:
            return answer.status_code != 403
    if verb in {"get", "list"}:
        return client.get(path).status_code != 403
    headers = {"Content-Type": "application/merge-patch+json"} if verb == "patch" else {}
    answer = client.request(METHODS[verb], path, json=body, params=DRY, headers=headers)
    return not (answer.status_code == 403 and "cannot" in answer.json().get("message", ""))


def found(site: Installation, role: str) -> set[Right]:
    """What the role's token opens; a right on all names is found once, not under each name."""
    held = set()
    for resource in resources(site.admin):
        for verb in resource.verbs:
            if verb in WITHOUT_NAME and "/" not in resource.name:
                if passes(site.roles[role], resource.path(site.namespace, ""), verb, {}):
                    held.add(Right(resource.group, resource.name, verb))
                continue
            open_to = [
                name
                for name in NAMES
                if passes(site.roles[role], resource.path(site.namespace, name), verb, {})
            ]
            named = [""] if "any" in open_to else open_to
            held |= {Right(resource.group, resource.name, verb, name) for name in named}
    return held


@pytest.mark.parametrize("role", [role for role in ACCOUNTS if role not in BY_HAND])
def test_a_role_s_token_opens_what_the_page_says_and_nothing_else(
    installation: Installation, role: str
) -> None:
    assert found(installation, role) == promised(role) | promised(EVERYBODY)


def test_the_page_lists_no_role_that_is_not_tried() -> None:
    assert {row[0] for row in table("Roles and rights")} <= {*ACCOUNTS, EVERYBODY} - {*BY_HAND}


def test_no_right_of_a_role_reaches_beyond_its_namespace(installation: Installation) -> None:
    for role in ("operator", "reviewer", "curator", "executor"):
        client = installation.roles[role]
        for right in promised(role):
            group = f"/apis/{right.group}/v1alpha1" if right.group else "/api/v1"
            path = f"{group}/namespaces/default/{right.resource.partition('/')[0]}"
            assert not passes(client, path, "list", {}), (role, right)
