# SPDX-License-Identifier: Apache-2.0
"""Names and hashes that tie a Workflow to one generation of one AnimeEnrichment.

A name that follows from its inputs makes "create" idempotent: whoever tries a second time, after a crash or
beside another operator, meets AlreadyExists.
"""

import hashlib
import json

from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichmentSpec

LABEL_LIMIT = 63
"""Argo copies a Workflow's name into a label value, so a longer one could not run."""


def spec_hash(spec: AnimeEnrichmentSpec) -> str:
    """SHA-256 over the fields that make a new run necessary.

    The field list is explicit and absent fields are left out: a field that a later version adds must not
    change the hash of stored objects, or an upgrade would start every enrichment anew.
    """
    material = {
        "anime": spec.anime.model_dump(mode="json", exclude_none=True),
        "mode": spec.mode,
        "providers": sorted(spec.providers or []),
        "review": {"policy": spec.review.policy, "timeout": spec.review.timeout},
        "accelerator": spec.accelerator,
    }
    return hashlib.sha256(json.dumps(material, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def workflow_name(*, name: str, uid: str, generation: int, attempt: int, spec_hash: str) -> str:
    """`<name>-<generation>-<hash8>`, at most 63 characters; the hash covers every argument but `name`.

    A generation of a uid has one spec, so the hash of the spec changes no name; it lets a status that records
    a name prove which spec was run, long after the Workflow is gone.
    """
    digest = hashlib.sha256(f"{uid}/{generation}/{attempt}/{spec_hash}".encode()).hexdigest()[:8]
    suffix = f"-{generation}-{digest}"
    return label_value(name.replace(".", "-"), LABEL_LIMIT - len(suffix)) + suffix


def label_value(text: str, limit: int = LABEL_LIMIT) -> str:
    """`text` cut to `limit` characters, ending as a label value must."""
    return text[:limit].rstrip("-._")
