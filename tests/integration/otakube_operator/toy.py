# SPDX-License-Identifier: Apache-2.0
"""A kind of its own on the operator's runtime: a Greeting owns one ConfigMap that holds its text."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import Field

from otakube_api import labels
from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.meta import ApiType, Condition
from otakube_operator.runtime.api import ApiResource
from otakube_operator.runtime.conditions import DesiredCondition, apply_conditions, not_ready
from otakube_operator.runtime.controller import AnyController, CreateFailure, Observed, ReconcilePlan
from otakube_operator.runtime.objects import Body, CustomResource, KubeObject, UnreadableObject, read_object
from otakube_operator.runtime.owned import MANAGER, ForeignObject, OwnedObjects, OwnedResource

GROUP, FINALIZER = "toys.example.org", "toys.example.org/greeting"
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"greetings.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"kind": "Greeting", "plural": "greetings", "singular": "greeting"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                },
            }
        ],
    },
}


class GreetingSpec(ApiType):
    text: str


class GreetingStatus(ApiType):
    conditions: list[Condition] = Field(default_factory=list)
    observed_generation: int | None = None


Greeting = KubeObject[GreetingSpec, GreetingStatus]


@dataclass(frozen=True, slots=True)
class Page:
    """The ConfigMap of a Greeting."""

    namespace: str
    name: str
    uid: str
    owner_uid: str
    text: str
    resource_version: str = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetingPlan(ReconcilePlan[Page]):
    create: dict[str, Any] | None = None
    correct: tuple[Page, ...] = ()
    text: str = ""
    failure: CreateFailure | None = None


def read_greeting(body: Body) -> Greeting | UnreadableObject:
    return read_object(body, KubeObject, GreetingSpec, GreetingStatus)


def read_page(body: Body, _known: Page | None = None) -> Page | None:
    meta = body["metadata"]
    owner = next((each for each in meta.get("ownerReferences", ()) if each["kind"] == "Greeting"), None)
    if owner is None:
        return None
    text = (body.get("data") or {}).get("text", "")
    return Page(meta["namespace"], meta["name"], meta["uid"], owner["uid"], text, meta["resourceVersion"])


class GreetingController:
    resource = CustomResource(
        "Greeting", ApiResource(GROUP, "v1", "greetings"), read_greeting, finalizer=FINALIZER
    )
    owned = OwnedResource("ConfigMap", ApiResource("", "v1", "configmaps"), read_page)
    collectors = ()

    async def observe(self, seen: Greeting, owned: OwnedObjects[Page]) -> Observed[Greeting, Page]:
        if not owned.of(seen.uid):
            await owned.find(seen.key.namespace, seen.key.name)
        return Observed(seen, owned.of(seen.uid))

    def plan(
        self, observed: Observed[Greeting, Page], _now: datetime, failure: CreateFailure | None = None
    ) -> GreetingPlan:
        greeting, pages = observed.object, observed.owned
        has_finalizer = FINALIZER in greeting.finalizers
        if greeting.deleting:
            return GreetingPlan(prune=pages, remove_finalizer=has_finalizer)
        return GreetingPlan(
            add_finalizer=not has_finalizer,
            create=_page(greeting) if not pages and failure is None else None,
            correct=tuple(page for page in pages if page.text != greeting.spec.text),
            text=greeting.spec.text,
            failure=failure,
        )

    async def apply(self, plan: GreetingPlan, owned: OwnedObjects[Page]) -> bool:
        for page in plan.correct:
            await owned.patch(page, {"data": {"text": plan.text}})
        if plan.create is None:
            return False
        uid = plan.create["metadata"]["ownerReferences"][0]["uid"]
        try:
            return not await owned.create(plan.create, lambda page: page.owner_uid == uid)
        except ForeignObject as error:
            raise CreateFailure("NameTaken", f"ConfigMap {error} belongs to somebody else.") from None

    def status(self, observed: Observed[Greeting, Page], plan: GreetingPlan, now: datetime) -> GreetingStatus:
        greeting, failure = observed.object, plan.failure
        if greeting.deleting:
            return greeting.status
        wanted = [DesiredCondition(CommonCondition.READY, "True", "Written", plan.text)]
        if failure is not None:
            wanted = not_ready(failure.reason, failure.message)
        generation = greeting.generation
        conditions = apply_conditions(greeting.status.conditions, wanted, generation=generation, now=now)
        return GreetingStatus(conditions=conditions, observed_generation=generation)


def _page(greeting: Greeting) -> dict[str, Any]:
    (namespace, name), kind = greeting.key, GreetingController.resource
    owner = {"apiVersion": kind.api.api_version, "kind": kind.kind, "name": name, "uid": greeting.uid}
    tags = {labels.MANAGED_BY: MANAGER}
    meta = {"namespace": namespace, "name": name, "labels": tags, "ownerReferences": [owner]}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"text": greeting.spec.text}}


def controllers(_settings: object) -> list[AnyController]:
    return [GreetingController()]
