# SPDX-License-Identifier: Apache-2.0
"""Claimants: two ways to one site have one vote, and the fresh one casts it."""

from otakube.domain.merge.episodes import merge_episodes
from otakube.domain.merge.fields import Claim, merge, one_vote_per_site
from otakube.domain.merge.policies import CORROBORATION, TRUST, MergeRule, Policy
from otakube.domain.merge.stages import characters_stage, metadata_stage, statistics_stage
from otakube.domain.record.claims import Character, Episode
from otakube.domain.record.golden import Statistics
from otakube.domain.record.ids import derived_id
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import by, claimants, said

JIKAN, MAL, ANILIST = Provider.JIKAN, Provider.MYANIMELIST, Provider.ANILIST
ENTRY = derived_id("ani", "one")


def test_two_ways_to_one_site_do_not_corroborate_each_other() -> None:
    merged = merge(
        Policy(MergeRule.MAJORITY, TRUST), one_vote_per_site([Claim(by(JIKAN), 24), Claim(by(MAL), 24)]), {}
    )
    assert merged is not None
    assert merged.provenance.providers == [JIKAN]
    assert merged.provenance.confidence == CORROBORATION[1]


def test_they_do_not_outvote_another_site() -> None:
    claims = {JIKAN: said(JIKAN, episode_count=24), MAL: said(MAL, episode_count=24)}
    claims[ANILIST] = said(ANILIST, episode_count=25)
    source = metadata_stage(claims, claimants()).provenance["episode_count"]
    assert (source.provider, [one.provider for one in source.losing]) == (JIKAN, [ANILIST])
    assert source.confidence < CORROBORATION[1]


def test_the_fresh_one_speaks_where_the_other_is_an_old_copy() -> None:
    claims = {JIKAN: said(JIKAN, title="Old"), MAL: said(MAL, title="New")}
    stage = metadata_stage(claims, claimants(stale=(JIKAN,)))
    assert stage.merged.title == "New"
    assert stage.provenance["title"].providers == [MAL]
    assert stage.provenance["title"].losing == []


def test_the_old_copy_still_says_what_the_fresh_one_does_not() -> None:
    claims = {JIKAN: said(JIKAN, synopsis="A tale."), MAL: said(MAL)}
    source = metadata_stage(claims, claimants(stale=(JIKAN,))).provenance["synopsis"]
    assert (source.provider, source.stale) == (JIKAN, True)


def test_a_whole_part_comes_from_the_one_that_has_it() -> None:
    episodes = {JIKAN: [Episode(number=1)], MAL: []}
    assert merge_episodes(ENTRY, episodes, claimants(stale=(JIKAN,)))[0].providers == [JIKAN]
    people = {JIKAN: [Character(name="Old", role="Main")], MAL: [Character(name="New", role="Main")]}
    stage = characters_stage(ENTRY, people, {}, claimants(stale=(JIKAN,)))
    assert [one.name for one in stage.characters] == ["New"]


def test_a_site_counts_once_in_the_mean() -> None:
    scores = {JIKAN: 8.0, MAL: 9.0, ANILIST: 7.0}
    claims = {p: Statistics(provider=p, score=score) for p, score in scores.items()}
    stage = statistics_stage(claims, claimants(stale=(JIKAN,)))
    assert [one.provider for one in stage.statistics] == [MAL, ANILIST]
    assert stage.score == 8.0
    assert stage.provenance["score"].providers == [MAL, ANILIST]
