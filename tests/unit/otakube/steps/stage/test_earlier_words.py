# SPDX-License-Identifier: Apache-2.0
"""Whoever does not answer: no episode, no character and no word of theirs goes from the next version."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from otakube.domain.checks.loss import loss_findings
from otakube.domain.licences.terms import LICENCES
from otakube.domain.locks.effects import RunLocks
from otakube.domain.merge.assembly import Stages, assemble
from otakube.domain.merge.carry import CarryTerms, carry_over
from otakube.domain.record.claims import (
    Character,
    ClaimedRecommendation,
    ClaimedRelation,
    ClaimedStreamingLink,
    ConvertedRecord,
    Episode,
    Relationships,
    Staff,
)
from otakube.domain.record.golden import GateFinding, GoldenRecord, Provenance, Statistics, VoiceActor
from otakube.domain.record.handover import FetchSummary
from otakube.domain.record.ids import derived_id
from otakube.domain.record.text import name_key
from otakube.steps.stage.claims import Claims
from otakube.steps.stage.step import StagedRun, agreements
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import NOW, said

ENTRY = derived_id("ani", "one")
UNSHRUNK = (Phase.explicit, Phase.generate)  # shrinking whole answers takes minutes
LATER = NOW + timedelta(days=1)
NAMES = st.sampled_from(["Ann Takamaki", "Takamaki, Ann", "Ginko", "GINKO", "Tide", "Tide 2nd Season", "潮"])


def some(claims: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(claims, max_size=4)


episode = st.builds(
    Episode,
    number=st.integers(0, 4),
    kind=st.sampled_from(["Regular", "Special"]),
    absolute_number=st.none() | st.integers(0, 20),
    title=st.none() | NAMES,
    aired=st.none() | st.dates(),
    filler=st.booleans(),
)
voice = st.builds(VoiceActor, name=NAMES, language=st.sampled_from(["Japanese", "English"]))
PEOPLE = st.sampled_from(["Aoi Minato", "minato aoi", "Umi", "Tanyuu", "Adashino", "Mio Hanasaki"])


def cast(names: st.SearchStrategy[str]) -> st.SearchStrategy[Character]:
    return st.builds(
        Character,
        name=names,
        name_native=st.none() | names if names is NAMES else st.none(),
        role=st.sampled_from(["Main", "Background"]),
        description=st.none() | NAMES,
        voice_actors=some(voice),
    )


def crew(names: st.SearchStrategy[str]) -> st.SearchStrategy[Staff]:
    return st.builds(Staff, name=names, positions=some(st.sampled_from(["Director", "director", "Music"])))


def once(people: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(people, max_size=4, unique_by=lambda one: name_key(one.name))


page = st.integers(1, 5).map("https://anilist.co/anime/{}".format)
relationships = st.builds(
    Relationships,
    relations=some(
        st.builds(ClaimedRelation, kind=st.sampled_from(["Sequel", "Prequel", "Other"]), title=NAMES)
    ),
    recommendations=some(st.builds(ClaimedRecommendation, title=NAMES, votes=st.none() | st.integers(0, 9))),
    external_links=some(st.sampled_from(["https://one.example", "https://two.example/"])),
    streaming=some(st.builds(ClaimedStreamingLink, site=NAMES, url=st.just("https://tv.example/1"))),
)
metadata = st.fixed_dictionaries(
    {
        "title": NAMES,
        "title_english": st.none() | NAMES,
        "synonyms": some(NAMES),
        "genres": some(st.sampled_from(["Drama", "drama", "Sci-Fi"])),
        "tags": some(st.sampled_from(["Sea", "Ghosts", "Drama"])),
        "studios": some(st.sampled_from(["Kelp", "Foam"])),
        "episode_count": st.none() | st.integers(1, 3),
        "type": st.sampled_from([AnimeType.TV, AnimeType.ONA]),
        "synopsis": st.none() | NAMES,
    }
)


@st.composite
def answers(draw: st.DrawFn, namesakes: bool = False) -> dict[Provider, ConvertedRecord]:
    """One way to each site: where both are asked, the fresh one speaks for the site alone."""
    other = draw(st.sampled_from([Provider.JIKAN, Provider.MYANIMELIST]))
    asked = draw(st.sets(st.sampled_from([one for one in Provider if one != other]), min_size=1, max_size=5))
    return {provider: draw(answer(provider, namesakes)) for provider in sorted(asked)}


def answer(provider: Provider, namesakes: bool) -> st.SearchStrategy[ConvertedRecord]:
    about = metadata.map(lambda fields: said(provider, **fields))
    counts = st.none() | st.floats(0, 10).map(lambda score: Statistics(provider=provider, score=score))
    return st.builds(
        ConvertedRecord,
        provider=st.just(provider),
        source_url=about.map(lambda one: one.source_url),
        fetched_at=st.just(NOW),
        stale=st.booleans(),
        metadata=about,
        episodes=some(episode),
        relationships=relationships,
        statistics=counts,
        characters=some(cast(NAMES)) if namesakes else once(cast(PEOPLE)),
        staff=some(crew(NAMES)) if namesakes else once(crew(PEOPLE)),
        missing=st.just({}),
        unreadable=st.just({}),
    )


def merged(
    records: Mapping[Provider, ConvertedRecord],
    absent: Collection[Provider] = (),
    live: GoldenRecord | None = None,
) -> GoldenRecord:
    """The record of these answers, over what is live."""
    terms = CarryTerms(licences=LICENCES, locks=RunLocks(), now=LATER)
    carried = carry_over(records, absent, live, terms)
    claims = Claims(carried, LICENCES, agreements(carried, records))
    summary = FetchSummary(
        entry_id=ENTRY, title="Tide", existing=live is not None, answered=list(records), failed=[],
        agreement={}, fetched_at=LATER,
    )  # fmt: skip
    run = StagedRun(claims, summary, live, RunLocks())
    episodes = run.episodes()
    stages = Stages(run.metadata(), episodes, run.relationships(), run.statistics(), run.characters())
    made = assemble(ENTRY, stages=stages, mirror={}, assembled_at=LATER, attributions=episodes.attributions)
    return GoldenRecord.model_validate_json(made.model_dump_json())


def words(record: GoldenRecord, of: set[Provider]) -> set[tuple[str, str, Provider]]:
    """Every place at which one of these is named for something; of relations the rows that stand."""
    fields = {field: one for field, one in record.entry.provenance.items() if field != "relations"}
    named: list[tuple[str, str, Iterable[Provider]]] = [
        *(("entry", field, speakers(source)) for field, source in fields.items()),
        *(("episode", f"{one.kind} {one.number}", one.providers) for one in record.episodes),
        *(("relation", one.title, one.providers) for one in record.entry.relations),
        *(("recommendation", one.title, one.providers) for one in record.entry.recommendations),
        *(("statistics", str(one.score), [one.provider]) for one in record.entry.statistics),
    ]
    return {(kind, name, provider) for kind, name, who in named for provider in of.intersection(who)}


def keys_of(record: GoldenRecord) -> set[tuple[str, int]]:
    return {(one.kind, one.number) for one in record.episodes}


def parts(record: GoldenRecord, provider: Provider) -> Counter[str]:
    """How many rows the provider has a part in, by kind."""
    return Counter(
        {
            "episodes": sum(provider in one.providers for one in record.episodes),
            "characters": sum(provider in one.providers for one in record.characters),
            "staff": sum(provider in one.providers for one in record.staff),
            "attributions": sum(one.provider is provider for one in record.attributions),
        }
    )


def speakers(source: Provenance) -> Iterable[Provider]:
    if source.shares:
        return (provider for claimants in source.shares for provider in claimants)
    return (source.provider, *source.providers, *(one.provider for one in source.losing))


Update = tuple[GoldenRecord, GoldenRecord, set[Provider]]


@st.composite
def updates(draw: st.DrawFn, namesakes: bool = False) -> Update:
    """What is live, the update of it, and who did not answer."""
    records = draw(answers(namesakes))
    absent = draw(st.sets(st.sampled_from(sorted(records)), max_size=len(records) - 1))
    live = merged(records)
    left = {provider: one for provider, one in records.items() if provider not in absent}
    return live, merged(left, absent, live), absent


def losses(live: GoldenRecord, update: GoldenRecord, absent: set[Provider]) -> list[GateFinding]:
    return loss_findings(update, live, dict.fromkeys(absent, "Unavailable"))


@settings(max_examples=100, deadline=None, phases=UNSHRUNK)
@given(updates())
def test_an_update_that_lacks_answers_has_all_that_was_live(one: Update) -> None:
    live, update, absent = one
    assert losses(live, update, absent) == []
    assert keys_of(update) >= keys_of(live)
    assert {row.id for row in update.characters} == {row.id for row in live.characters}
    assert len(update.staff) == len(live.staff)
    assert words(live, absent) <= words(update, absent)
    for said_by in update.attributions:
        if said_by.provider in absent:
            assert (said_by.stale, said_by.fetched_at) == (True, NOW)


def counting(provider: Provider, count: int | None, *numbers: int, stale: bool = False) -> ConvertedRecord:
    """An answer that counts the season's episodes and lists these."""
    about = said(provider, title="Tide", episode_count=count)
    return ConvertedRecord(
        provider=provider, source_url=about.source_url, fetched_at=NOW, stale=stale, metadata=about,
        episodes=[Episode(number=one) for one in numbers], relationships=None, statistics=None,
        characters=[], staff=[], missing={}, unreadable={},
    )  # fmt: skip


