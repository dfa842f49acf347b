# SPDX-License-Identifier: Apache-2.0
"""The titles that the stand-in knows, once for all providers, and what each provider says otherwise.

One shared truth with per-provider overrides keeps ids and facts coherent; every disagreement is deliberate.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from difflib import SequenceMatcher
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from otakube_standins.upstream.faults import FaultRule

_ALIKE = 0.6  # similarity from which a search shows a title
JST = timezone(timedelta(hours=9), "JST")
FOLDER = Path(__file__).parent
NO_PROVIDERS = frozenset({"titles"})  # folders here that are no provider's


def written_out(text: str) -> str:
    """`{repeat:word}` as ten thousand times the word: too long to lie in a file."""
    return re.sub(r"\{repeat:([^}]*)\}", lambda found: found[1] * 10_000, text)


Text = Annotated[str, AfterValidator(written_out)]


class Data(BaseModel):
    """Closed and immutable: a misspelt key in a title's file is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ids(Data):
    """By the folder's name; None: that provider does not have it. One with slugs has no id."""

    myanimelist: int
    anilist: int
    kitsu: int
    anidb: int | None = None


class TitleVoice(Data):
    name: str
    language: str = "Japanese"


class TitleCharacter(Data):
    """`image` replaces the drawn picture: the kind of a hostile image, or a whole URL."""

    name: str  # given name first
    native: str | None = None
    role: Literal["Main", "Supporting"] = "Supporting"
    about: Text | None = None
    hides: str | None = None  # what AniList writes as a spoiler
    voices: list[TitleVoice] = []
    image: str | None = None


class TitleStaff(Data):
    name: str
    positions: list[str]


class TitleRelation(Data):
    to: str  # key of another title, or a free name when `manga`
    kind: str  # MAL's words: Sequel, Prequel, Side story, Adaptation, ...
    manga: bool = False


class TitleLink(Data):
    name: str
    url: str


class TitleBroadcast(Data):
    """A weekly slot in the broadcaster's clock: `25:30` on Friday is Saturday 01:30."""

    weekday: Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    time: str = Field(pattern=r"^[0-2]\d:[0-5]\d$")

    def delay(self) -> timedelta:
        """Time from the midnight that begins the broadcaster's day."""
        hours, minutes = self.time.split(":")
        return timedelta(hours=int(hours), minutes=int(minutes))


class Facts(Data):
    """Everything that providers may disagree about."""

    romaji: str
    english: str | None = None
    japanese: str | None = None
    synonyms: list[Text] = []
    type: Literal["TV", "Movie", "OVA", "ONA", "Special", "Music"] = "TV"
    status: Literal["Finished", "Ongoing", "Upcoming"] | None = "Finished"  # None: not said, as two real ones
    episodes: int | None = None
    listed: int | None = None  # episodes that the provider lists; default: those aired
    minutes: int | None = 24
    aired_from: date | None = None  # the broadcaster's day
    aired_to: date | None = None
    precision: Literal["Day", "Month", "Year"] = "Day"  # of both days
    broadcast: TitleBroadcast | None = None
    synopsis: Text | None = None
    hides: str | None = None  # what AniList writes as a spoiler behind it
    score: float | None = None  # 0..10
    scored_by: int | None = None
    images: dict[str, str] = {}  # poster or banner -> the kind of a hostile image, or a whole URL


class Override(Facts):
    """Facts that one provider gives otherwise; only the keys that are written count."""

    romaji: str = ""
    absent: bool = False


