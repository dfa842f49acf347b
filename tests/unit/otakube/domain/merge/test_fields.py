# SPDX-License-Identifier: Apache-2.0
"""One value from several, with its provenance."""

from datetime import date

from otakube.domain.merge.fields import Claim, alike, merge, merge_metadata
from otakube.domain.merge.policies import CORROBORATION, POLICIES, MergeRule, Policy
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import by, claimants, said

MAL, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU
ALL = (MAL, ANILIST, KITSU)


def test_every_field_of_the_table_is_a_field_of_the_claims() -> None:
    assert POLICIES.keys() <= type(said()).model_fields.keys()


def test_the_majority_outvotes_the_order() -> None:
    merged = merge(
        Policy(MergeRule.MAJORITY, ALL),
        [Claim(by(MAL), 24), Claim(by(ANILIST), 25), Claim(by(KITSU), 25)],
        {},
    )
    assert merged is not None
    assert merged.value == 25
    assert [(one.provider, one.value) for one in merged.provenance.losing] == [(MAL, "24")]


def test_the_order_breaks_a_tie() -> None:
    merged = merge(Policy(MergeRule.MAJORITY, ALL), [Claim(by(ANILIST), 25), Claim(by(MAL), 24)], {})
    assert merged is not None
    assert merged.provenance.provider is ANILIST


def test_agreement_makes_sure_and_contradiction_unsure() -> None:
    policy = Policy(MergeRule.MAJORITY, ALL)
    one = merge(policy, [Claim(by(MAL), 24)], {})
    three = merge(policy, [Claim(by(p), 24) for p in ALL], {})
    torn = merge(policy, [Claim(by(MAL), 24), Claim(by(ANILIST), 25), Claim(by(KITSU), 23)], {})
    assert one is not None
    assert three is not None
    assert torn is not None
    assert three.provenance.confidence == 1
    assert one.provenance.confidence == CORROBORATION[1]
    assert torn.provenance.confidence < one.provenance.confidence


def test_an_old_copy_and_a_doubtful_page_are_worth_less() -> None:
    policy = Policy(MergeRule.FIRST, ALL)
    stale = merge(policy, [Claim(by(MAL, stale=True), "x")], {})
    doubtful = merge(policy, [Claim(by(MAL), "x")], {MAL: 0.5})
    assert stale is not None
    assert doubtful is not None
    assert stale.provenance.stale
    assert stale.provenance.confidence < CORROBORATION[1]
    assert doubtful.provenance.confidence == CORROBORATION[1] / 2


def test_other_words_for_a_synopsis_are_no_contradiction() -> None:
    merged = merge(
        Policy(MergeRule.FIRST, ALL), [Claim(by(MAL), "a long tale"), Claim(by(KITSU), "a tale")], {}
    )
    assert merged is not None
    assert merged.provenance.confidence == CORROBORATION[1]
    assert merged.provenance.losing[0].value == '"a tale"'


def test_a_union_holds_each_name_once() -> None:
    merged = merge(
        Policy(MergeRule.UNION, ALL), [Claim(by(MAL), ["Sci-Fi", "Drama"]), Claim(by(KITSU), ["sci fi"])], {}
    )
    assert merged is not None
    assert merged.value == ["Sci-Fi", "Drama"]
    assert merged.provenance.confidence == (CORROBORATION[2] + CORROBORATION[1]) / 2


def test_what_nobody_says_is_no_field() -> None:
    merged = merge_metadata({MAL: said(MAL)}, claimants())
    assert "synopsis" not in merged
    assert merged["title"].provenance.provider is MAL


def test_the_day_before_in_utc_is_the_same_day() -> None:
    assert alike(date(2025, 1, 11), date(2025, 1, 10))
    assert not alike(date(2025, 1, 11), date(2025, 1, 9))


def test_one_studio_in_other_letters_backs_and_does_not_lose() -> None:
    claims = [Claim(by(MAL), ["Madhouse", "MAPPA"]), Claim(by(KITSU), ["Mappa", "MADHOUSE"])]
    merged = merge(POLICIES["studios"], claims, {})
    assert merged is not None
    assert (merged.provenance.providers, merged.provenance.losing) == ([MAL, KITSU], [])
    assert not alike(["Madhouse"], ["Madhouse", "MAPPA"])


def test_a_losing_value_is_cut() -> None:
    merged = merge(Policy(MergeRule.FIRST, ALL), [Claim(by(MAL), "a"), Claim(by(KITSU), "b" * 5000)], {})
    assert merged is not None
    assert len(merged.provenance.losing[0].value) == 500


def test_what_one_lists_as_a_tag_and_another_as_a_genre_is_a_genre() -> None:
    described = {MAL: said(MAL, genres=["Action"]), KITSU: said(KITSU, tags=["action", "Ships"])}
    merged = merge_metadata(described, claimants())
    assert merged["genres"].value == ["Action"]
    assert merged["tags"].value == ["Ships"]
