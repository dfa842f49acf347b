# SPDX-License-Identifier: Apache-2.0
"""Any number wherever a provider has one: what is converted fits the document store, or is refused."""

import contextlib
import copy
import re
from collections.abc import Callable
from typing import Any

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.providers.anidb import convert as anidb
from otakube.adapters.providers.anime_planet import convert as anime_planet
from otakube.adapters.providers.animeschedule import convert as animeschedule
from otakube.errors import SourceError
from otakube.ports.providers import Converter, RawRecord
from otakube_api.contract import Provider, SourceReason
from unit.otakube.adapters.providers import anidb_xml, animeschedule_rows, test_anime_planet
from unit.otakube.adapters.providers.answers import CONVERTERS, PARTS, long_runner
from unit.otakube.adapters.providers.tampering import places

ALL: dict[Provider, Converter] = CONVERTERS | {
    Provider.ANIDB: anidb,
    Provider.ANIMESCHEDULE: animeschedule,
    Provider.ANIME_PLANET: anime_planet,
}
RAW: dict[Provider, Callable[[], RawRecord]] = {
    Provider.ANIDB: anidb_xml.record,
    Provider.ANIMESCHEDULE: animeschedule_rows.record,
    Provider.ANIME_PLANET: lambda: test_anime_planet.record(test_anime_planet.page()),
}
NUMERAL = re.compile(r"(?<![\w.#&])\d+(?:\.\d+)?")
NUMBERS = st.one_of(
    st.integers(),
    st.integers(min_value=2**31, max_value=2**66),
    st.integers(min_value=-(2**66), max_value=-1),
    st.sampled_from([10**10 + 1, 2**63 - 1, 2**63, 2**64, 10**300, 10**18]),
    st.floats(),
)


def raw_of(provider: Provider) -> RawRecord:
    return RAW[provider]() if provider in RAW else long_runner(provider)


def numbers_in(body: Any) -> list[Any]:
    """The places of a document's numbers, or which numeral of a text it is."""
    if isinstance(body, str):
        return list(range(len(NUMERAL.findall(body))))
    return [place for place in places(body) if type(_at(body, place)) in (int, float)]


def _at(body: Any, place: Any) -> Any:
    for key in place:
        body = body[key]
    return body


def put(body: Any, place: Any, number: float) -> Any:
    """The document with another number at the place."""
    if isinstance(body, str):
        found = list(NUMERAL.finditer(body))[place]
        return f"{body[: found.start()]}{number}{body[found.end() :]}"
    changed = copy.deepcopy(body)
    _at(changed, place[:-1])[place[-1]] = number
    return changed


PLACES = {
    provider: [
        (name, place)
        for name, answer in raw_of(provider).answers.items()
        for place in numbers_in(answer.body)
    ]
    for provider in ALL
}


@pytest.mark.parametrize("provider", list(ALL))
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_a_number_is_stored_as_it_is_or_refused(provider: Provider, data: st.DataObject) -> None:
    raw = raw_of(provider)
    name, place = data.draw(st.sampled_from(PLACES[provider]))
    answer = raw.answers[name]
    body = put(answer.body, place, data.draw(NUMBERS))
    wrong = raw.model_copy(update={"answers": raw.answers | {name: answer.model_copy(update={"body": body})}})
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            found = getattr(ALL[provider], part)(wrong)
            rows = found if isinstance(found, list) else [found]
            bson.encode({"rows": [row.model_dump(mode="json") for row in rows]})


@pytest.mark.parametrize(
    ("provider", "part", "place", "field"),
    [
        (Provider.JIKAN, "statistics", ["data", "members"], "members"),
        (Provider.ANILIST, "statistics", ["data", "Media", "popularity"], "members"),
        (Provider.KITSU, "statistics", ["data", 0, "attributes", "userCount"], "members"),
        (Provider.ANILIST, "metadata", ["data", "Media", "duration"], "duration_seconds"),
    ],
)
def test_a_number_beyond_its_meaning_is_refused_by_name(
    provider: Provider, part: str, place: list[Any], field: str
) -> None:
    raw = raw_of(provider)
    name, answer = next(iter(raw.answers.items()))
    body = put(answer.body, place, 2**63)
    wrong = raw.model_copy(update={"answers": raw.answers | {name: answer.model_copy(update={"body": body})}})
    with pytest.raises(SourceError, match=f"{field} is ") as refused:
        getattr(ALL[provider], part)(wrong)
    assert refused.value.reason is SourceReason.ANSWER_INVALID
