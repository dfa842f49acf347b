# SPDX-License-Identifier: Apache-2.0
"""AniDB: every field of its XML, its refusals, and damaged answers."""

import contextlib
from datetime import UTC, date, datetime
from typing import Any
from xml.etree.ElementTree import fromstring, tostring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.providers.anidb import convert
from otakube.adapters.providers.anidb.document import MOST_ELEMENTS, Partial
from otakube.domain.record.claims import ClaimedRecommendation, ClaimedRelation, ClaimedStreamingLink, Episode
from otakube.domain.record.golden import AnimeStatus, Exactness, Quarter, Season, VoiceActor
from otakube.errors import SourceError
from otakube.notes import collected
from otakube.ports.providers import RawRecord
from otakube_api.contract import AnimeType, SourceReason
from unit.otakube.adapters.providers.anidb_xml import ANIME, PARTS, record


def changed(old: str, new: str) -> RawRecord:
    assert old in ANIME
    return record(ANIME.replace(old, new))


def refused(raw: RawRecord, part: str = "metadata") -> SourceError:
    with pytest.raises(SourceError) as caught:
        getattr(convert, part)(raw)
    return caught.value


def test_titles_are_told_apart_by_kind_and_language() -> None:
    found = convert.metadata(record())
    assert (found.title, found.title_english, found.title_japanese) == (
        "Hoshi no Toudaimori", "The Star Lighthouse Keeper", "星の灯台守",
    )  # fmt: skip
    assert found.synonyms == ["Le Gardien du phare", "HoshiTou"]


def test_the_facts_of_an_anime_are_read() -> None:
    found = convert.metadata(record())
    assert found.source_url == "https://anidb.net/anime/18211"
    assert (found.type, found.status, found.episode_count) == (AnimeType.TV, AnimeStatus.FINISHED, 26)
    assert (found.aired_from, found.aired_to) == (date(2023, 4, 8), date(2023, 9, 30))
    assert found.season == Season(year=2023, quarter=Quarter.SPRING)
    assert (found.studios, found.tags) == (["Studio Kaminari"], ["ships", "drama"])
    assert found.spoiler_tags == ["everybody dies", "it was a dream"]
    assert (found.duration_seconds, found.broadcast, found.genres) == (None, None, [])


def test_a_description_loses_its_links_and_markup_and_keeps_their_words() -> None:
    found = convert.metadata(record())
    assert found.synopsis == "A lamp. Minato Aoi lights it, says nobody."
    assert found.synopsis_credit == "Source: Yukimura"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("OVA", AnimeType.OVA), ("Movie", AnimeType.MOVIE), ("Web", AnimeType.ONA),
        ("TV Special", AnimeType.SPECIAL), ("Other", AnimeType.SPECIAL),
        ("Music Video", AnimeType.MUSIC), ("unknown", AnimeType.UNKNOWN),
    ],
)  # fmt: skip
def test_every_type_has_a_word_and_only_a_series_has_a_season(said: str, kind: AnimeType) -> None:
    found = convert.metadata(changed("TV Series", said))
    assert (found.type, found.season) == (kind, None)


@pytest.mark.parametrize(
    ("start", "end", "single", "status"),
    [
        (None, None, False, AnimeStatus.UNKNOWN),
        (Partial(2024, 6, 16), None, False, AnimeStatus.UPCOMING),
        (Partial(2024, 6, 15), None, False, AnimeStatus.ONGOING),
        (Partial(2024, 6), None, False, AnimeStatus.UPCOMING),
        (Partial(2024, 5), None, False, AnimeStatus.ONGOING),
        (Partial(2024), None, False, AnimeStatus.UPCOMING),
        (Partial(2023), None, False, AnimeStatus.ONGOING),
        (Partial(2023, 1, 1), Partial(2024, 6, 15), False, AnimeStatus.ONGOING),
        (Partial(2023, 1, 1), Partial(2024, 6, 14), False, AnimeStatus.FINISHED),
        (Partial(2023, 1, 1), Partial(2024, 6), False, AnimeStatus.ONGOING),
        (Partial(2023, 1, 1), Partial(2024, 5), False, AnimeStatus.FINISHED),
        (Partial(2023, 1, 1), None, True, AnimeStatus.FINISHED),
    ],
)
def test_the_status_follows_from_the_days(
    start: Partial | None, end: Partial | None, single: bool, status: AnimeStatus
) -> None:
    assert convert.status(start, end, date(2024, 6, 15), single=single) is status


