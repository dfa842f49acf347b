# SPDX-License-Identifier: Apache-2.0
"""Characters that two providers name differently and show with the same portrait, joined."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from otakube.domain.merge.characters import by_prominence
from otakube.domain.merge.fields import alike, format_value, identity
from otakube.domain.merge.policies import CHARACTER_ORDER, CHARACTER_POLICIES
from otakube.domain.record.golden import CharacterEntry, LosingField, RowProvenance, VoiceActor
from otakube_api.contract import Provider
from otakube_api.providers import ALTERNATIVES

SAME_PICTURE = 6
"""Bits of 64 in which the hashes of one portrait in two sizes and encodings differ at most."""

TELLING = range(16, 49)
"""Bits set in the hash of a picture: half of them; a picture of one colour has hardly any."""

_FIELDS = tuple(field for field in CHARACTER_POLICIES if field != "voice_actors")


class CharacterPair(NamedTuple):
    """Two characters of different providers; `far`: bits between their portraits."""

    far: int
    one: CharacterEntry
    other: CharacterEntry


def merge_by_phash(
    characters: Sequence[CharacterEntry], phash_by_url: Mapping[str, str], known: Collection[str] = ()
) -> list[CharacterEntry]:
    """The characters, those joined that play the same role and whose portraits are one picture.

    A portrait that one provider shows of several characters is its placeholder and tells nothing; so does one
    that fits two. `known` are ids that the catalogue has: the joined character keeps such a one.
    """
    hashes = _hashes(characters, phash_by_url)
    joined = {one.id: one for one in characters}
    for pair in _pairs(characters, hashes):
        kept = _join(pair.one, pair.other, known)
        del joined[pair.other.id]
        del joined[pair.one.id]
        joined[kept.id] = kept
    return by_prominence(_in_order(characters, joined))


def _in_order(
    characters: Sequence[CharacterEntry], joined: Mapping[str, CharacterEntry]
) -> list[CharacterEntry]:
    return [joined[one.id] for one in characters if one.id in joined]


def _hashes(characters: Sequence[CharacterEntry], phash_by_url: Mapping[str, str]) -> dict[str, int]:
    """Hash of the portrait by character, without placeholders and pictures of one colour."""
    found = {
        one.id: (one.image.provider, int(phash, 16))
        for one in characters
        if one.image and (phash := phash_by_url.get(one.image.source_url))
    }
    times = Counter(found.values())
    return {
        own_id: shown_by[1]
        for own_id, shown_by in found.items()
        if shown_by[1].bit_count() in TELLING and times[shown_by] == 1
    }


def _pairs(characters: Sequence[CharacterEntry], hashes: Mapping[str, int]) -> list[CharacterPair]:
    """Pairs of characters, where each is the other's only match."""
    shown_ones = [one for one in characters if one.id in hashes]
    close = [
        CharacterPair(far, one, other)
        for one, other in combinations(shown_ones, 2)
        if (far := (hashes[one.id] ^ hashes[other.id]).bit_count()) <= SAME_PICTURE
        and _may_be_one(one, other)
    ]
    times = Counter(one.id for pair in close for one in (pair.one, pair.other))
    return [pair for pair in close if times[pair.one.id] == times[pair.other.id] == 1]


def _may_be_one(one: CharacterEntry, other: CharacterEntry) -> bool:
    sites = {site for p in one.providers for site in (p, ALTERNATIVES.get(p, p))}
    return one.role == other.role and not sites & set(other.providers)


def _join(one: CharacterEntry, other: CharacterEntry, known: Collection[str]) -> CharacterEntry:
    """The more trusted one's words, completed by the other's."""
    first, second = sorted((one, other), key=lambda entry: min(map(CHARACTER_ORDER.index, entry.providers)))
    voices = _voice_actors(first, second)
    keeper = second if second.id in known and first.id not in known else first
    values: dict[str, Any] = {
        field: own if (own := getattr(first, field)) is not None else getattr(second, field)
        for field in _FIELDS
    }
    return first.model_copy(
        update=values
        | {
            "id": keeper.id,
            "voice_actors": [actor for actor, _ in voices],
            "providers": [*first.providers, *second.providers],
            "provenance": _provenance(first, second, [claimants for _, claimants in voices]),
        }
    )


def _voice_actors(*characters: CharacterEntry) -> list[tuple[VoiceActor, list[Provider]]]:
    """Each voice once a language, with who names it."""
    found: dict[str, tuple[VoiceActor, list[Provider]]] = {}
    for one in characters:
        shares = one.provenance.shares.get("voice_actors", []) if one.provenance else []
        for number, actor in enumerate(one.voice_actors):
            claimants = shares[number] if shares else one.providers
            _, known = found.setdefault(identity(actor), (actor, []))
            known.extend(provider for provider in claimants if provider not in known)
    return list(found.values())[:100]


def _provenance(
    first: CharacterEntry, second: CharacterEntry, voices: list[list[Provider]]
) -> RowProvenance | None:
    """Both words: what agrees backs the first, what does not loses."""
    mine, theirs = first.provenance, second.provenance
    if mine is None or theirs is None:
        return mine or theirs
    same, lost = _compared(first, second, theirs.said)
    backers = {field: [*mine.backed.get(field, ()), *same[field]] for field in same}
    return RowProvenance(
        said=theirs.said | mine.said,
        backed=theirs.backed | mine.backed | backers,
        sure=theirs.sure | mine.sure | {f: max(mine.sure[f], theirs.sure[f]) for f in same},
        shares={"voice_actors": voices} if voices else {},
        credits={field: credit for field, credit in theirs.credits.items() if field not in mine.said}
        | mine.credits,
        confidence=max(mine.confidence, theirs.confidence),
        losing=[*mine.losing, *theirs.losing, *lost][:50],
    )


def _compared(
    first: CharacterEntry, second: CharacterEntry, said: Mapping[str, Provider]
) -> tuple[dict[str, list[Provider]], list[LosingField]]:
    same: dict[str, list[Provider]] = {}
    lost: list[LosingField] = []
    for field in _FIELDS:
        mine, theirs = getattr(first, field), getattr(second, field)
        if mine is None or theirs is None:
            continue
        if field == "image" or alike(mine, theirs):
            same[field] = [said[field]]
        else:
            lost.append(LosingField(field=field, provider=said[field], value=format_value(theirs, 200)))
    return same, lost
