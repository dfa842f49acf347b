# SPDX-License-Identifier: Apache-2.0
"""Queries as people write them, derived from real titles; the same seed gives the same queries.

A query knows the anime that may answer it: the one it was derived from, and those that hold the identical
normalised name, unless the query says a season, a form or a year that tells them apart. A title without its
subtitle may mean any anime that begins so. Nothing answers a query for an anime, or a season, that the index
does not hold. A string that equals a query is held out of its anime's names where the class is about names
that the index does not know. A query that turns out to be the name of another anime is dropped, and counted.
"""

import random
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from otakube.domain.matching.title_index import Titled
from otakube.domain.matching.titles import FINAL, Name, take_apart
from otakube.domain.record.text import comparable
from otakube_api.contract import AnimeType

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PARTICLES = {"no", "wo", "o", "ni", "ga", "wa", "na", "to", "the", "of", "a", "in", "de", "and"}
ROMANISED = (
    ("ou", "o"), ("ou", "ō"), ("uu", "u"), ("uu", "ū"), (" wo ", " o "), ("shi", "si"), ("tsu", "tu"),
    ("chi", "ti"), ("ja", "zya"), ("jou", "jo"), ("sh", "sy"), ("mb", "nb"), ("np", "mp"), ("oo", "oh"),
)  # fmt: skip
SEASONS = (
    "{0} Season {1}", "{0} S{1}", "{0} {1}", "{0}: {2} Season", "{0} {3}", "{0} 第{1}期", "{0} {1}期",
    "{0} Season {4}", "{0} Staffel {1}", "{0} Temporada {1}", "{0} 第{5}季",
)  # fmt: skip
PARTS = ("{0} Part {1}", "{0} Part {3}", "{0} Cour {1}", "{0} Part {4}", "{0} 第{1}クール", "{0} Teil {1}")
FINALS = ("{0} The Final Season", "{0}: Final Season", "{0} ファイナルシーズン", "{0} 最終季")
FORMS = {
    AnimeType.MOVIE: ("{0} the Movie", "Gekijouban {0}", "劇場版 {0}", "Eiga {0}", "{0} Movie"),
    AnimeType.OVA: ("{0} OVA", "{0} (OVA)", "{0} OAD"),
    AnimeType.SPECIAL: ("{0} Special", "{0} TV Special", "{0} スペシャル"),
}  # fmt: skip
ORDINALS = ("", "1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th")
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
WORDS = ("", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
KANJI = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")


@dataclass(frozen=True)
class Query:
    """`right` are the rows that answer it; none where the right answer is to abstain."""

    klass: str
    text: str
    right: frozenset[str]
    source: str  # the row it was derived from


@dataclass
class World:
    """The index's rows, the queries, and what the derivation left out."""

    rows: list[Titled] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    ambiguous: int = 0  # queries that several anime of one name may answer
    dropped: int = 0  # queries that turned out to be the name of another anime


class Draft(NamedTuple):
    """A query before it is known whether it is the name of another anime."""

    klass: str
    text: str
    name: str  # that it was derived from
    told_apart: bool = False  # whether it says what tells its anime from namesakes
    absent: bool = False  # whether the index holds no answer


def half(row: Titled) -> int:
    """0 for tuning, 1 for the reported figures; by title, whatever its place in the file."""
    return zlib.crc32(comparable(row.titles[0]).encode()) & 1


def derive(rows: Sequence[Titled], *, part: int, seed: int, each: int) -> World:
    """An index, and about `each` queries of every class from the rows of one half."""
    chance = random.Random(seed * 2 + part)
    mine = [row for row in rows if half(row) == part]
    chance.shuffle(mine)
    removed = {row.id for row in mine[: each * 2]}
    left = [row for row in rows if row.id not in removed]
    families = _families(left)
    drafts: dict[str, list[tuple[Titled, Draft]]] = defaultdict(list)
    for row in mine:
        for draft in _drafts(row, families, chance, gone=row.id in removed):
            if len(drafts[draft.klass]) < each:
                drafts[draft.klass].append((row, draft))
                break  # one query a row, so that what is held out for one does not hurt another
    return _world(left, [one for of_class in drafts.values() for one in of_class])


def _families(rows: Sequence[Titled]) -> dict[str, set[tuple[int, int]]]:
    """Seasons and parts that the index holds of each name."""
    families: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for row in rows:
        for title in row.titles:
            name = take_apart(title)
            families[name.text].add((name.season, name.part))
    return families


def _drafts(
    row: Titled, families: Mapping[str, set[tuple[int, int]]], chance: random.Random, *, gone: bool
) -> Iterator[Draft]:
    """Queries that this row can give, in an order of chance."""
    title = row.titles[0]
    if gone:
        misspelt = misspell(title, chance)
        yield from _shuffled(
            chance,
            [Draft("absent", title, title, absent=True)]
            + [Draft("absent, misspelled", misspelt, title, absent=True)] * bool(misspelt),
        )
        return
    makers: list[Callable[[Titled, Name, random.Random], Iterator[Draft]]] = [
        _plain,
        _misspelled,
        _romanised,
        _words,
        _subtitles,
        _held_out,
        _dated,
    ]
    chance.shuffle(makers)
    name = take_apart(title)
    if name.season > 1 or name.part > 1 or len(families[name.text]) > 1:
        yield from _seasons(row, name, families, chance)
    if name.kind in FORMS:
        yield from _forms(row, name, chance)
    for make in makers:
        yield from make(row, name, chance)


def _shuffled(chance: random.Random, drafts: list[Draft]) -> list[Draft]:
    return chance.sample(drafts, len(drafts))


def _plain(row: Titled, _: Name, chance: random.Random) -> Iterator[Draft]:
    """Another case, other punctuation."""
    title = row.titles[0]
    yield Draft(
        "case and punctuation",
        chance.choice([title.upper(), title.replace(":", " -"), comparable(title)]),
        title,
    )


def _misspelled(row: Titled, _: Name, chance: random.Random) -> Iterator[Draft]:
    title = chance.choice(row.titles)
    if misspelt := misspell(title, chance):
        yield Draft("misspelled", misspelt, title)


def misspell(title: str, chance: random.Random) -> str:
    """One or two letters wrong, one in a short title; empty for a title of too few Latin letters."""
    wrong = title
    if sum(c.isascii() and c.isalpha() for c in title) < 6:
        return ""
    for _ in range(1 if len(title) < 10 else chance.choice((1, 2))):
        place = chance.choice([i for i, c in enumerate(wrong) if c.isascii() and c.isalpha()])
        letter, here, behind = chance.choice(LETTERS), wrong[place], wrong[place + 1 :]
        tails = (letter + behind, here + letter + behind, behind, behind[:1] + here + behind[1:])
        wrong = wrong[:place] + chance.choice(tails)
    return wrong if comparable(wrong) != comparable(title) else ""


def _romanised(row: Titled, _: Name, chance: random.Random) -> Iterator[Draft]:
    """Another romanisation of the main title, one or two rules of it."""
    title = row.titles[0]
    rules = [rule for rule in ROMANISED if rule[0] in title.lower()]
    if rules:
        text = title.lower()
        for usual, other in chance.sample(rules, min(2, len(rules))):
            text = text.replace(usual, other)
        yield Draft("other romanisation", text, title)


def _words(row: Titled, _: Name, chance: random.Random) -> Iterator[Draft]:
    """Particles left out, words joined or in another order."""
    title = row.titles[0]
    words = title.split()
    if len(words) < 3:
        return
    kept = [word for word in words if word.lower() not in PARTICLES]
    if 1 < len(kept) < len(words):
        yield Draft("particles dropped", " ".join(kept), title)
    joint = chance.randrange(len(words) - 1)
    cut = chance.randrange(1, len(words))
    yield from _shuffled(
        chance,
        [
            Draft(
                "words joined",
                " ".join([*words[:joint], words[joint] + words[joint + 1].lower(), *words[joint + 2 :]]),
                title,
            ),
            Draft("word order", " ".join([*words[cut:], *words[:cut]]), title),
        ],
    )


def _subtitles(row: Titled, _: Name, chance: random.Random) -> Iterator[Draft]:
    title = row.titles[0]
    head = title.partition(": ")[0]
    if head != title and len(head) > 5:
        yield Draft("subtitle dropped", head, title)
    others = [one for one in row.titles[1:] if one.isascii() and comparable(one) not in comparable(title)]
    if others:
        yield Draft("subtitle added", f"{title} - {chance.choice(others)}", title, told_apart=True)


def _held_out(row: Titled, _: Name, chance: random.Random) -> Iterator[Draft]:
    """A synonym that the index does not know; whether a machine can find it is told by its class."""
    if len(row.titles) < 3:
        return
    held = chance.choice(row.titles[1:])
    rest = [one for one in row.titles if comparable(one) != comparable(held)]
    like = max((_overlap(held, one) for one in rest), default=0)
    yield Draft("synonym held out, alike" if like >= 0.4 else "synonym held out, unlike", held, held)


def _overlap(one: str, other: str) -> float:
    """Share of trigrams of two names that both have."""
    first, second = (
        {text[i : i + 3] for i in range(len(text) - 2)}
        for text in (f" {comparable(one)} ", f" {comparable(other)} ")
    )
    return len(first & second) / max(1, len(first | second))


def _dated(row: Titled, name: Name, chance: random.Random) -> Iterator[Draft]:
    """The year of the anime behind its bare name, as people tell remakes apart."""
    if row.year and name.season == name.part == 1 and name.kind is None:
        yield Draft(
            "year",
            chance.choice(("{0} ({1})", "{0} {1}")).format(name.text, row.year),
            row.titles[0],
            told_apart=True,
        )


def _forms(row: Titled, name: Name, chance: random.Random) -> Iterator[Draft]:
    if name.season == name.part == 1 and name.kind is not None and name.year is None:
        text = chance.choice(FORMS[name.kind]).format(name.text)
        yield Draft("form", text, row.titles[0], told_apart=True)


def _seasons(
    row: Titled, name: Name, families: Mapping[str, set[tuple[int, int]]], chance: random.Random
) -> Iterator[Draft]:
    """Another notation of a season or part, a prequel by its bare name, a season that does not exist."""
    if name.kind is None and name.year is None:
        makers = (_sequels, _parts, _prequels)
        yield from _shuffled(
            chance, [one for make in makers for one in make(row, name, families[name.text], chance)]
        )


def _sequels(row: Titled, name: Name, _: set[tuple[int, int]], chance: random.Random) -> Iterator[Draft]:
    title, text = row.titles[0], name.text
    if name.season == FINAL and name.part == 1:
        yield Draft("final season", chance.choice(FINALS).format(text), title, told_apart=True)
    if 1 < name.season < 10 and name.part == 1:
        yield Draft("season", _numbered(SEASONS, text, name.season, chance), title, told_apart=True)
        if wrong := misspell(text, chance):
            misspelt = _numbered(SEASONS, wrong, name.season, chance)
            yield Draft("season, misspelled", misspelt, title, told_apart=True)


def _parts(row: Titled, name: Name, _: set[tuple[int, int]], chance: random.Random) -> Iterator[Draft]:
    title, text = row.titles[0], name.text
    if name.season == 1 and 1 < name.part < 10:
        yield Draft("part or cour", _numbered(PARTS, text, name.part, chance), title, told_apart=True)
    if 1 < name.season < 10 and 1 < name.part < 10:
        both = _numbered(PARTS, _numbered(SEASONS[:2], text, name.season, chance), name.part, chance)
        yield Draft("season and part", both, title, told_apart=True)


def _prequels(row: Titled, name: Name, held: set[tuple[int, int]], chance: random.Random) -> Iterator[Draft]:
    title, text = row.titles[0], name.text
    if name.season == name.part == 1 and len(held) > 1:
        yield Draft("prequel", misspell(title, chance) or title, title)
        last = max(season for season, _ in held if season != FINAL)
        if last < 8 and len(text) > 3:
            yield Draft("absent season", _numbered(SEASONS, text, last + 1, chance), title, absent=True)


def _numbered(forms: Sequence[str], text: str, number: int, chance: random.Random) -> str:
    form = chance.choice(forms)
    return form.format(text, number, ORDINALS[number], ROMAN[number], WORDS[number], KANJI[number])


HELD_OUT = re.compile(r"synonym|romanisation|season|part|form|final")


def _world(rows: Sequence[Titled], drafts: Sequence[tuple[Titled, Draft]]) -> World:
    """Hold out what must not be in the index, and say which rows may answer each query."""
    held = {(row.id, comparable(draft.text)) for row, draft in drafts if HELD_OUT.search(draft.klass)}
    world = World()
    owners: dict[str, set[str]] = defaultdict(set)
    heads: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        titles = [row.titles[0]] + [one for one in row.titles[1:] if (row.id, comparable(one)) not in held]
        world.rows.append(row._replace(titles=titles))
        heads[comparable(titles[0].partition(": ")[0])].add(row.id)
        for title in titles:
            owners[comparable(title)].add(row.id)
    for row, draft in drafts:
        equal = owners.get(comparable(draft.text), set())
        if equal - {row.id} and (
            draft.absent or draft.told_apart or draft.klass == "subtitle dropped" or row.id not in equal
        ):
            world.dropped += 1
            continue
        own = set() if draft.absent else {row.id}
        same = set() if draft.absent or draft.told_apart else owners.get(comparable(draft.name), set())
        if draft.klass == "subtitle dropped":
            same = heads[comparable(draft.text)]
        right = frozenset(own | same)
        world.ambiguous += len(right) > 1
        world.queries.append(Query(draft.klass, draft.text, right, row.id))
    return world
