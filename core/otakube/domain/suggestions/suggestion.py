# SPDX-License-Identifier: Apache-2.0
"""Suggested tags and a summary: marked as such, closed in form, and in a record only after a person's word.

What suggests them reads hostile text, so nothing that it says goes beyond the vocabulary and one short text.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from pydantic import Field

from otakube.domain.record.golden import (
    AcceptedSuggestion,
    AnimeEntry,
    Confidence,
    GoldenRecord,
    Provenance,
    Record,
    Title,
)
from otakube.domain.record.text import comparable, plain
from otakube.domain.suggestions.tag_rules import TAG_WORDS, evidence

SUMMARY_LIMIT = 300  # characters: what fits on a card
_MOST_TAGS = 12
_SURE_WORDS = 3  # different words for a tag beyond which more say nothing new
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+")
_ADDRESS = re.compile(r"https?:|www\.", re.IGNORECASE)


class SuggestionKind(StrEnum):
    TAG = "Tag"
    SUMMARY = "Summary"


class Suggestion(Record):
    """`id` is what a reviewer accepts it by."""

    id: str = Field(pattern=r"^(tag-[a-z0-9-]{1,60}|summary)$")
    kind: SuggestionKind
    value: str = Field(min_length=1, max_length=SUMMARY_LIMIT)
    confidence: Confidence
    reason: str = Field(max_length=200)


class Suggestions(Record):
    made_by: Title  # rules@1, or the model's name
    suggestions: list[Suggestion] = Field(default=[], max_length=_MOST_TAGS + 1)


def tag_id(tag: str) -> str:
    """A tag's id: its words with hyphens."""
    return "tag-" + comparable(tag).replace(" ", "-")


def tag_suggestion(tag: str, confidence: float, reason: str) -> Suggestion | None:
    """None for a tag beyond the vocabulary."""
    if tag not in TAG_WORDS:
        return None
    return Suggestion(
        id=tag_id(tag),
        kind=SuggestionKind.TAG,
        value=tag,
        confidence=min(max(confidence, 0.0), 1.0),
        reason=(plain(reason) or "no reason given")[:200],
    )


def summary_suggestion(text: str, confidence: float, reason: str) -> Suggestion | None:
    """None for a text that is empty, too long for a summary, or that carries addresses."""
    found = " ".join((plain(text) or "").split())
    if not found or len(found) > SUMMARY_LIMIT or _ADDRESS.search(found):
        return None
    return Suggestion(
        id="summary", kind=SuggestionKind.SUMMARY, value=found, confidence=confidence, reason=reason[:200]
    )


def by_rules(entry: AnimeEntry) -> Suggestions:
    """Tags whose words the synopsis has, and its first sentences; offline, the same every time."""
    text = entry.synopsis or ""
    tags = [
        tag_suggestion(tag, 0.4 + 0.15 * min(len(words), _SURE_WORDS), f"says {', '.join(words)}")
        for tag, words in evidence(text)
    ]
    found = [*fresh(entry, [tag for tag in tags if tag]), first_sentences(text)]
    return Suggestions(made_by="rules@1", suggestions=[one for one in found if one])


def fresh(entry: AnimeEntry, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """The surest tags that the entry does not have yet."""
    known = {comparable(word) for word in (*entry.tags, *entry.spoiler_tags, *entry.genres)}
    new = [one for one in suggestions if comparable(one.value) not in known]
    return sorted(new, key=lambda one: -one.confidence)[:_MOST_TAGS]


def first_sentences(text: str) -> Suggestion | None:
    """As many whole sentences from the start as a summary holds."""
    kept, whole = "", " ".join(text.split())
    for sentence in _SENTENCE_END.split(whole):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > SUMMARY_LIMIT:
            break
        kept = longer
    return summary_suggestion(kept, 0.5, "the synopsis's first sentences") if kept != whole else None


def unknown(suggestions: Suggestions, accepted: Sequence[str]) -> list[str]:
    """Accepted ids that nobody suggested."""
    ids = {one.id for one in suggestions.suggestions}
    return [one for one in accepted if one not in ids]


def accept(
    record: GoldenRecord, suggestions: Suggestions, accepted: Sequence[str], *, reviewer: str
) -> GoldenRecord:
    """The record with what a person took over, marked with who suggested and who accepted it."""
    entry = record.entry
    done = {(mark.field, mark.value) for mark in entry.accepted_suggestions}  # by an attempt before
    taken = [
        one for one in suggestions.suggestions if one.id in accepted and (_field(one), one.value) not in done
    ]
    if not taken:
        return record
    tags = [one.value for one in taken if one.kind is SuggestionKind.TAG]
    summaries = [one for one in taken if one.kind is SuggestionKind.SUMMARY]
    marks = [
        AcceptedSuggestion(
            field=_field(one),
            value=one.value,
            suggested_by=suggestions.made_by,
            accepted_by=reviewer,
        )
        for one in taken
    ]
    changes: dict[str, object] = {
        "tags": [*entry.tags, *tags],
        "accepted_suggestions": [*entry.accepted_suggestions, *marks],
        "provenance": entry.provenance | _tag_provenance(entry, taken, reviewer),
    }
    if summaries:
        changes["summary"] = summaries[0].value
    return record.model_copy(update={"entry": entry.model_copy(update=changes)})


def carried_over(record: GoldenRecord, live: GoldenRecord | None) -> GoldenRecord:
    """A fresh record with what people accepted for the version before: their word holds."""
    if live is None or record.entry.accepted_suggestions or not live.entry.accepted_suggestions:
        return record
    marks, entry = live.entry.accepted_suggestions, record.entry
    known = {comparable(tag) for tag in entry.tags}
    tags = [one.value for one in marks if one.field == "tags" and comparable(one.value) not in known]
    fields = {one.field for one in marks}
    told = {
        name: entry.provenance.get(name, said).model_copy(update={"decided_by": said.decided_by})
        for name, said in live.entry.provenance.items()
        if name in fields
    }
    changes = {
        "tags": [*entry.tags, *tags],
        "summary": live.entry.summary,
        "accepted_suggestions": marks,
        "provenance": entry.provenance | told,
    }
    return record.model_copy(update={"entry": entry.model_copy(update=changes)})


def _field(suggestion: Suggestion) -> Literal["tags", "summary"]:
    return "tags" if suggestion.kind is SuggestionKind.TAG else "summary"


def _tag_provenance(entry: AnimeEntry, taken: Sequence[Suggestion], reviewer: str) -> dict[str, Provenance]:
    """A field that a person changed is theirs; it stands on the synopsis, so on that one's licence."""
    ground = entry.provenance.get("synopsis")
    told: dict[str, Provenance] = {}
    for one in taken:
        field = _field(one)
        before = entry.provenance.get(field) or ground
        if before is not None:
            sure = before.confidence if field in entry.provenance else one.confidence
            told[field] = before.model_copy(update={"decided_by": reviewer, "confidence": sure})
    return told
