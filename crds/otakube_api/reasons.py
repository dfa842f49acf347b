# SPDX-License-Identifier: Apache-2.0
"""Condition types and reasons: one word set for conditions, Events, log lines and metric labels.

Each member carries what the reference pages print, so a word cannot be used that no page explains. Words of
one kind stand beside that kind; here are those that all kinds share.
"""

from enum import StrEnum


class ConditionType(StrEnum):
    """One aspect of an object's state; `lifetime` says when the condition is present."""

    polarity: str
    lifetime: str
    meaning: str

    def __new__(cls, word: str, polarity: str, lifetime: str, meaning: str) -> "ConditionType":
        """Keep the texts beside the word."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.polarity, member.lifetime, member.meaning = polarity, lifetime, meaning
        return member


class CommonCondition(ConditionType):
    """The conditions of every kind, as kstatus reads them."""

    READY = (
        "Ready", "positive", "always, from the first visit on",
        "True: what this generation asks for is there. Unknown: work goes on, or somebody must decide. "
        "False: it is not there and nothing goes on; the reason says why.",
    )  # fmt: skip
    RECONCILING = (
        "Reconciling", "abnormal when True", "only while True",
        "Work goes on, or is about to.",
    )  # fmt: skip
    STALLED = (
        "Stalled", "abnormal when True", "only while True",
        "Nothing goes on until a person changes something; the reason says what.",
    )  # fmt: skip


class Reason(StrEnum):
    """Why a condition is as it is; `cure` is what a person does about it, if anything."""

    meaning: str
    cure: str

    def __new__(cls, word: str, meaning: str, cure: str = "") -> "Reason":
        """Keep the texts beside the word."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.meaning, member.cure = meaning, cure
        return member


class CommonReason(Reason):
    """Reasons that every kind may give."""

    SUSPENDED = (
        "Suspended",
        "spec.suspend is true: a run is held where it is, and none starts.",
        "Set spec.suspend to false.",
    )
    SPEC_INVALID = (
        "SpecInvalid", "The operator cannot read this spec: the CRD and the operator differ in version.",
        "Upgrade the chart that is behind, otakube-crds first.",
    )  # fmt: skip