def test_a_vote_that_ages_drops_no_episode() -> None:
    """An old copy's vote weighs less: two to two, the season is shorter once AniDB does not answer."""
    records = {
        Provider.JIKAN: counting(Provider.JIKAN, 2, stale=True),
        Provider.ANILIST: counting(Provider.ANILIST, 2, stale=True),
        Provider.KITSU: counting(Provider.KITSU, 3, 3, stale=True),
        Provider.ANIDB: counting(Provider.ANIDB, 3),
    }
    live = merged(records)
    for absent in ({Provider.ANIDB}, {Provider.ANIDB, Provider.KITSU}):
        left = {provider: one for provider, one in records.items() if provider not in absent}
        update = merged(left, absent, live)
        assert (live.entry.episode_count, update.entry.episode_count) == (3, 2)
        assert keys_of(update) == keys_of(live) == {("Regular", 3)}


def test_a_count_that_is_new_drops_no_episode_of_a_provider_that_does_not_answer() -> None:
    records = {
        Provider.JIKAN: counting(Provider.JIKAN, None),
        Provider.KITSU: counting(Provider.KITSU, None, 3),
    }
    update = merged({Provider.JIKAN: counting(Provider.JIKAN, 2)}, {Provider.KITSU}, merged(records))
    assert (update.entry.episode_count, keys_of(update)) == (2, {("Regular", 3)})


@settings(max_examples=100, deadline=None, phases=UNSHRUNK)
@given(updates(namesakes=True))
def test_where_namesakes_are_taken_for_each_other_nothing_goes_unseen(one: Update) -> None:
    live, update, absent = one
    whole = all(parts(update, provider) >= parts(live, provider) for provider in absent)
    assert whole or losses(live, update, absent)


@settings(max_examples=40, deadline=None, phases=UNSHRUNK)
@given(answers(), st.data())
def test_an_outage_that_lasts_takes_nothing_away_either(
    said_first: dict[Provider, ConvertedRecord], data: st.DataObject
) -> None:
    absent = data.draw(st.sets(st.sampled_from(sorted(said_first)), max_size=len(said_first) - 1))
    left = {provider: one for provider, one in said_first.items() if provider not in absent}
    update = merged(left, absent, merged(said_first))
    again = merged(left, absent, update)
    assert words(again, absent) == words(update, absent)
    assert {one.id for one in again.characters} == {one.id for one in update.characters}
    assert [one.model_dump(exclude={"provenance"}) for one in again.episodes] == [
        one.model_dump(exclude={"provenance"}) for one in update.episodes
    ]