def test_the_day_of_the_answer_is_japans() -> None:
    days = "<startdate>2023-04-08</startdate><enddate>2023-09-30</enddate>"
    raw = changed(days, "<startdate>2024-06-16</startdate>")
    late = raw.answers["anime"].model_copy(update={"fetched_at": datetime(2024, 6, 15, 16, tzinfo=UTC)})
    assert convert.metadata(raw).status is AnimeStatus.UPCOMING
    later = raw.model_copy(update={"answers": {"anime": late}})
    assert convert.metadata(later).status is AnimeStatus.ONGOING


@pytest.mark.parametrize("said", ["2023", "2023-??-??"])
def test_no_season_follows_from_a_year(said: str) -> None:
    found = convert.metadata(changed("<startdate>2023-04-08", f"<startdate>{said}"))
    assert (found.exactness["aired_from"], found.season) == (Exactness.YEAR, None)


def test_one_number_at_myanimelist_is_the_same_anime_and_several_are_links() -> None:
    assert convert.metadata(record()).same_as == ["https://myanimelist.net/anime/70211"]
    entity = "<externalentity><identifier>70211</identifier></externalentity>"
    several = changed(entity, entity + entity.replace("70211", "70212"))
    assert convert.metadata(several).same_as == []
    assert "https://myanimelist.net/anime/70212" in convert.relationships(several).external_links


def test_pictures_lie_at_anidbs_host_or_at_whoever_answers_in_its_place() -> None:
    assert convert.metadata(record()).images[0].url == "https://cdn-eu.anidb.net/images/main/224618.jpg"
    elsewhere = record(url="http://stand-in:8080/anidb/httpapi?aid=1")
    assert convert.metadata(elsewhere).images[0].url == "http://stand-in:8080/images/main/224618.jpg"
    assert convert.characters(elsewhere)[0].image_url == "http://stand-in:8080/images/main/14304.jpg"


def test_episodes_come_by_kind_and_number_with_their_titles() -> None:
    assert convert.episodes(record()) == [
        Episode(
            number=1, title="The Lamp", title_japanese="提灯", title_romaji="Chouchin",
            synopsis="Umi falls.", aired=date(2023, 4, 8), duration_seconds=1500,
        ),
        Episode(number=2),
        Episode(number=1, kind="Special", title="Recap", duration_seconds=1500),
        Episode(number=1, kind="Credits", title="Opening", duration_seconds=120),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "epno", "kind"), [("4", "T2", "Trailer"), ("5", "P2", "Parody"), ("6", "O2", "Other")]
)
def test_the_rarer_kinds_of_episodes_have_words(type_: str, epno: str, kind: str) -> None:
    raw = changed('<epno type="3">C1</epno>', f'<epno type="{type_}">{epno}</epno>')
    assert (kind, 2) in [(one.kind, one.number) for one in convert.episodes(raw)]


def test_relations_recommendations_and_links_are_read() -> None:
    found = convert.relationships(record())
    assert found.relations == [
        ClaimedRelation(
            kind="Sequel", title="Hoshi no Toudaimori 2", source_urls=["https://anidb.net/anime/20904"]
        ),
        ClaimedRelation(kind="Other", title="Kasa no Eki", source_urls=["https://anidb.net/anime/18588"]),
    ]
    assert found.recommendations == [
        ClaimedRecommendation(
            title="Yoake no Ressha", source_urls=["https://anidb.net/anime/19033"], votes=11
        )
    ]  # fmt: skip
    assert found.external_links == [
        "https://hoshitou.example/", "https://en.wikipedia.org/wiki/Star%20Lighthouse"
    ]  # fmt: skip
    assert found.streaming == [
        ClaimedStreamingLink(site="Crunchyroll", url="https://www.crunchyroll.com/series/GOTK0STAR1")
    ]


def test_votes_of_those_who_saw_all_of_it_count_first() -> None:
    found = convert.statistics(record())
    assert (found.score, found.scored_by, found.reviews) == (8.16, 4303, 12)
    young = convert.statistics(changed('<permanent count="4303">8.16</permanent>', ""))
    assert (young.score, young.scored_by) == (8.25, 4333)
    assert convert.statistics(changed("ratings", "unrated")).score is None


