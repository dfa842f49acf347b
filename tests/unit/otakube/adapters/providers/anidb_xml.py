# SPDX-License-Identifier: Apache-2.0
"""An anime as AniDB writes it, whole."""

from datetime import UTC, datetime
from typing import Any

from otakube.adapters.http.client import RequestLimits
from otakube.ports.providers import Answer, RawRecord
from otakube_api.contract import Provider
from otakube_standins.upstream.settings import UpstreamSettings as Upstream

ASKED = datetime(2024, 6, 15, 12, tzinfo=UTC)
PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")
LIMITS = RequestLimits(seconds=60, size=16 * 2**20)
UNLIMITED = Upstream(unlimited=True)
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
        answers={"anime": Answer(url=url, fetched_at=ASKED, body=body)},
    )
