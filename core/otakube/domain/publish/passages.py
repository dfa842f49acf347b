# SPDX-License-Identifier: Apache-2.0
"""Passages of a golden record to embed; pure: the same record always gives the same points."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from otakube.domain.licences.redaction import readable
from otakube.domain.record.golden import AnimeEntry, CharacterEntry, EpisodeDetailEntry, GoldenRecord

Row = TypeVar("Row", CharacterEntry, EpisodeDetailEntry)

KINDS = ("title", "synopsis", "character", "episode")
"""The named vectors of the collection."""

TEXT_LIMIT = 1000  # characters that a point keeps of its text, to show with a hit
CHUNKS_LIMIT = 64  # of one synopsis; 20,000 characters are about 25

Count = Callable[[str], int]

_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")


class Passage(NamedTuple):
    """One text to embed; `number` is the chunk of a synopsis, or the index among the record's like."""

    kind: str
    number: int
    text: str


def passages_of(record: GoldenRecord, *, count: Count, limit: int) -> list[Passage]:
    """The passages of a record, in a fixed order; none is longer than `limit` tokens by `count`.

    Searches show them, so what readers may not see is not embedded.
    """
    shown = readable(record, record.assembled_at).record
    if shown is None:
        return []
    groups = {
        "title": [title_block(shown.entry)],
        "synopsis": chunks(shown.entry.synopsis or "", count=count, limit=limit)[:CHUNKS_LIMIT],
        "character": _at_their_places(record.characters, shown.characters, character_text),
        "episode": _at_their_places(record.episodes, shown.episodes, episode_text),
    }
    return [
        Passage(kind, number, shorten(text, count=count, limit=limit))
        for kind, group in groups.items()
        for number, text in enumerate(group)
        if text
    ]


def _at_their_places(rows: Sequence[Row], shown: Sequence[Row], text: Callable[[Row], str]) -> list[str]:
    """A text a row of the record, empty for those that are not shown."""
    found = {one.id: text(one) for one in shown}
    return [found.get(one.id, "") for one in rows]


def title_block(entry: AnimeEntry) -> str:
    """Every name once, then what a person asks for beside a name: kind, year, genres, studios."""
    season = f"{entry.season.quarter.value} {entry.season.year}" if entry.season else None
    facts = [entry.type.value, season, ", ".join(entry.genres), ", ".join(entry.studios)]
    return "\n".join([" / ".join(entry.titles.names()), ". ".join(filter(None, facts))]).strip()


def character_text(character: CharacterEntry) -> str:
    """Name and description; a bare name is no text to search, and is left out."""
    return f"{character.name}: {character.description}" if character.description else ""


def episode_text(episode: EpisodeDetailEntry) -> str:
    """Title and synopsis; a bare `Episode 3` says nothing and is left out."""
    title = episode.title or episode.title_romaji or episode.title_japanese or ""
    if re.fullmatch(r"(?i)episode\s+\d+", title):
        title = ""
    return "\n".join(filter(None, [title, episode.synopsis]))


def chunks(text: str, *, count: Count, limit: int) -> list[str]:
    """Cut at sentence ends into passages of at most `limit` tokens, as few as that allows."""
    packed: list[str] = []
    for piece in _pieces(text, count=count, limit=limit):
        joined = f"{packed[-1]} {piece}" if packed else ""
        if joined and count(joined) <= limit:
            packed[-1] = joined
        else:
            packed.append(piece)
    return packed


def shorten(text: str, *, count: Count, limit: int) -> str:
    """The longest run of leading words that fits; a single huge word is cut in half until it does."""
    if count(text) <= limit:
        return text
    words = text.split(" ")
    low, high = 0, len(words) - 1
    while low < high:  # invariant: `low` words fit
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(" ".join(words[:middle])) <= limit else (low, middle - 1)
    if low:
        return " ".join(words[:low])
    word = words[0]
    while count(word) > limit:
        word = word[: len(word) // 2]
    return word


def _pieces(text: str, *, count: Count, limit: int) -> Iterator[str]:
    for sentence in filter(None, (part.strip() for part in _SENTENCE.split(text))):
        rest = sentence
        while rest:
            head = shorten(rest, count=count, limit=limit)
            if not head:
                return  # not even one character fits: the limit is no real one
            yield head
            rest = rest[len(head) :].strip()
