# SPDX-License-Identifier: Apache-2.0
"""Converters against whole answers, and against answers that somebody has tampered with."""

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.domain.record.golden import AnimeStatus, Quarter, Season
from otakube.errors import SourceError
from otakube.notes import collected
from otakube.ports.providers import RawRecord
from otakube_api.contract import AnimeType, Provider, SourceReason
from unit.otakube.adapters.providers.answers import CONVERTERS, PARTS, long_runner

providers = pytest.mark.parametrize("provider", list(CONVERTERS))
WITHOUT_PEOPLE = {Provider.MYANIMELIST}


@providers
def test_a_whole_answer_converts_in_every_part(provider: Provider) -> None:
    raw, converter = long_runner(provider), CONVERTERS[provider]
    metadata = converter.metadata(raw)
    assert metadata.title == "Ginrei no Kaidou"
    assert (metadata.type, metadata.status) == (AnimeType.TV, AnimeStatus.ONGOING) or metadata.episode_count
    assert converter.statistics(raw).provider is provider
    assert len(converter.characters(raw)) == (27 if provider not in WITHOUT_PEOPLE else 0)


@pytest.mark.parametrize(
    ("provider", "count"), [(Provider.JIKAN, 150), (Provider.KITSU, 148), (Provider.ANILIST, 150)]
)
def test_all_pages_of_episodes_are_read(provider: Provider, count: int) -> None:
    numbers = [one.number for one in CONVERTERS[provider].episodes(long_runner(provider))]
    assert len(numbers) == len(set(numbers)) >= count


def tampered(raw: RawRecord, path: list[Any], value: object) -> RawRecord:
    """The record with one value of the first answer replaced."""
    name = next(iter(raw.answers))
    body = copy.deepcopy(raw.answers[name].body)
    place = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return raw.model_copy(
        update={"answers": raw.answers | {name: raw.answers[name].model_copy(update={"body": body})}}
    )


ANIME = {
    Provider.JIKAN: ["data"],
    Provider.MYANIMELIST: [],
    Provider.ANILIST: ["data", "Media"],
    Provider.KITSU: ["data", 0, "attributes"],
}


@pytest.mark.parametrize(
    ("provider", "field", "value", "said"),
    [
        (Provider.JIKAN, "type", "Radio", "type is 'Radio'"),
        (Provider.JIKAN, "status", "Paused", "status is 'Paused'"),
        (Provider.JIKAN, "season", "monsoon", "season is 'monsoon'"),
        (Provider.JIKAN, "duration", "half an hour", "duration is 'half an hour'"),
        (Provider.JIKAN, "episodes", "twelve", "data.episodes is 'twelve'"),
        (Provider.JIKAN, "episodes", -1, "episode_count is -1"),
        (Provider.JIKAN, "title", "  ", "title is '  '"),
        (Provider.JIKAN, "title", "x" * 501, "title is 'xxx"),
        (Provider.JIKAN, "aired", {"from": "soon"}, "aired.from is 'soon'"),
        (Provider.JIKAN, "broadcast", {"day": "Sundays", "time": "31:00"}, "broadcast.time is '31:00'"),
        (Provider.JIKAN, "source", "Dream", "source is 'Dream'"),
        (Provider.MYANIMELIST, "media_type", "radio", "media_type is 'radio'"),
        (Provider.MYANIMELIST, "status", "paused", "status is 'paused'"),
        (Provider.MYANIMELIST, "source", "dream", "source is 'dream'"),
        (Provider.MYANIMELIST, "rating", "x", "rating is 'x'"),
        (Provider.MYANIMELIST, "start_season", {"year": 1, "season": "fall"}, "year is 1"),
        (Provider.MYANIMELIST, "start_date", "soon", "start_date is 'soon'"),
        (Provider.MYANIMELIST, "num_episodes", "12", "num_episodes is '12'"),
        (Provider.ANILIST, "format", "HOLOGRAM", "format is 'HOLOGRAM'"),
        (Provider.ANILIST, "duration", -3, "duration_seconds is -180"),
        (Provider.KITSU, "subtype", "hologram", "subtype is 'hologram'"),
        (Provider.KITSU, "status", "paused", "status is 'paused'"),
        (Provider.KITSU, "startDate", "yesterday", "startDate is 'yesterday'"),
        (Provider.KITSU, "titles", ["x"], "titles is ['x']"),
    ],
)
def test_what_cannot_be_read_is_named(provider: Provider, field: str, value: object, said: str) -> None:
    raw = tampered(long_runner(provider), [*ANIME[provider], field], value)
    with pytest.raises(SourceError) as caught:
        CONVERTERS[provider].metadata(raw)
    assert caught.value.reason is SourceReason.ANSWER_INVALID
    assert said in str(caught.value)


