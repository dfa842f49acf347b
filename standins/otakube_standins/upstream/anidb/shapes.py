# SPDX-License-Identifier: Apache-2.0
"""Answers in the shapes of AniDB's HTTP API, built from titles; after its documentation. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from xml.etree.ElementTree import Element, SubElement, tostring

from otakube_standins.upstream.catalogue import JST, InventedTitle, TitleCharacter, half_known
from otakube_standins.upstream.episodes import InventedEpisode, airing_of, episodes_of, last_day
from otakube_standins.upstream.names import person_id

PICTURES = "/images/main/"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
_TYPES = {
    "TV": "TV Series", "Movie": "Movie", "OVA": "OVA", "ONA": "Web", "Special": "TV Special",
    "Music": "Music Video",
}  # fmt: skip
_RELATIONS = {
    "Sequel": "Sequel", "Prequel": "Prequel", "Side story": "Side Story", "Parent story": "Parent Story",
    "Alternative version": "Alternative Version", "Alternative setting": "Alternative Setting",
    "Summary": "Summary", "Full story": "Full Story", "Character": "Character",
}  # fmt: skip
_WORK = {"Director": "Direction", "Original Creator": "Original Work"}
_ROLES = {"Main": "main character in", "Supporting": "secondary cast in"}
_CRUNCHYROLL = re.compile(r"https://www\.crunchyroll\.com/series/([A-Z0-9]+)")


def anime(title: InventedTitle, others: Mapping[str, InventedTitle], now: datetime) -> bytes:
    """The answer to request=anime."""
    root = Element("anime", id=str(title.ids.anidb), restricted="false")
    _put(root, "type", _TYPES[title.type])
    _put(root, "episodecount", str(title.episodes or 0))
    _days(root, title)
    _titles(SubElement(root, "titles"), title)
    _related(root, title, others)
    official = [link.url for link in title.external if link.name == "Official Site"]
    if official:
        _put(root, "url", official[0])
    _creators(SubElement(root, "creators"), title)
    if title.synopsis:
        _put(root, "description", _described(title))
    _ratings(SubElement(root, "ratings"), title)
    _put(root, "picture", poster(title))
    _resources(SubElement(root, "resources"), title, official)
    _tags(SubElement(root, "tags"), title)
    _characters(SubElement(root, "characters"), title)
    _episodes(SubElement(root, "episodes"), title, now)
    return _written(root)


def titles(every: Iterable[InventedTitle]) -> bytes:
    """The daily dump."""
    root = Element("animetitles")
    for title in every:
        _titles(SubElement(root, "anime", aid=str(title.ids.anidb)), title, synonym="syn")
    return _written(root)


def error(words: str, code: int | None = None) -> bytes:
    """An error, which AniDB sends with status 200."""
    root = Element("error") if code is None else Element("error", code=str(code))
    root.text = words
    return _written(root)


def poster(title: InventedTitle) -> str:
    """Name of the poster's file."""
    return f"{title.ids.anidb}.jpg"


def portrait(title: InventedTitle, index: int) -> str:
    """Name of a character's file."""
    return f"{title.ids.anidb}{index:03}.jpg"


def _days(root: Element, title: InventedTitle) -> None:
    """First and last day on the common calendar of Japan."""
    start, end = airing_of(title, 1), last_day(title)
    if start:
        _put(root, "startdate", half_known(start.date(), title.precision))
    if end:
        delay = title.broadcast.delay() if title.broadcast else timedelta()
        _put(root, "enddate", half_known((datetime.combine(end, time()) + delay).date(), title.precision))


def _titles(root: Element, title: InventedTitle, synonym: str = "synonym") -> None:
    named = [("main", "x-jat", title.romaji)]
    named += [("official", "ja", title.japanese or ""), ("official", "en", title.english or "")]
    named += [(synonym, "en", name) for name in title.synonyms]
    for kind, language, name in named:
        if name:
            _put(root, "title", name).attrib.update({_LANGUAGE: language, "type": kind})


def _related(root: Element, title: InventedTitle, others: Mapping[str, InventedTitle]) -> None:
    related, similar = Element("relatedanime"), Element("similaranime")
    for relation in title.relations:
        if not relation.manga and (other := others.get(relation.to)) is not None:
            kind = _RELATIONS.get(relation.kind, "Other")
            _put(related, "anime", other.romaji).attrib.update({"id": str(other.ids.anidb), "type": kind})
    for place, key in enumerate(title.recommendations):
        if (other := others.get(key)) is not None:
            counts = {"id": str(other.ids.anidb), "approval": str(12 - place), "total": str(15 - place)}
            _put(similar, "anime", other.romaji).attrib.update(counts)
    root.extend(one for one in (related, similar) if len(one))


def _creators(root: Element, title: InventedTitle) -> None:
    for one in title.staff:
        for position in one.positions:
            _put(root, "name", one.name).attrib.update(
                {"id": str(person_id(one.name)), "type": _WORK.get(position, position)}
            )
    for studio in title.studios:
        _put(root, "name", studio).attrib.update({"id": str(person_id(studio)), "type": "Animation Work"})


