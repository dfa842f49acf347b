# SPDX-License-Identifier: Apache-2.0
"""AniDB: every field of its XML, its refusals, and the client against the stand-in."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import Any
from xml.etree.ElementTree import fromstring, tostring

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from otakube import rooms
from otakube.adapters.anidb import convert
from otakube.adapters.anidb.client import MEDIA_TYPE, AniDB
from otakube.adapters.anidb.document import Partial
from otakube.adapters.anidb.document import refused as refusal_of
from otakube.adapters.http.client import Limits, ProviderClient, new_client
from otakube.adapters.http.turns import ProcessAccounts, Turns
from otakube.domain.claims import Episode, Recommendation, Relation, StreamingLink
from otakube.domain.entry import AnimeStatus, AnimeType, Provider, Quarter, Season, VoiceActor
from otakube.domain.manners import TERMS
from otakube.errors import SourceError
from otakube.ports.providers import Answer, RawRecord
from otakube.settings import Settings
from otakube_api.contract import SourceReason
from otakube_services.upstream.settings import Settings as Upstream
from upstream_app import upstream

ASKED = datetime(2024, 6, 15, 12, tzinfo=UTC)
PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")
LIMITS = Limits(seconds=10, size=16 * 2**20)
UNLIMITED = Upstream(anidb_per_two_seconds=0, anidb_per_day=0)
ANIME = """<?xml version="1.0" encoding="UTF-8"?>
<anime id="18211" restricted="false">
 <type>TV Series</type><episodecount>26</episodecount>
 <startdate>2023-04-08</startdate><enddate>2023-09-30</enddate>
 <titles>
  <title xml:lang="x-jat" type="main">Hoshi no Toudaimori</title>
  <title xml:lang="en" type="official">The Star Lighthouse Keeper</title>
  <title xml:lang="ja" type="official">星の灯台守</title>
  <title xml:lang="fr" type="official">Le Gardien du phare</title>
  <title xml:lang="x-jat" type="short">HoshiTou</title>
 </titles>
 <relatedanime>
  <anime id="20904" type="Sequel">Hoshi no Toudaimori 2</anime>
  <anime id="18588" type="Same Setting">Kasa no Eki</anime>
 </relatedanime>
 <similaranime><anime id="19033" approval="11" total="15">Yoake no Ressha</anime></similaranime>
 <url>https://hoshitou.example/</url>
 <creators>
  <name id="1" type="Direction">Yukimura Kentarou</name>
  <name id="1" type="Storyboard">Yukimura Kentarou</name>
  <name id="2" type="Animation Work">Studio Kaminari</name>
 </creators>
 <description>A lamp. http://anidb.net/ch4081 [Minato Aoi] lights it, says [i]nobody[/i].
Source: https://anidb.net/creator/718 [Yukimura]</description>
 <ratings>
  <permanent count="4303">8.16</permanent><temporary count="4333">8.25</temporary>
  <review count="12">8.70</review>
 </ratings>
 <picture>224618.jpg</picture>
 <resources>
  <resource type="2"><externalentity><identifier>70211</identifier></externalentity></resource>
  <resource type="4"><externalentity><url>https://hoshitou.example/</url></externalentity></resource>
  <resource type="6">
   <externalentity><identifier>Star Lighthouse</identifier></externalentity>
  </resource>
  <resource type="28"><externalentity><identifier>GOTK0STAR1</identifier></externalentity></resource>
  <resource type="999"><externalentity><identifier>x</identifier></externalentity></resource>
 </resources>
 <tags>
  <tag id="1" weight="300"><name>drama</name></tag>
  <tag id="2" weight="600"><name>ships</name></tag>
  <tag id="3" weight="600" globalspoiler="true"><name>everybody dies</name></tag>
  <tag id="4" weight="600" localspoiler="true"><name>it was a dream</name></tag>
  <tag id="5" weight="0"><name>maintenance tags</name></tag>
 </tags>
 <characters>
  <character id="28" type="main character in">
   <name>Minato Aoi</name><charactertype id="1">Character</charactertype>
   <description>Sister of http://anidb.net/ch5 [Umi].</description><picture>14304.jpg</picture>
   <seiyuu id="12">Shirogane Haruka</seiyuu>
  </character>
  <character id="29" type="cameo appearance in"><name>Umi</name></character>
  <character id="30" type="appears in">
   <name>The Fleet</name><charactertype id="3">Organization</charactertype>
  </character>
 </characters>
 <episodes>
  <episode id="9"><epno type="3">C1</epno><length>2</length><title xml:lang="en">Opening</title></episode>
  <episode id="8"><epno type="2">S1</epno><length>25</length><title xml:lang="en">Recap</title></episode>
  <episode id="7"><epno type="1">2</epno><title xml:lang="en">Episode 2</title></episode>
  <episode id="6"><epno type="1">1</epno><length>25</length><airdate>2023-04-08</airdate>
   <title xml:lang="ja">提灯</title><title xml:lang="en">The Lamp</title>
   <title xml:lang="x-jat">Chouchin</title><summary>http://anidb.net/ch5 [Umi] falls.</summary>
  </episode>
 </episodes>
