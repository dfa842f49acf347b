# SPDX-License-Identifier: Apache-2.0
"""Episodes counted from the first season on: by the providers' numbers, else by the prequel's."""

from collections import Counter
from collections.abc import Mapping, Sequence

from otakube.domain.record.claims import Episode
from otakube.domain.record.golden import ABSOLUTE_LIMIT, EpisodeDetailEntry, GoldenRecord, RowProvenance
from otakube_api.contract import AnimeType, Provider

COUNTED_ON = 0.9  # how sure a counted number is, against one that a provider says
RUNNING = (AnimeType.TV, AnimeType.ONA)  # a film between two seasons has no number in the count


def numbered(episodes: Sequence[EpisodeDetailEntry], offset: int | None = None) -> list[EpisodeDetailEntry]:
    """Regular episodes with absolute numbers: those said, the rest `offset` (or what was said) ahead.

    `offset` is the last absolute number before this season; None where nobody knows it.
    """
    known = ahead(episodes)
    shift = offset if known is None else known
    return [one if shift is None else _counted(one, shift) for one in episodes]


def ahead(episodes: Sequence[Episode | EpisodeDetailEntry]) -> int | None:
    """By how much the absolute numbers are ahead of the season's, as most episodes have it."""
    shifts = Counter(
        one.absolute_number - one.number
        for one in episodes
        if one.kind == "Regular" and one.number and one.absolute_number is not None
    )
    return min(shifts, key=lambda shift: (-shifts[shift], shift)) if shifts else None


def _counted(one: EpisodeDetailEntry, shift: int) -> EpisodeDetailEntry:
    number = one.number + shift
    known = not one.number or one.absolute_number is not None
    if one.kind != "Regular" or known or not 0 <= number <= ABSOLUTE_LIMIT:
        return one
    provenance = one.provenance and _derived(one.provenance)
    return one.model_copy(update={"absolute_number": number, "provenance": provenance})


def _derived(said: RowProvenance) -> RowProvenance:
    """Provenance of a derived number: the season's own, a little less sure."""
    sure = round(said.sure["number"] * COUNTED_ON, 3)
    return said.model_copy(
        update={
            "said": said.said | {"absolute_number": said.said["number"]},
            "sure": said.sure | {"absolute_number": sure},
        }
    )


def numbering_findings(said: Mapping[Provider, Sequence[Episode]], offset: int | None) -> list[str]:
    """Providers that count on from different numbers, or from another than the prequel's last."""
    counts = {
        provider: shift for provider in Provider if (shift := ahead(said.get(provider, ()))) is not None
    }
    if len({*counts.values(), *([] if offset is None else [offset])}) <= 1:
        return []
    words = [f"{provider} counts on from {shift}" for provider, shift in counts.items()]
    if offset is not None:
        words.append(f"the seasons before have {offset} episodes")
    return [f"absolute episode numbers disagree: {', '.join(words)}"]


def last_number(record: GoldenRecord) -> int | None:
    """The absolute number that a season ends with; None where it is not known, or the season has none."""
    if record.entry.type not in RUNNING:
        return None
    return max((one.absolute_number or 0 for one in record.episodes), default=0) or None


def length(record: GoldenRecord) -> int | None:
    """The regular episodes of a season, 0 of what has no place in the count; None where nobody knows."""
    if record.entry.type not in RUNNING:
        return 0
    listed = max((one.number for one in record.episodes if one.kind == "Regular"), default=0)
    return listed or record.entry.episode_count
