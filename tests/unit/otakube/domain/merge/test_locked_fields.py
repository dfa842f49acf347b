# SPDX-License-Identifier: Apache-2.0
"""Fields that a person locked, in the merged record."""

from datetime import date

from lock_builders import WHEN, fixed
from otakube.domain.merge.fields import merge_metadata
from otakube.domain.merge.locked_fields import LICENCE, apply_locked_fields
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import claimants, said


def test_a_locked_value_stands_with_who_decided_it_and_what_all_providers_say() -> None:
    described = {
        Provider.JIKAN: said(episode_count=26),
        Provider.ANILIST: said(Provider.ANILIST, episode_count=27),
        Provider.KITSU: said(Provider.KITSU, episode_count=26),
    }
    merged = merge_metadata(described, claimants())
    lock = fixed("episode_count", 27, 0)
    after = apply_locked_fields(merged, described, {"episode_count": lock})["episode_count"]
    assert after.value == 27
    told = after.provenance
    assert (told.decided_by, told.confidence, told.fetched_at, told.licence) == ("ilse", 1.0, WHEN, LICENCE)
    assert (told.provider, told.providers) == (Provider.ANILIST, [Provider.ANILIST])
    assert [(one.provider, one.value) for one in told.losing] == [
        (Provider.JIKAN, "26"),
        (Provider.KITSU, "26"),
    ]


def test_a_field_that_no_provider_knows_can_be_decided_and_one_that_all_know_emptied() -> None:
    described = {Provider.JIKAN: said(title_english="Mushi-Shi")}
    merged = merge_metadata(described, claimants())
    locks = {"aired_to": fixed("aired_to", "2006-06-19", 0), "title_english": fixed("title_english", None, 0)}
    after = apply_locked_fields(merged, described, locks)
    assert after["aired_to"].value == date(2006, 6, 19)
    assert after["aired_to"].provenance.losing == []
    assert after["title_english"].value is None
    assert [one.value for one in after["title_english"].provenance.losing] == ['"Mushi-Shi"']
    assert after["title"] == merged["title"]
