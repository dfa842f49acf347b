# SPDX-License-Identifier: Apache-2.0
"""What looks at a record before a person does, and the decision whether a person must look too."""

from collections.abc import Callable, Sequence

from otakube.domain.entry import AnimeStatus, GoldenRecord
from otakube.domain.policies import KEY_FIELDS


def judged(record: GoldenRecord, findings: Sequence[str]) -> GoldenRecord:
    """The record with everything that a reviewer must know."""
    found = [*findings, *(finding for check in CHECKS for finding in check(record))]
    return record.model_copy(update={"findings": [finding[:500] for finding in found[:200]]})


def review_needed(policy: str, confidence: float, threshold: float) -> bool:
    """Whether a person must look: `policy` is spec.review.policy."""
    return policy == "Required" or (policy != "Never" and confidence < threshold)


def episodes_missing(record: GoldenRecord) -> list[str]:
    """A finished anime lists all its episodes."""
    expected, listed = record.entry.episode_count, len({one.number for one in record.episodes if one.number})
    if record.entry.status is not AnimeStatus.FINISHED or not expected or listed >= expected:
        return []
    return [f"{listed} of {expected} episodes are listed"]


def too_many_episodes(record: GoldenRecord) -> list[str]:
    """No more episodes than the anime has."""
    expected = record.entry.episode_count
    highest = max((one.number for one in record.episodes), default=0)
    return (
        [f"episode {highest} is listed, but the anime has {expected}"]
        if expected and highest > expected
        else []
    )


def dates_crossed(record: GoldenRecord) -> list[str]:
    """It ends after it begins."""
    start, end = record.entry.aired_from, record.entry.aired_to
    return [f"it ends on {end}, before it begins on {start}"] if start and end and end < start else []


def no_poster(record: GoldenRecord) -> list[str]:
    """At least one picture could be mirrored."""
    return [] if any(image.key for image in record.entry.images) else ["no poster could be mirrored"]


def no_synopsis(record: GoldenRecord) -> list[str]:
    """It says what it is about."""
    return [] if record.entry.synopsis else ["no provider has a synopsis"]


def no_characters(record: GoldenRecord) -> list[str]:
    """Somebody is in it, once it has begun."""
    needed = record.entry.status not in (AnimeStatus.UPCOMING, AnimeStatus.CANCELLED)
    return ["no provider lists characters"] if needed and not record.characters else []


def contested(record: GoldenRecord) -> list[str]:
    """Key fields in which the providers contradict each other."""
    said = record.entry.provenance
    return [
        f"{field}: {said[field].provider} is believed, "
        + ", ".join(f"{one.provider} says {one.value}" for one in said[field].losing)
        for field in KEY_FIELDS
        if field != "title" and field in said and said[field].losing
    ]


CHECKS: tuple[Callable[[GoldenRecord], list[str]], ...] = (
    episodes_missing,
    too_many_episodes,
    dates_crossed,
    no_poster,
    no_synopsis,
    no_characters,
    contested,
)
"""What a reviewer must know; each is named for its finding."""
