# SPDX-License-Identifier: Apache-2.0
"""Invented titles in any number, for benchmarks of batch endpoints: the same ones each time, and cheap.

They have no people, no pictures of their own and no faults; each id is the title's number above `FIRST`.
"""

from datetime import date, timedelta
from itertools import product
from typing import Literal

from otakube_standins.upstream.catalogue import Ids, InventedTitle, TitleCatalogue

Kind = Literal["TV", "Movie", "OVA", "ONA", "Special", "Music"]
FIRST = 1_000_000  # above every id of the written titles, at every provider
MOST = 100_000
_STARTS = ("Akane", "Botan", "Chidori", "Fuyu", "Hisui", "Kaede", "Midori", "Nagisa", "Sora", "Tsuki")
_MIDDLES = ("iro no", "to Gin no", "ga Oka no", "machi no", "no Ao", "no Kiri no", "yo Kiku no", "made no")
_ENDS = ("Densha", "Hikouki", "Kaidan", "Kissaten", "Mizuumi", "Tegami", "Tokei", "Toshokan", "Yuubin")
_NAMES = [" ".join(words) for words in product(_STARTS, _MIDDLES, _ENDS)]
_TYPES: tuple[Kind, ...] = ("TV", "TV", "TV", "Movie", "OVA", "ONA", "Special")
_BEGIN = date(1970, 1, 5)


def generate(count: int) -> list[InventedTitle]:
    """The first `count` titles; unvalidated, since all are made of the constants above."""
    return [_title(number) for number in range(1, count + 1)]


def written(catalogue: TitleCatalogue) -> TitleCatalogue:
    """The titles that come from files: only they have pictures."""
    return TitleCatalogue.model_construct(
        titles=[title for title in catalogue.titles if title.ids.myanimelist < FIRST]
    )


def _title(number: int) -> InventedTitle:
    kind = _TYPES[number % len(_TYPES)]
    begin = _BEGIN + timedelta(days=7 * (number % 2_800))
    episodes = 1 if kind == "Movie" else 12
    return InventedTitle.model_construct(
        key=f"generated-{number}",
        ids=Ids.model_construct(
            myanimelist=FIRST + number, anilist=FIRST + number, kitsu=FIRST + number, anidb=FIRST + number
        ),
        romaji=f"{_NAMES[number % len(_NAMES)]} {number}",
        english=f"Generated Story {number}",
        type=kind,
        episodes=episodes,
        listed=0,
        minutes=90 if kind == "Movie" else 24,
        aired_from=begin,
        aired_to=begin + timedelta(weeks=episodes - 1),
        synopsis=f"Generated title {number}.",
        score=5 + number % 40 / 10,
        scored_by=1_000 + number % 9_000,
        genres=["Drama"],
        studios=["Generated"],
        members=2_000 + number % 50_000,
        popularity=FIRST + number,
    )
