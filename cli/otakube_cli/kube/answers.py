# SPDX-License-Identifier: Apache-2.0
"""Answers of the API server, and of Services behind it, as values and as sentences."""

import difflib
from collections.abc import Iterable
from typing import Any

from otakube_cli.errors import Refused
from otakube_cli.kube.transport import Response

Body = dict[str, Any]

AS_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
AS_METADATA = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
NEAR = 3  # names that are offered instead of one that is not there


def body(response: Response) -> Body:
    """The object; Refused if the API server answered with an error."""
    if not response.is_success:
        raise refused(response)
    answer = response.json()
    if not isinstance(answer, dict):
        raise TypeError("it is no JSON object")
    return answer


def items(page: Body) -> list[Body]:
    """The objects of a list, each with a name. Some servers write an empty list as null."""
    found: list[Body] = page["items"] or []
    for item in found:
        if not isinstance(item["metadata"]["name"], str):
            raise TypeError("an item's metadata.name is no text")
    return found


def a_list(items: Iterable[Body]) -> Body:
    """Objects as kubectl prints several."""
    listed = [as_shown(item) for item in items]
    return {"apiVersion": "v1", "items": listed, "kind": "List", "metadata": {"resourceVersion": ""}}


def as_shown(item: Body) -> Body:
    """An object as kubectl prints it: without the bookkeeping of who wrote which field."""
    return item | {"metadata": {k: v for k, v in item["metadata"].items() if k != "managedFields"}}


def refused(response: Response) -> Refused:
    """The API server's own sentence; of one without rights or login, with the cure."""
    said = message(response)
    if response.status == 401:
        said = f"{said}: the API server does not know this login; `kubectl auth whoami` asks the same"
    return Refused(said, status=response.status)


def message(response: Response) -> str:
    """The API server's own sentence."""
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"the API server answered {response.status}: {response.text[:200]}"


def problem(response: Response, namespace: str, service: str) -> str:
    """The read API's own sentence (RFC 9457), or why it was not reached."""
    try:
        answer = response.json()
    except ValueError:
        answer = {}
    if isinstance(answer, dict) and "detail" in answer:
        return str(answer["detail"])
    return (
        f"the catalogue in namespace {namespace!r} does not answer ({message(response)}); "
        f"look at it with `kubectl -n {namespace} describe service {service}` and at the Deployment "
        "otakube-catalogue"
    )


def near(name: str, namespace: str, known: Iterable[tuple[str, str]]) -> str:
    """A hint for a name that is not there: the same name elsewhere, else names like it here."""
    pairs = list(known)
    elsewhere = sorted(place for place, other in pairs if other == name and place != namespace)
    if elsewhere:
        return f"; it is in namespace {', '.join(elsewhere[:NEAR])}: choose it with -n"
    here = [other for place, other in pairs if place == namespace]
    alike = difflib.get_close_matches(name, here, n=NEAR, cutoff=0.5)
    return f"; did you mean {', '.join(alike)}?" if alike else ""
