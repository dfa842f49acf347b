# SPDX-License-Identifier: Apache-2.0
"""Names and hashes that tie a Workflow to one generation of one AnimeEnrichment.

A name that follows from its inputs makes "create" idempotent: whoever tries a second time, after a crash or
beside another operator, meets AlreadyExists.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichmentSpec

LABEL_LIMIT = 63
"""Argo copies a Workflow's name into a label value, so a longer one could not run."""

_RUN_NAME = re.compile(r"-[1-9][0-9]*-[0-9a-f]{8}$")


def spec_hash(spec: AnimeEnrichmentSpec) -> str:
    """SHA-256 over the fields that make a new run necessary.

    The field list is explicit and absent fields are left out: a field that a later version adds must not
    change the hash of stored objects, or an upgrade would start every enrichment anew.
    """
    material: dict[str, Any] = {
        "anime": spec.anime.model_dump(mode="json", exclude_none=True),
        "mode": spec.mode,
        "providers": sorted(spec.providers or []),
        "review": {"policy": spec.review.policy, "timeout": spec.review.timeout},
        "accelerator": spec.accelerator,
    }
    if spec.episode is not None:
        material["episode"] = spec.episode
    if spec.rollback_to is not None:
        material["rollbackTo"] = spec.rollback_to
    return hashlib.sha256(json.dumps(material, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def workflow_name(*, name: str, uid: str, generation: int, attempt: int, spec_hash: str) -> str:
    """`<name>-<generation>-<hash8>`, at most 63 characters; the hash covers every argument but `name`.

    A generation of a uid has one spec, so the hash of the spec changes no name; it lets a status that records
    a name prove which spec was run, long after the Workflow is gone.
    """
    suffix = name_suffix(uid=uid, generation=generation, attempt=attempt, spec_hash=spec_hash)
    return label_value(name.replace(".", "-"), LABEL_LIMIT - len(suffix)) + suffix


def name_suffix(*, uid: str, generation: int, attempt: int, spec_hash: str) -> str:
    """The part of a Workflow's name that proves which run it is, whatever its labels say."""
    digest = hashlib.sha256(f"{uid}/{generation}/{attempt}/{spec_hash}".encode()).hexdigest()[:8]
    return f"-{generation}-{digest}"


def is_run_name(name: str) -> bool:
    """True if a Workflow that has lost its labels may be a run, by its name."""
    return _RUN_NAME.search(name) is not None


def arguments_hash(arguments: Mapping[str, object]) -> str:
    """SHA-256 over the arguments of a run, noted at its creation, so that a later change shows."""
    return hashlib.sha256(json.dumps(arguments, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def label_value(text: str, limit: int = LABEL_LIMIT) -> str:
    """`text` cut to `limit` characters, ending as a label value must."""
    return text[:limit].rstrip("-._")
