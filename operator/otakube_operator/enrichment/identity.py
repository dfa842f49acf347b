# SPDX-License-Identifier: Apache-2.0
"""Workflow body -> which run it is: pure, by what nobody can change before what anybody can.

A Workflow's name and uid are fixed. The name ends in a digest over uid, generation, attempt and spec, so of
the claims that labels, owner and arguments make, the one that the name proves is the true one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from otakube_api import labels
from otakube_api.argo import Body, mapping_of, mappings_of
from otakube_api.contract import Parameter
from otakube_api.v1alpha1.anime_enrichment import KIND
from otakube_operator.enrichment.naming import arguments_hash, name_suffix
from otakube_operator.runtime.owned import MANAGER


class RunIdentity(NamedTuple):
    """A run of one AnimeEnrichment that a Workflow is, or claims to be."""

    owner_uid: str
    generation: int
    attempt: int
    spec_hash: str

    def is_proved_by(self, name: str) -> bool:
        """True if a Workflow of that name can be no other run."""
        uid, generation, attempt, spec = self
        return name.endswith(name_suffix(uid=uid, generation=generation, attempt=attempt, spec_hash=spec))


@dataclass(frozen=True, slots=True)
class MetadataDamage:
    """Labels, annotation or owner of a run are not as they were made; these owners are beside ours."""

    other_owners: tuple[Mapping[str, Any], ...] = ()


def identify(body: Body, known: RunIdentity | None) -> RunIdentity | None:
    """The run that a Workflow is; `known` is what it was when it was last seen, by its uid.

    A claim that the name proves comes first, then what was known, then what the Workflow merely says.
    """
    claims = list(_claims(body))
    proved = (claim for claim in claims if claim.is_proved_by(body["metadata"]["name"]))
    return next(proved, known or next(iter(claims), None))


def damage_of(body: Body, run: RunIdentity) -> MetadataDamage | None:
    """Find what somebody has changed about the marks of a run; None if they are whole."""
    tags, owners = _labels(body), _owners(body)
    ours = [owner for owner in owners if owner.get("uid") == run.owner_uid]
    marks = {
        labels.MANAGED_BY: MANAGER,
        labels.ENRICHMENT_UID: run.owner_uid,
        labels.GENERATION: str(run.generation),
        labels.ATTEMPT: str(run.attempt),
    }
    whole = marks.items() <= tags.items() and _annotations(body).get(labels.SPEC_HASH) == run.spec_hash
    if whole and ours:
        return None
    return MetadataDamage(tuple(owner for owner in owners if owner not in ours))


def was_altered(body: Body, *, published: bool) -> bool:
    """True if a run has, or had, other arguments than it was created with.

    Argo works with those that it stored at the start: once the run is published, no other can have counted.
    """
    created_with = _annotations(body).get(labels.ARGUMENTS_HASH)
    stored = mapping_of(mapping_of(body.get("status")).get("storedWorkflowTemplateSpec"))
    used = [spec for spec in (stored, mapping_of(body.get("spec"))) if spec.get("arguments")]
    counting = used[:1] if published else used
    return created_with is not None and any(
        arguments_hash(_arguments(spec)) != created_with for spec in counting
    )


def number(text: object) -> int | None:
    """A decimal of at most nine digits, which fits every counter of the status."""
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 10 else None


def _claims(body: Body) -> Iterable[RunIdentity]:
    """Each combination that labels, owners and arguments allow; arguments first, since Argo guards them."""
    tags, arguments = _labels(body), _arguments(mapping_of(body.get("spec")))
    owners = (owner.get("uid") for owner in _owners(body) if owner.get("kind") == KIND.name)
    uids = dict.fromkeys((arguments.get(Parameter.UID), tags.get(labels.ENRICHMENT_UID), *owners))
    runs = (
        (number(arguments.get(Parameter.GENERATION)), number(arguments.get(Parameter.ATTEMPT))),
        (number(tags.get(labels.GENERATION)), number(tags.get(labels.ATTEMPT))),
    )
    spec_hash = str(_annotations(body).get(labels.SPEC_HASH, ""))
    for uid, (generation, attempt) in product(uids, dict.fromkeys(runs)):
        if uid and generation is not None and attempt is not None:
            yield RunIdentity(str(uid), generation, attempt, spec_hash)


def _arguments(spec: Body) -> dict[str, str]:
    """The arguments that the template knows; Argo's merge with the template may bring others."""
    given = mappings_of(mapping_of(spec.get("arguments")).get("parameters"))
    values = {str(each.get("name")): each.get("value") for each in given}
    return {str(name): str(values[name]) for name in Parameter if values.get(name) is not None}


def _labels(body: Body) -> Mapping[str, str]:
    return mapping_of(body["metadata"].get("labels"))


def _annotations(body: Body) -> Mapping[str, str]:
    return mapping_of(body["metadata"].get("annotations"))


def _owners(body: Body) -> tuple[Body, ...]:
    return tuple(mappings_of(body["metadata"].get("ownerReferences")))
