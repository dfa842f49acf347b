# SPDX-License-Identifier: Apache-2.0
"""Every word of the providers' public vocabularies is read, and none of them as something unknown."""

from collections.abc import Callable
from typing import Any

import pytest

from otakube.adapters.http.parsing import word
from otakube.adapters.providers.anime_planet.cards import relation_kind
from otakube.domain.record.golden import AnimeStatus
from otakube.errors import SourceError
from otakube.notes import collected
from otakube.ports.providers import RawRecord
from otakube_api.contract import AnimeType, Provider
from unit.otakube.adapters.providers.kitsu_resources import anime as kitsu_anime
from unit.otakube.adapters.providers.kitsu_resources import raw as kitsu
from unit.otakube.adapters.providers.kitsu_resources import resource
from unit.otakube.adapters.providers.public_vocabularies import PUBLIC, UNKNOWN
from unit.otakube.adapters.providers.small_answers import EVERY, page, record, small, xml

JIKAN, MAL, ANILIST, KITSU = Provider.JIKAN, Provider.MYANIMELIST, Provider.ANILIST, Provider.KITSU
ANIDB, SCHEDULE, PLANET = Provider.ANIDB, Provider.ANIMESCHEDULE, Provider.ANIME_PLANET
Answer = Callable[[str], RawRecord]


def said(provider: Provider, name: str, form: Callable[[str], Any] = lambda one: one) -> Answer:
    """An answer with one field, which holds a word."""
    return lambda one: small(provider, **{name: form(one)})


def jikan_relation(kind: str, of: str = "anime") -> list[Any]:
    return [{"relation": kind, "entry": [{"mal_id": 8, "type": of, "name": "Kasa"}]}]


def anilist_relation(kind: str, of: str = "ANIME") -> Any:
    node = {"id": 8, "type": of, "title": {"romaji": "Kasa"}}
    return {"edges": [{"relationType": kind, "node": node}]}


def mal_relation(kind: str) -> list[Any]:
    return [{"relation_type": kind, "node": {"id": 8, "title": "Kasa"}}]


def kitsu_relation(kind: str, of: str = "anime") -> RawRecord:
    edge = resource("mediaRelationships", "1", {"role": kind}, destination=(of, "8"))
    other = resource(of, "8", {"canonicalTitle": "Kasa"})
    related = {"mediaRelationships": [("mediaRelationships", "1")]}
    return kitsu(kitsu_anime(edge, other, related=related))


def kitsu_role(kind: str) -> RawRecord:
    row = resource("mediaCharacters", "1", {"role": kind}, character=("characters", "5"))
    who = resource("characters", "5", {"canonicalName": "Aoi"})
    return kitsu(characters_1={"data": [row], "included": [who]})


def kitsu_company(kind: str) -> RawRecord:
    made = resource("animeProductions", "1", {"role": kind}, producer=("producers", "2"))
    company = resource("producers", "2", {"name": "Studio Kaminari"})
    return kitsu(kitsu_anime(made, company, related={"animeProductions": [("animeProductions", "1")]}))


def anidb(form: str) -> Answer:
    return lambda one: record(ANIDB, xml("Kasa no Eki", form.replace("WORD", one)))


def timetable(kind: str) -> RawRecord:
    slot = {"route": "kasa-no-eki", "episodeDate": "2026-11-20T15:00:00Z", "episodeNumber": 2}
    return record(SCHEDULE, small(SCHEDULE).answers["anime"].body, timetable=[slot | {"airingStatus": kind}])