</anime>"""


def record(body: Any = ANIME, url: str = "http://api.anidb.net:9001/httpapi?aid=18211") -> RawRecord:
    return RawRecord(
        provider=Provider.ANIDB,
        source_url="https://anidb.net/anime/18211",
        licence="CC BY-NC-SA 4.0",
        answers={"anime": Answer(url=url, fetched_at=ASKED, body=body)},
    )


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
    assert (found.duration_seconds, found.broadcast, found.genres) == (None, None, [])


def test_a_description_loses_its_links_and_markup_and_keeps_their_words() -> None:
    assert convert.metadata(record()).synopsis == (
        "A lamp. Minato Aoi lights it, says nobody.\nSource: Yukimura"
    )


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
        (None, None, False, AnimeStatus.UPCOMING),
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


@pytest.mark.parametrize("said", ["2023-04", "2023", "2023-??-??", "2023-04-??"])
def test_a_partial_day_is_no_day(said: str) -> None:
    found = convert.metadata(changed("<startdate>2023-04-08", f"<startdate>{said}"))
    assert (found.aired_from, found.season) == (None, None)


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
        Relation(kind="Sequel", title="Hoshi no Toudaimori 2", source_urls=["https://anidb.net/anime/20904"]),
        Relation(kind="Other", title="Kasa no Eki", source_urls=["https://anidb.net/anime/18588"]),
    ]
    assert found.recommendations == [
        Recommendation(
            title="Yoake no Ressha", source_urls=["https://anidb.net/anime/19033"], votes=11
        )
    ]  # fmt: skip
    assert found.external_links == [
        "https://hoshitou.example/", "https://en.wikipedia.org/wiki/Star%20Lighthouse"
    ]  # fmt: skip
    assert found.streaming == [
        StreamingLink(site="Crunchyroll", url="https://www.crunchyroll.com/series/GOTK0STAR1")
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
        ("<startdate>2023-04-08", "<startdate>2023-02-30", "metadata", "startdate is '2023-2-30'"),
        ('type="main"', 'type="official"', "metadata", "titles is None"),
        ("224618.jpg", "../../etc/passwd", "metadata", "picture is '../../etc/passwd'"),
        ('weight="300"', 'weight="heavy"', "metadata", "tags.weight is 'heavy'"),
        ('id="18211"', 'id="0"', "metadata", "anime.id is '0'"),
        ('type="Sequel"', 'type="Rival"', "relationships", "relatedanime.type is 'Rival'"),
        ('approval="11"', 'approval="-1"', "relationships", "similaranime.approval is '-1'"),
        (">8.16<", ">great<", "statistics", "ratings.permanent is 'great'"),
        (">8.16<", ">81.6<", "statistics", "score is 81.6"),
        ('"main character in"', '"villain in"', "characters", "characters.type is 'villain in'"),
        ("Organization", "Ghost", "characters", "characters.charactertype is 'Ghost'"),
        ('epno type="2"', 'epno type="7"', "episodes", "episodes.epno.type is '7'"),
        (">S1<", ">first<", "episodes", "episodes.epno is 'first'"),
        ("<airdate>2023-04-08", "<airdate>08.04.23", "episodes", "episodes.airdate is '08.04.23'"),
        (' type="Direction"', "", "staff", "name.type is None"),
    ],
)
def test_what_cannot_be_read_is_named(old: str, new: str, part: str, said: str) -> None:
    error = refused(changed(old, new), part)
    assert (error.reason, said in str(error)) == (SourceReason.ANSWER_INVALID, True), str(error)


@pytest.mark.parametrize(
    ("body", "reason", "said"),
    [
        ('<error code="500">banned</error>', SourceReason.RATE_LIMITED, "bans end after a day"),
        ("<error>Banned</error>", SourceReason.RATE_LIMITED, "'Banned'"),
        ('<error code="302">client version missing or invalid</error>', SourceReason.REFUSED, "anidb_client"),
        ("<error>Client Values Missing or Invalid</error>", SourceReason.REFUSED, "anidb_client"),
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
        (ROOT.replace("<titles>", "<a/>" * 400_001 + "<titles>"), "400000 in all"),
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
        with contextlib.suppress(SourceError):
            getattr(convert, part)(raw)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(ANIME)), st.integers(0, 40), st.text(max_size=10))
def test_damaged_text_is_read_or_refused(place: int, length: int, other: str) -> None:
    raw = record(ANIME[:place] + other + ANIME[place + length :])
    for part in PARTS:
        with contextlib.suppress(SourceError):
            getattr(convert, part)(raw)


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with upstream(UNLIMITED) as client:
        yield client


def source(http: httpx2.AsyncClient, limits: Limits = LIMITS) -> AniDB:
    base = "http://upstream.test/anidb"
    client = ProviderClient(http, limits, accept=MEDIA_TYPE)
    return AniDB(client, f"{base}/httpapi", f"{base}/api/anime-titles.xml.gz", "otakube/1")


async def counted(http: httpx2.AsyncClient) -> int:
    rows = (await http.get("/admin/requests")).json()
    return sum(row["count"] for row in rows if row["provider"] == "anidb")


async def test_one_request_answers_all_parts(http: httpx2.AsyncClient) -> None:
    raw = await source(http).fetch("18009")
    assert await counted(http) == 1
    assert convert.metadata(raw).title == "Ginrei no Kaidou"
    assert len([one for one in convert.episodes(raw) if one.kind == "Regular"]) == 150
    assert {one.kind for one in convert.episodes(raw)} == {"Regular", "Special", "Credits", "Trailer"}
    assert len(convert.characters(raw)) == 27
    assert raw.licence == "CC BY-NC-SA 4.0"


async def test_what_anidb_refuses_with_status_200_is_no_record(http: httpx2.AsyncClient) -> None:
    with pytest.raises(SourceError) as caught:
        await source(http).fetch("99999")
    assert caught.value.reason is SourceReason.NOT_FOUND


async def test_another_anime_than_the_one_asked_for_is_refused(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data(ANIME, content_type="text/xml; charset=utf-8")
    async with new_client() as http:
        anidb = AniDB(ProviderClient(http, LIMITS), httpserver.url_for("/"), "", "otakube/1")
        assert (await anidb.fetch("18211")).source_url == "https://anidb.net/anime/18211"
        with pytest.raises(SourceError, match=r"anime\.id is '18211', expected 1, which was asked for"):
            await anidb.fetch("1")


async def test_a_ban_is_obeyed_by_everybody_and_never_kept(httpserver: HTTPServer) -> None:
    ban = '<?xml version="1.0"?><error code="500">banned</error>'
    httpserver.expect_request("/").respond_with_data(ban, content_type="text/xml")
    manners = Turns(
        Provider.ANIDB, TERMS[Provider.ANIDB], ProcessAccounts(second=0.01), flight=5, second=0.01
    )
    async with new_client() as http:
        client = ProviderClient(http, LIMITS, manners=manners, refusal=refusal_of)
        anidb = AniDB(client, httpserver.url_for("/"), "", "otakube/1")
        for _ in range(3):
            with pytest.raises(SourceError) as caught:
                await anidb.fetch("18211")
            assert caught.value.reason is SourceReason.RATE_LIMITED
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'<error code="500">Banned</error>', 429),
        (b'  <?xml version="1.0"?> <error>banned</error>', 429),
        (b"<error>Anime not found</error>", 400),
        (b"<anime><error>banned</error></anime>", None),
        (b"", None),
    ],
)
def test_an_error_with_status_200_is_no_answer(body: bytes, status: int | None) -> None:
    found = refusal_of(body)
    assert (found.status if found else None) == status


async def test_a_ban_is_rate_limited() -> None:
    async with upstream(Upstream(anidb_per_two_seconds=0, anidb_per_day=1)) as http:
        await source(http).fetch("18211")
        with pytest.raises(SourceError) as caught:
            await source(http).fetch("18211")
    assert caught.value.reason is SourceReason.RATE_LIMITED


async def test_anime_are_described_one_at_a_time_and_only_when_wanted(http: httpx2.AsyncClient) -> None:
    described = source(http).describe(["18211", "99999", "20904"])
    assert {number: one.title for number, one in (await anext(described)).items()} == {
        "18211": "Hoshi no Toudaimori"
    }
    assert await counted(http) == 1
    assert [list(one) async for one in described] == [["20904"]]


async def test_only_its_own_page_is_known_beforehand(http: httpx2.AsyncClient) -> None:
    pages = ["https://myanimelist.net/anime/70211", "https://anidb.net/anime/18211"]
    assert await source(http).find(pages) == "18211"
    assert await source(http).find(pages[:1]) is None
    assert await counted(http) == 0


@pytest.mark.parametrize(
    ("client", "lacks"),
    [
        ("", "anidb_client is empty"),
        ("otakube", "anidb_client is not of the form name/version"),
        ("otakube/latest", "anidb_client is not of the form name/version"),
        ("otakube/1&x=y", "anidb_client is not of the form name/version"),
        ("otakube/1", None),
    ],
)
def test_without_a_registered_client_it_is_off(client: str, lacks: str | None) -> None:
    assert rooms.switched_off(Provider.ANIDB, Settings(anidb_client=client)) == lacks


def test_a_client_of_another_form_is_refused() -> None:
    make: Callable[[], AniDB] = lambda: AniDB(None, "", "", "otakube")  # type: ignore[arg-type]  # noqa: E731
    with pytest.raises(ValueError, match="anidb_client is 'otakube'"):
        make()
