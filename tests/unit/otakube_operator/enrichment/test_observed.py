# SPDX-License-Identifier: Apache-2.0
"""AnimeEnrichments as parsed from bodies."""

from operator_builders import NOW, body
from otakube_operator.enrichment.observed import read_enrichment
from otakube_operator.runtime.conditions import unreadable_status
from otakube_operator.runtime.objects import UnreadableObject


def test_a_spec_that_cannot_be_read_stalls_with_the_field() -> None:
    seen = read_enrichment(body(mode="Sideways"))
    assert isinstance(seen, UnreadableObject)
    conditions = unreadable_status(seen, NOW).conditions
    assert {(each.type, each.reason) for each in conditions} == {
        ("Ready", "SpecInvalid"),
        ("Stalled", "SpecInvalid"),
    }
    assert "spec.mode" in conditions[0].message


def test_a_status_that_cannot_be_read_counts_as_none() -> None:
    seen = read_enrichment(body(status={"observedGeneration": "spoilt"}))
    assert seen.status.observed_generation is None
