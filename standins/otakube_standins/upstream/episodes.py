# SPDX-License-Identifier: Apache-2.0
"""The episodes of a title, composed from its facts: titles in three scripts, times in JST, short summaries.

Composed, because 150 believable episodes need no 150 lines of data; a title always yields the same list.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from otakube_standins.upstream.catalogue import InventedTitle, first_airing

# (English, Japanese, romaji); any two of them joined by "and" / と / "to" are an episode's title.
_NOUNS = (
    ("The Lantern", "提灯", "Chouchin"), ("Rain", "雨", "Ame"), ("The Ferry", "渡し船", "Watashibune"),
    ("A Promise", "約束", "Yakusoku"), ("The Map", "地図", "Chizu"), ("Snow", "雪", "Yuki"),
    ("The Bell", "鐘", "Kane"), ("A Letter", "手紙", "Tegami"), ("The Harbour", "港", "Minato"),
    ("Salt", "塩", "Shio"), ("The Key", "鍵", "Kagi"), ("A Song", "歌", "Uta"), ("The Bridge", "橋", "Hashi"),
    ("Ash", "灰", "Hai"), ("The Clock", "時計", "Tokei"), ("A Shadow", "影", "Kage"),
    ("The Well", "井戸", "Ido"),
    ("Thunder", "雷", "Kaminari"), ("The Mirror", "鏡", "Kagami"), ("A Feather", "羽", "Hane"),
)  # fmt: skip
_SUMMARIES = (
    "{first} is where it should not be, and {name} follows it until {second} stops them at the door.",
    "A quiet day turns when {second} is found beside {first}; {name} keeps silent about having seen both.",
    "{name} trades {first} for an answer, and learns too late that {second} was the question.",
)


@dataclass(frozen=True, slots=True)
class InventedEpisode:
    number: int
    english: str
    japanese: str
    romaji: str
    synopsis: str
    airs: datetime | None  # JST
    minutes: int | None
    filler: bool
    recap: bool


def episodes_of(title: InventedTitle, now: datetime) -> list[InventedEpisode]:
    """The episodes that a provider lists: those aired by `now`, or as many as `listed` says."""
    total = title.episodes if title.status == "Finished" else None
    known = title.listed if title.listed is not None else total
    if known is None:
        known = aired_count(title, now)
    return [episode(title, number) for number in range(1, known + 1)]


def aired_count(title: InventedTitle, now: datetime) -> int:
    """Count of weekly episodes that have begun by `now`."""
    start = first_airing(title)
    if start is None or start > now:
        return 0
    limit = title.episodes or 10_000
    return next((n - 1 for n in range(1, limit + 1) if _airs(title, start, n) > now), limit)


def airing_of(title: InventedTitle, number: int) -> datetime | None:
    """Start of an episode, in JST."""
    start = first_airing(title)
    return None if start is None else _airs(title, start, number)


def _airs(title: InventedTitle, start: datetime, number: int) -> datetime:
    if title.type not in ("TV", "ONA"):
        return start + timedelta(days=60 * (number - 1))  # discs come every two months
    return start + timedelta(weeks=number - 1 + sum(skip <= number for skip in title.skipped_weeks))


def episode(title: InventedTitle, number: int) -> InventedEpisode:
    """Compose one episode."""
    first = _NOUNS[(number - 1) % len(_NOUNS)]
    second = _NOUNS[((number - 1) * 7 + (number - 1) // len(_NOUNS) + 3) % len(_NOUNS)]
    written = title.episode_titles[number - 1] if number <= len(title.episode_titles) else None
    return InventedEpisode(
        number=number,
        english=written or f"{first[0]} and {second[0]}",
        japanese=f"{first[1]}と{second[1]}",
        romaji=f"{first[2]} to {second[2]}",
        synopsis=_summary(title, number, first[0], second[0]),
        airs=airing_of(title, number),
        minutes=title.minutes,
        filler=number in title.fillers,
        recap=number in title.recaps,
    )


def _summary(title: InventedTitle, number: int, first: str, second: str) -> str:
    name = title.characters[0].name.split()[0] if title.characters else "Nobody"
    sentence = _SUMMARIES[number % len(_SUMMARIES)].format(
        first=first, second=second[0].lower() + second[1:], name=name
    )
    return sentence[0].upper() + sentence[1:]


def last_day(title: InventedTitle) -> date | None:
    """The day on which a finished title ended, as the broadcaster's day."""
    if title.aired_to is not None or title.status != "Finished":
        return title.aired_to
    last = airing_of(title, title.episodes or 1)
    if last is None:
        return None
    return (last - (title.broadcast.delay() if title.broadcast else timedelta())).date()