class InventedTitle(Facts):
    """One title as the world (or, after `Catalogue.seen_by`, one provider) sees it."""

    key: str
    ids: Ids
    weeks_ago: int | None = None  # first broadcast, relative to today: ongoing and upcoming titles stay so
    skipped_weeks: list[int] = []  # episode numbers before which a week was skipped
    source: str = "Original"
    rating: str = "PG-13 - Teens 13 or older"
    genres: list[str] = []
    themes: list[str] = []
    demographics: list[str] = []
    tags: list[str] = []
    spoiler_tags: list[str] = []  # that tell what happens
    studios: list[str] = []
    producers: list[str] = []
    licensors: list[str] = []
    members: int = 0
    favourites: int = 0
    rank: int | None = None
    popularity: int = 0
    episode_titles: list[str] = []  # English; the rest are composed
    fillers: list[int] = []
    recaps: list[int] = []
    characters: list[TitleCharacter] = []
    staff: list[TitleStaff] = []
    relations: list[TitleRelation] = []
    recommendations: list[str] = []
    external: list[TitleLink] = []
    streaming: list[TitleLink] = []
    says: dict[str, Override] = {}
    faults: list[FaultRule] = []

    def seen_by(self, provider: str) -> Self | None:
        """The title with one provider's words, or None where that provider has no such title."""
        if getattr(self.ids, provider, 0) is None:
            return None
        override = self.says.get(provider)
        if override is None:
            return self
        if override.absent:
            return None
        return self.model_copy(
            update={name: getattr(override, name) for name in override.model_fields_set - {"absent"}}
        )

    def names(self) -> list[str]:
        """Every name under which a search may find it."""
        return [name for name in (self.romaji, self.english, self.japanese, *self.synonyms) if name]


class TitleCatalogue(Data):
    """All titles, in the order of their files' names."""

    titles: list[InventedTitle]

    def seen_by(self, provider: str) -> list[InventedTitle]:
        """The titles that a provider has, in its words."""
        return [seen for title in self.titles if (seen := title.seen_by(provider)) is not None]


def load(today: date, more: Sequence[InventedTitle] = ()) -> TitleCatalogue:
    """Read the titles from the package, and put `more` after them; dates are relative to `today`."""
    folder = resources.files("otakube_standins.upstream.titles")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name
    )
    read = [_title(yaml.safe_load(file.read_text("utf-8")), today) for file in files]
    return TitleCatalogue.model_construct(titles=[*read, *more])


def _title(document: dict[str, Any], today: date) -> InventedTitle:
    title = InventedTitle.model_validate(document)
    if title.weeks_ago is None:
        return title
    monday = today - timedelta(days=today.weekday())
    return title.model_copy(
        update={"aired_from": monday - timedelta(weeks=title.weeks_ago) + _weekday(title)}
    )


def _weekday(title: InventedTitle) -> timedelta:
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    return timedelta(days=days.index(title.broadcast.weekday) if title.broadcast else 0)


def half_known(day: date, precision: str) -> str:
    """A day of which MyAnimeList and AniDB write no more than is known: "2022", "2022-02"."""
    return day.isoformat()[: {"Year": 4, "Month": 7}.get(precision, 10)]


def first_airing(title: InventedTitle) -> datetime | None:
    """Start of the first episode, in JST on the common clock."""
    if title.aired_from is None:
        return None
    delay = title.broadcast.delay() if title.broadcast else timedelta()
    return datetime.combine(title.aired_from, datetime.min.time(), JST) + delay


def search(titles: Iterable[InventedTitle], query: str) -> Sequence[InventedTitle]:
    """Titles whose names resemble the query, best first; near misses come last, as real searches do it."""
    ranked = [(score, title) for title in titles if (score := _similarity(title, _plain(query))) >= _ALIKE]
    return [title for _, title in sorted(ranked, key=lambda pair: (-pair[0], pair[1].popularity))]


def _similarity(title: InventedTitle, query: str) -> float:
    return (
        max((_name_similarity(_plain(name), query) for name in title.names()), default=0.0) if query else 0.0
    )


def _name_similarity(name: str, query: str) -> float:
    if name == query:
        return 3.0
    if query in name:
        return 2.0 if name.startswith(query) else 1.5
    matcher = SequenceMatcher(None, name[:200], query[:200])
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE <= matcher.quick_ratio() else 0.0


def _plain(name: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in name.casefold()).split())