def test_characters_have_roles_voices_and_faces_and_clubs_are_none() -> None:
    main, cameo = convert.characters(record())
    assert (main.name, main.role, main.description) == ("Minato Aoi", "Main", "Sister of Umi.")
    assert main.voice_actors == [VoiceActor(name="Shirogane Haruka", language="Japanese")]
    assert (cameo.name, cameo.role, cameo.image_url) == ("Umi", "Background", None)


def test_a_person_has_one_row_with_all_positions_and_a_studio_is_no_person() -> None:
    assert [(one.name, one.positions) for one in convert.staff(record())] == [
        ("Yukimura Kentarou", ["Direction", "Storyboard"])
    ]


@pytest.mark.parametrize(
    ("old", "new", "part", "said"),
    [
        ("TV Series", "Radio", "metadata", "type is 'Radio'"),
        ("<episodecount>26", "<episodecount>many", "metadata", "episodecount is 'many'"),
        ("<startdate>2023-04-08", "<startdate>soon", "metadata", "startdate is 'soon'"),
        ('type="main"', 'type="official"', "metadata", "titles is None"),
        ("224618.jpg", "../../etc/passwd", "metadata", "picture is '../../etc/passwd'"),
        ('id="18211"', 'id="0"', "metadata", "anime.id is '0'"),
        ('approval="11"', 'approval="-1"', "relationships", "similaranime.approval is '-1'"),
        (">8.16<", ">great<", "statistics", "ratings.permanent is 'great'"),
        (">8.16<", ">81.6<", "statistics", "score is 81.6"),
    ],
)
def test_what_cannot_be_read_is_named(old: str, new: str, part: str, said: str) -> None:
    error = refused(changed(old, new), part)
    assert (error.reason, said in str(error)) == (SourceReason.ANSWER_INVALID, True), str(error)


@pytest.mark.parametrize(
    ("old", "new", "part", "said"),
    [
        ('weight="300"', 'weight="heavy"', "metadata", "tags.weight is 'heavy'"),
        (' type="Direction"', "", "staff", "name.type is None"),
        ('type="Sequel"', 'type="Rival"', "relationships", "relatedanime.type is 'Rival'"),
        ('"main character in"', '"villain in"', "characters", "characters.type is 'villain in'"),
        ("Organization", "Ghost", "characters", "characters.charactertype is 'Ghost'"),
        ('epno type="2"', 'epno type="7"', "episodes", "episodes.epno.type is '7'"),
        (">S1<", ">first<", "episodes", "episodes.epno is 'first'"),
        ("<airdate>2023-04-08", "<airdate>08.04.23", "episodes", "episodes.airdate is '08.04.23'"),
    ],
)
def test_a_row_that_cannot_be_read_is_left_out_and_named(old: str, new: str, part: str, said: str) -> None:
    with collected() as notes:
        assert getattr(convert, part)(changed(old, new))
    assert [said in why for why in notes.left_out] == [True]


