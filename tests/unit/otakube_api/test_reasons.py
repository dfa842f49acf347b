# SPDX-License-Identifier: Apache-2.0
"""The words of conditions and Events."""

import pytest

from otakube_api.reasons import CommonCondition, ConditionType, Reason
from otakube_api.v1alpha1 import anime_enrichment, episode_schedule
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_api.v1alpha1.meta import Kind

KINDS = (anime_enrichment.KIND, episode_schedule.KIND)
REASONS = [(kind.name, reason) for kind in KINDS for reason in kind.reasons]
CONDITIONS = [(kind.name, condition) for kind in KINDS for condition in kind.conditions]


def test_a_word_is_its_text() -> None:
    assert f"{EnrichmentReason.PUBLISHED}" == "Published"
    assert EnrichmentReason("Published") is EnrichmentReason.PUBLISHED
    assert CommonCondition("Ready") is CommonCondition.READY


@pytest.mark.parametrize(("kind", "reason"), REASONS, ids=str)
def test_texts_are_sentences(kind: str, reason: Reason) -> None:
    assert reason.meaning.endswith(".")
    assert not reason.cure or reason.cure.endswith(".")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_word_of_a_kind_stands_for_two_things(kind: Kind) -> None:
    assert len(set(kind.reasons)) == len(kind.reasons)
    assert len(set(kind.conditions)) == len(kind.conditions)


@pytest.mark.parametrize(("kind", "condition"), CONDITIONS, ids=str)
def test_only_ready_is_always_there(kind: str, condition: ConditionType) -> None:
    assert (condition.lifetime == "only while True") is (condition is not CommonCondition.READY)