ANSWERS: dict[Provider, dict[str, Answer]] = {
    JIKAN: {
        "type": said(JIKAN, "type"),
        "status": said(JIKAN, "status"),
        "source": said(JIKAN, "source"),
        "season": lambda one: small(JIKAN, season=one, year=2026),
        "rating": said(JIKAN, "rating"),
        "weekday": said(JIKAN, "broadcast", lambda one: {"day": one, "time": "01:30"}),
        "relation": said(JIKAN, "relations", jikan_relation),
        "related": said(JIKAN, "relations", lambda one: jikan_relation("Sequel", one)),
        "role": lambda one: record(
            JIKAN,
            small(JIKAN).answers["anime"].body,
            characters={"data": [{"character": {"name": "Minato, Aoi"}, "role": one}]},
        ),
    },
    MAL: {
        "type": said(MAL, "media_type"),
        "status": said(MAL, "status"),
        "source": said(MAL, "source"),
        "season": said(MAL, "start_season", lambda one: {"season": one, "year": 2026}),
        "rating": said(MAL, "rating"),
        "weekday": said(MAL, "broadcast", lambda one: {"day_of_the_week": one, "start_time": "01:30"}),
        "relation": said(MAL, "related_anime", mal_relation),
    },
    ANILIST: {
        "type": said(ANILIST, "format"),
        "status": said(ANILIST, "status"),
        "source": said(ANILIST, "source"),
        "season": lambda one: small(ANILIST, season=one, seasonYear=2026),
        "relation": said(ANILIST, "relations", anilist_relation),
        "related": said(ANILIST, "relations", lambda one: anilist_relation("SEQUEL", one)),
        "role": said(
            ANILIST,
            "characters",
            lambda one: {"edges": [{"role": one, "node": {"id": 5, "name": {"full": "Aoi"}}}]},
        ),
        "link": said(
            ANILIST,
            "externalLinks",
            lambda one: [{"site": "Kasa", "url": "https://kasa.example", "type": one}],
        ),
        "ranking": said(ANILIST, "rankings", lambda one: [{"rank": 3, "type": one, "allTime": True}]),
    },
    KITSU: {
        "type": said(KITSU, "subtype"),
        "status": said(KITSU, "status"),
        "rating": said(KITSU, "ageRating"),
        "relation": kitsu_relation,
        "related": lambda one: kitsu_relation("sequel", one),
        "role": kitsu_role,
        "company": kitsu_company,
    },
    ANIDB: {
        "type": said(ANIDB, "type"),
        "relation": anidb('<relatedanime><anime id="8" type="WORD">Kasa</anime></relatedanime>'),
        "role": anidb('<characters><character id="5" type="WORD"><name>Aoi</name></character></characters>'),
        "being": anidb(
            '<characters><character id="5" type="appears in"><name>Aoi</name>'
            "<charactertype>WORD</charactertype></character></characters>"
        ),
        "episode": anidb(
            '<episodes><episode id="9"><epno type="WORD">3</epno><title>x</title></episode></episodes>'
        ),
    },
    SCHEDULE: {
        "type": said(SCHEDULE, "mediaTypes", lambda one: [{"name": one}]),
        "status": said(SCHEDULE, "status"),
        "source": said(SCHEDULE, "sources", lambda one: [{"name": one}]),
        "season": said(SCHEDULE, "season", lambda one: {"season": one, "year": "2026"}),
        "relation": said(SCHEDULE, "relations", lambda one: {one: ["kasa"]}),
        "airing": timetable,
    },
    PLANET: {
        "type": lambda one: record(PLANET, page("Kasa", f'<span class="type">{one} (2 eps)</span>')),
        "season": lambda one: record(PLANET, page("Kasa", f'<a href="/anime/seasons/x">{one} 2026</a>')),
        "relation": lambda one: record(
            PLANET,
            page("Kasa").replace(
                "</body>",
                '<div id="tabs--relations--anime"><a href="/anime/kasa">'
                '<p class="RelatedEntry__name">Kasa</p>'
                f'<span class="RelatedEntry__subtitle">{one}</span></a></div></body>',
            ),
        ),
    },
}
PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")
NO_OTHER = frozenset(
    {
        "Other", "other", "OTHER", "Same Setting", "Music Video", "Crossover", "crossover", "Same Franchise",
        "Other Franchise",
    }
)  # fmt: skip
"""Relations of which the record says no more than that they are."""
SHOWN = {
    "type": "type",
    "status": "status",
    "source": "source_material",
    "season": "season",
    "rating": "age_rating",
}


def read(provider: Provider, raw: RawRecord) -> dict[str, Any]:
    """All parts in our words; SourceError for a word without a case, also within a row."""
    with collected() as notes:
        found = {part: getattr(EVERY[provider], part)(raw) for part in PARTS}
    assert not notes.left_out
    return found


def meaning(provider: Provider, field: str, one: str) -> object:
    """What a word becomes; None where it says nothing."""
    found = read(provider, ANSWERS[provider][field](one))
    if field == "relation":
        kind = relation_kind(one) if provider is PLANET else found["relationships"].relations[0].kind
        return kind if kind != "Other" or one in NO_OTHER else None
    if field in SHOWN:
        shown = getattr(found["metadata"], SHOWN[field])
        return None if shown in (AnimeType.UNKNOWN, AnimeStatus.UNKNOWN) else shown
    rows = {"role": "characters", "episode": "episodes"}
    return found[rows[field]][0] if field in rows else one


def without_a_case() -> list[str]:
    """The words that no converter reads, or reads as something unknown."""
    missing: list[str] = []
    for provider, fields in PUBLIC.items():
        for field, words in fields.items():
            for one in words:
                try:
                    nothing = meaning(provider, field, one) is None
                except SourceError as error:
                    missing.append(f"{provider.value} {field} {one!r}: {error}")
                else:
                    if nothing and one not in UNKNOWN:
                        missing.append(f"{provider.value} {field} {one!r} says nothing")
    return missing


def test_every_word_of_a_public_vocabulary_has_a_case() -> None:
    assert without_a_case() == []


def test_every_provider_and_each_of_its_fields_is_tried() -> None:
    assert {p: set(fields) for p, fields in PUBLIC.items()} == {p: set(one) for p, one in ANSWERS.items()}
    assert set(PUBLIC) == set(Provider)


@pytest.mark.parametrize(
    ("provider", "field"), [(p, f) for p in ANSWERS for f in ANSWERS[p] if f not in ("rating", "relation")]
)
def test_a_word_without_a_case_is_found(provider: Provider, field: str) -> None:
    with pytest.raises(SourceError):
        read(provider, ANSWERS[provider][field]("7 of no vocabulary"))


@pytest.mark.parametrize("written", ["Side story", "Side Story", "SIDE STORY", "side-story", "side_story"])
def test_a_word_is_one_however_it_is_written(written: str) -> None:
    assert word("relation", written, {"Side story": "SideStory"}) == "SideStory"


def test_an_empty_word_is_no_word() -> None:
    with collected() as notes:
        assert word("source", " ", {"Manga": "Manga", None: None}) is None
    assert notes.absent