@pytest.mark.parametrize(
    ("body", "reason", "said"),
    [
        ('<error code="500">banned</error>', SourceReason.RATE_LIMITED, "bans end after a day"),
        ("<error>Banned</error>", SourceReason.RATE_LIMITED, "'Banned'"),
        ('<error code="302">client version missing or invalid</error>', SourceReason.REFUSED, "anidb.client"),
        ("<error>Client Values Missing or Invalid</error>", SourceReason.REFUSED, "anidb.client"),
        ("<error>Client Banned</error>", SourceReason.REFUSED, "not this address"),
        ("<error>Your client has been banned</error>", SourceReason.REFUSED, "register another"),
        ("banned", SourceReason.RATE_LIMITED, "bans end after a day"),
        ("<html><h1>Banned</h1></html>", SourceReason.RATE_LIMITED, "bans end after a day"),
        ("<ERROR><b>banned</b></ERROR>", SourceReason.RATE_LIMITED, "bans end after a day"),
        ("<error>Client Banned</error>", SourceReason.REFUSED, "register another"),
        ("<error>Too many requests</error>", SourceReason.RATE_LIMITED, "asked too often"),
        ("<error>Temporarily unavailable</error>", SourceReason.UNAVAILABLE, "an error of its own"),
        ("<error>No such anime</error>", SourceReason.NOT_FOUND, "no such anime"),
        ("<error>You are banned, try later</error>", SourceReason.RATE_LIMITED, "bans end after a day"),
        ("<error>Server Busy - try again later</error>", SourceReason.UNAVAILABLE, "of its own"),
        ("<error>Anime not found</error>", SourceReason.NOT_FOUND, "no such anime"),
        ("<error>aid Missing or Invalid</error>", SourceReason.NOT_FOUND, "no such anime"),
        ("<error>Internal Server Error</error>", SourceReason.UNAVAILABLE, "of its own"),
        ("<error>the moon is full</error>", SourceReason.ANSWER_INVALID, "'the moon is full'"),
        ("<error/>", SourceReason.ANSWER_INVALID, "none of its known errors"),
        ("<html/>", SourceReason.ANSWER_INVALID, "the answer is 'html'"),
        ("<anime", SourceReason.ANSWER_INVALID, "no plain XML"),
        ("", SourceReason.ANSWER_INVALID, "no plain XML"),
        ("\ud800", SourceReason.ANSWER_INVALID, "no plain XML"),
        (None, SourceReason.ANSWER_INVALID, "the answer is None"),
        ({"anime": 1}, SourceReason.ANSWER_INVALID, "expected XML"),
    ],
)
def test_a_refusal_has_a_reason_and_a_cure(body: Any, reason: SourceReason, said: str) -> None:
    error = refused(record(body))
    assert (error.reason, said in str(error)) == (reason, True), str(error)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DECLARATION, ROOT = ANIME.split("\n", 1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>' + ROOT.replace("TV Series", "&l9;"), "Forbidden"),
        ('<!DOCTYPE a [<!ENTITY x "TV Series">]>' + ROOT.replace("TV Series", "&x;"), "Forbidden"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ROOT, "Forbidden"),
        ('<!DOCTYPE a SYSTEM "http://169.254.169.254/x.dtd">' + ROOT, "Forbidden"),
        (ROOT.replace("<titles>", "<a>" * 12 + "</a>" * 12 + "<titles>"), "within each other"),
        (ROOT.replace("<titles>", "<a>" * 100_000 + "</a>" * 100_000 + "<titles>"), "within each other"),
        (ROOT.replace("<titles>", "<a/>" * MOST_ELEMENTS + "<titles>"), f"{MOST_ELEMENTS} in all"),
    ],
    ids=["billion-laughs", "entity", "external-entity", "external-dtd", "deep", "very-deep", "wide"],
)
def test_a_bomb_is_refused_before_it_goes_off(body: str, said: str) -> None:
    error = refused(record(DECLARATION + body))
    assert (error.reason, said in str(error)) == (SourceReason.ANSWER_INVALID, True), str(error)


def test_fifty_megabytes_of_one_text_are_cut_to_what_a_record_holds() -> None:
    raw = changed("A lamp.", "A lamp. " + "x" * 50_000_000)
    assert len(convert.metadata(raw).synopsis or "") == 20_000


HOSTILE = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            " ",
            "9" * 400,
            "-1",
            "x" * 600,
            "<script>",
            "2024-02-30",
            "\u202e",
            "http://[::1",
            "S",
            "Ⅷ",
            "٣",
        ]
    ),
)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_tampered_xml_is_read_or_refused_and_never_breaks_the_step(data: st.DataObject) -> None:
    root = fromstring(ANIME)
    for _ in range(data.draw(st.integers(1, 3))):
        node = data.draw(st.sampled_from(list(root.iter())))
        action = data.draw(st.sampled_from(["text", "attribute", "tag", "clear", "again"]))
        value = "".join(c for c in data.draw(HOSTILE) if c.isprintable())
        match action:
            case "text":
                node.text = value
            case "attribute" if node.attrib:
                node.set(data.draw(st.sampled_from(sorted(node.attrib))), value)
            case "clear":
                node.clear()
            case "again":
                node.extend(list(node))
            case _:
                node.tag = data.draw(st.sampled_from(["anime", "title", "error", "x"]))
    raw = record(tostring(root, encoding="unicode"))
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, part)(raw)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(ANIME)), st.integers(0, 40), st.text(max_size=10))
def test_damaged_text_is_read_or_refused(place: int, length: int, other: str) -> None:
    raw = record(ANIME[:place] + other + ANIME[place + length :])
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, part)(raw)