def test_an_unknown_role_costs_one_character_and_is_noted() -> None:
    raw = long_runner(Provider.ANILIST)
    wrong = tampered(raw, ["data", "Media", "characters", "edges", 0, "role"], "CAMEO")
    with collected() as notes:
        assert len(CONVERTERS[Provider.ANILIST].characters(wrong)) == 26
    assert any("characters.role is 'CAMEO'" in why for why in notes.left_out)
    assert CONVERTERS[Provider.ANILIST].metadata(wrong) == CONVERTERS[Provider.ANILIST].metadata(raw)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "//x", "http://a b/c.png"])
def test_an_image_that_is_nowhere_on_the_web_is_left_out(url: str) -> None:
    raw = tampered(long_runner(Provider.ANILIST), ["data", "Media", "bannerImage"], url)
    assert len(CONVERTERS[Provider.ANILIST].metadata(raw).images) == 1


def test_kitsus_season_follows_from_the_first_day() -> None:
    raw = tampered(long_runner(Provider.KITSU), ["data", 0, "attributes", "startDate"], "2005-10-23")
    assert CONVERTERS[Provider.KITSU].metadata(raw).season == Season(year=2005, quarter=Quarter.FALL)


def test_a_year_before_film_is_unknown() -> None:
    raw = tampered(long_runner(Provider.KITSU), ["data", 0, "attributes", "startDate"], "0202-02-03")
    assert CONVERTERS[Provider.KITSU].metadata(raw).aired_from is None


def test_an_empty_list_means_not_known() -> None:
    raw = long_runner(Provider.KITSU)
    empty = raw.model_copy(
        update={"answers": {"anime": raw.answers["anime"].model_copy(update={"body": {"data": []}})}}
    )
    with pytest.raises(SourceError) as caught:
        CONVERTERS[Provider.KITSU].metadata(empty)
    assert caught.value.reason is SourceReason.NOT_FOUND


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document; of lists the first three items."""
    found = [path] if path else []
    items = (
        value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    )
    return found + [place for key, inner in items for place in places(inner, (*path, key))]


PLACES = {
    provider: [
        (name, place)
        for name, answer in long_runner(provider).answers.items()
        for place in places(answer.body)
    ]
    for provider in CONVERTERS
}
HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**63, max_value=2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["\x00", "9" * 400, "x" * 30_000, "<script>", "2024-02-30", "25:99", "\u202e", "http://[::1"]
    ),
    st.just([]),
    st.just({}),
    st.lists(st.none(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@providers
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_tampered_answer_is_read_or_refused_and_never_breaks_the_step(
    provider: Provider, data: st.DataObject
) -> None:
    raw = long_runner(provider)
    name, place = data.draw(st.sampled_from(PLACES[provider]))
    body = copy.deepcopy(raw.answers[name].body)
    inner = body
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = data.draw(HOSTILE)
    answers = raw.answers | {name: raw.answers[name].model_copy(update={"body": body})}
    wrong = raw.model_copy(update={"answers": answers})
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(CONVERTERS[provider], part)(wrong)


@providers
@settings(max_examples=60, deadline=None)
@given(body=HOSTILE)
def test_an_answer_of_any_other_shape_is_refused(provider: Provider, body: object) -> None:
    raw = long_runner(provider)
    wrong = raw.model_copy(
        update={"answers": {name: one.model_copy(update={"body": body}) for name, one in raw.answers.items()}}
    )
    for part in ("metadata", "relationships", "statistics"):
        with pytest.raises(SourceError):
            getattr(CONVERTERS[provider], part)(wrong)