def _described(title: InventedTitle) -> str:
    """AniDB links the names that it knows, and says where a text is from."""
    text = title.synopsis or ""
    for index, one in enumerate(title.characters[:1]):
        linked = f"http://anidb.net/ch{title.ids.anidb}{index} [{one.name}]"
        text = text.replace(one.name, linked, 1) if "[" not in one.name else text
    return f"{text}\nSource: the stand-in"


def _ratings(root: Element, title: InventedTitle) -> None:
    if title.score is None or not title.scored_by:
        return
    votes = max(1, title.scored_by // 40)
    _put(root, "permanent", f"{title.score:.2f}").set("count", str(votes))
    _put(root, "temporary", f"{min(10.0, title.score + 0.07):.2f}").set("count", str(votes + votes // 20))
    _put(root, "review", f"{max(0.0, title.score - 0.4):.2f}").set("count", str(1 + votes // 900))


def _resources(root: Element, title: InventedTitle, official: list[str]) -> None:
    _entity(root, 2, "identifier", str(title.ids.myanimelist))
    for url in official:
        _entity(root, 4, "url", url)
    for link in title.streaming:
        if found := _CRUNCHYROLL.fullmatch(link.url):
            _entity(root, 28, "identifier", found[1])


def _entity(root: Element, kind: int, name: str, value: str) -> None:
    resource = SubElement(root, "resource", type=str(kind))
    _put(SubElement(resource, "externalentity"), name, value)


def _tags(root: Element, title: InventedTitle) -> None:
    names = [*title.genres, *title.themes, *title.demographics, *title.tags, *title.spoiler_tags]
    for place, name in enumerate(names):
        tells = "true" if name in title.spoiler_tags else "false"
        weight = str(max(100, 600 - 100 * (place // 2)))
        tag = SubElement(
            root, "tag", id=str(person_id(name)), parentid="2611", weight=weight, verified="true"
        )
        tag.attrib.update({"localspoiler": tells, "globalspoiler": "false"})
        _put(tag, "name", name.lower())
    maintenance = SubElement(root, "tag", id="5537", weight="0", localspoiler="false", globalspoiler="false")
    _put(maintenance, "name", "maintenance tags")


def _characters(root: Element, title: InventedTitle) -> None:
    for index, one in enumerate(title.characters):
        number = f"{title.ids.anidb}{index:03}"
        node = SubElement(root, "character", id=number, type=_ROLES[one.role], update="2024-01-01")
        _character(node, title, index, one)


def _character(node: Element, title: InventedTitle, index: int, one: TitleCharacter) -> None:
    _put(node, "name", one.name)
    _put(node, "gender", "unknown")
    _put(node, "charactertype", "Character").set("id", "1")
    if one.about:
        _put(node, "description", one.about)
    _put(node, "picture", portrait(title, index))
    for voice in one.voices:
        if voice.language == "Japanese":
            _put(node, "seiyuu", voice.name).set("id", str(person_id(voice.name)))


def _episodes(root: Element, title: InventedTitle, now: datetime) -> None:
    # AniDB lists them by its own ids, so the last one may come first.
    for one in reversed(episodes_of(title, now.astimezone(JST))):
        named = {"en": one.english, "ja": one.japanese, "x-jat": one.romaji}
        node = _episode(root, title, (1, str(one.number)), named, _length(one))
        if one.airs:
            _put(node, "airdate", str(one.airs.date()))
        _put(node, "summary", f"{one.synopsis}\nSource: the stand-in")
    for kind, number, name, minutes in _extras(title):
        _episode(root, title, (kind, number), {"en": name}, minutes)


def _length(one: InventedEpisode) -> int | None:
    """AniDB rounds to five minutes what is longer than ten."""
    return 5 * round(one.minutes / 5) if one.minutes and one.minutes > 10 else one.minutes


def _extras(title: InventedTitle) -> list[tuple[int, str, str, int]]:
    """Rows that only AniDB lists: a special of long series, opening and ending, a trailer."""
    special = [(2, "S1", "Recap Special", 25)] if (title.episodes or 0) >= 24 else []
    songs = [(3, "C1", "Opening", 2), (3, "C2", "Ending", 2)] if title.type == "TV" else []
    return [*special, *songs, (4, "T1", "Trailer 1", 1)]


def _episode(
    root: Element,
    title: InventedTitle,
    number: tuple[int, str],
    named: Mapping[str, str],
    minutes: int | None,
) -> Element:
    identity = f"{title.ids.anidb}{number[0]}{number[1].lstrip('SCTPO').zfill(4)}"
    node = SubElement(root, "episode", id=identity, update="2024-01-01")
    _put(node, "epno", number[1]).set("type", str(number[0]))
    if minutes:
        _put(node, "length", str(minutes))
    for language, name in named.items():
        _put(node, "title", name).set(_LANGUAGE, language)
    return node


def _put(root: Element, tag: str, text: str) -> Element:
    """A child with a text; what XML cannot write is left out, as a serialiser must."""
    node = SubElement(root, tag)
    node.text = _UNWRITABLE.sub("", text)
    return node


def _written(root: Element) -> bytes:
    document: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return document
