# SPDX-License-Identifier: Apache-2.0
"""Titles of the stand-in that look as real ones do: half-known, unsaid, with placeholders and spoilers."""

from datetime import date

from enriched import fetched
from otakube.domain.merge.fields import merge_metadata
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import AnimeStatus, Exactness
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.small_answers import EVERY
from unit.otakube.domain.merge.test_exactness import claimants

JIKAN, MAL, ANILIST, KITSU, ANIDB = (
    Provider.JIKAN,
    Provider.MYANIMELIST,
    Provider.ANILIST,
    Provider.KITSU,
    Provider.ANIDB,
)
NEKO = {JIKAN: "70777", MAL: "70777", ANILIST: "211045", KITSU: "61480", ANIDB: "18777"}
MUMEI = {JIKAN: "76003", MAL: "76003", ANILIST: "219003", KITSU: "65003"}
HOSHI = {ANILIST: "210437", ANIDB: "18211"}


async def described(ids: dict[Provider, str]) -> dict[Provider, Metadata]:
    return {provider: EVERY[provider].metadata(raw) for provider, raw in (await fetched(ids)).items()}


async def test_a_year_and_a_month_give_way_to_a_day_and_a_spoiler_stands_apart() -> None:
    said = await described(NEKO)
    assert said[JIKAN].exactness["aired_from"] is said[MAL].exactness["aired_from"] is Exactness.YEAR
    assert (said[ANIDB].aired_from, said[ANIDB].exactness["aired_from"]) == (
        date(2022, 2, 1),
        Exactness.MONTH,
    )
    assert said[ANILIST].synopsis_spoilers == "The moon is the cat."
    assert "The moon is the cat" not in (said[ANILIST].synopsis or "")
    assert "A cat of the silver road" in (said[ANILIST].synopsis or "")
    assert said[ANILIST].synopsis_credit == said[ANIDB].synopsis_credit == "Source: the stand-in"
    merged = merge_metadata(said, claimants(said))
    assert merged["aired_from"].value == date(2022, 2, 25)
    assert merged["synopsis_spoilers"].value == "The moon is the cat."


async def test_what_nobody_says_is_absent() -> None:
    said = await described(MUMEI)
    merged = merge_metadata(said, claimants(said))
    assert "synopsis" not in merged
    assert {p: one.status for p, one in said.items() if one.status is not AnimeStatus.UNKNOWN} == {
        ANILIST: AnimeStatus.FINISHED
    }
    assert merged["status"].value is AnimeStatus.FINISHED
    urls = [image.url for one in said.values() for image in one.images]
    assert not any(sign in url for url in urls for sign in ("apple-touch", "questionmark", "default.jpg"))


async def test_texts_of_characters_and_episodes_have_spoilers_and_credits_apart() -> None:
    said = await fetched(HOSHI)
    umi = next(one for one in EVERY[ANILIST].characters(said[ANILIST]) if one.name == "Umi")
    assert (umi.description, umi.description_spoilers) == (
        "The girl who fell with the star.",
        "She is the star.",
    )
    first = EVERY[ANIDB].episodes(said[ANIDB])[0]
    assert first.synopsis_credit == "Source: the stand-in"
    assert "Source" not in (first.synopsis or "Source")
