# SPDX-License-Identifier: Apache-2.0
"""The words of conditions and Events."""

import pytest

from otakube_api.reasons import ConditionType, Reason


def test_a_word_is_its_text() -> None:
    assert f"{Reason.PUBLISHED}" == "Published"
    assert Reason("Published") is Reason.PUBLISHED
    assert ConditionType("Ready") is ConditionType.READY


@pytest.mark.parametrize("reason", Reason, ids=str)
def test_texts_are_sentences(reason: Reason) -> None:
    assert reason.meaning.endswith(".")
    assert not reason.cure or reason.cure.endswith(".")


@pytest.mark.parametrize("condition", ConditionType, ids=str)
def test_only_ready_is_always_there(condition: ConditionType) -> None:
    assert (condition.lifetime == "only while True") is (condition is not ConditionType.READY)
