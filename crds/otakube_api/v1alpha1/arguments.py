# SPDX-License-Identifier: Apache-2.0
"""AnimeEnrichmentSpec -> arguments of the enrichment, for a Workflow and for a run on one machine alike."""

import json

from otakube_api.contract import Accelerator, Parameter
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichmentSpec


def arguments_of(spec: AnimeEnrichmentSpec, *, auto: Accelerator) -> dict[Parameter, str]:
    """The arguments that follow from the spec, all as text; `auto` is what accelerator Auto means here."""
    accelerator = auto if spec.accelerator is Accelerator.AUTO else spec.accelerator
    return {
        Parameter.ANIME_ID: spec.anime.id or "",
        Parameter.SOURCE_URLS: json.dumps(spec.anime.source_urls or []),
        Parameter.TITLE: spec.anime.title or "",
        Parameter.YEAR: str(spec.anime.year or ""),
        Parameter.TYPE: spec.anime.type or "",
        Parameter.MODE: spec.mode,
        Parameter.EPISODE: "" if spec.episode is None else str(spec.episode),
        Parameter.ROLLBACK_TO: str(spec.rollback_to or ""),
        Parameter.PROVIDERS: json.dumps(spec.providers or []),
        Parameter.REVIEW_POLICY: spec.review.policy,
        Parameter.REVIEW_TIMEOUT: spec.review.timeout,
        Parameter.ACCELERATOR: accelerator,
    }
