# SPDX-License-Identifier: Apache-2.0
"""Merge locks for tests: short names for pages, and any lock that there can be."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from otakube.domain.locks.change import LockChange
from otakube.domain.locks.lock import LOCK, Different, FieldLock, Lock, Same, TitleLock
from otakube.domain.record.text import plain
from otakube.maintenance.merge_locks import curate
from otakube.ports.locks import Locks

WHEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
DECISION: dict[str, Any] = {"decided_by": "ilse", "decided_at": WHEN}


def page(number: int) -> str:
    """A page of its own for each number, at changing providers."""
    sites = ("https://myanimelist.net/anime/", "https://anilist.co/anime/", "https://anidb.net/anime/")
    return f"{sites[number % 3]}{number + 1}"


def same(*numbers: int, **fields: Any) -> Same:
    return Same(pages=[page(n) for n in numbers], **(DECISION | fields))


def different(*numbers: int, **fields: Any) -> Different:
    return Different(pages=[page(n) for n in numbers], **(DECISION | fields))


def means(title: str, number: int, **fields: Any) -> TitleLock:
    return TitleLock(title=title, page=page(number), **(DECISION | fields))


def fixed(field: str, value: Any, *numbers: int, **changes: Any) -> FieldLock:
    fields = {"pages": [page(n) for n in numbers], "field": field, "value": value}
    return FieldLock.model_validate(fields | DECISION | changes)


async def add(locks: Locks, *wanted: Lock) -> None:
    """Set locks as a curator does."""
    await curate(locks, LockChange(set=list(wanted)))


async def remove(locks: Locks, name: str) -> bool:
    """Remove a lock as a curator does; False if there was none."""
    return bool((await curate(locks, LockChange(remove=[name]))).removed)


_NUMBERS = st.integers(0, 11)
_WORDS = (
    st.text(max_size=30)
    .map(lambda text: plain(text) or "")
    .filter(lambda text: plain(text) == (text or None))
)
_SAID = _WORDS.filter(bool)
_VALUES = st.one_of(
    st.tuples(st.sampled_from(["title", "title_english", "synopsis", "age_rating"]), _SAID),
    st.tuples(st.sampled_from(["title_japanese", "season", "aired_to", "broadcast"]), st.none()),
    st.tuples(st.sampled_from(["genres", "tags", "studios", "synonyms"]), st.lists(_SAID, max_size=4)),
    st.tuples(st.just("episode_count"), st.integers(0, 10_000)),
    st.tuples(st.just("aired_from"), st.dates()),
    st.tuples(st.just("type"), st.sampled_from(["TV", "Movie", "ONA"])),
    st.tuples(
        st.just("season"),
        st.fixed_dictionaries(
            {"year": st.integers(1900, 2100), "quarter": st.sampled_from(["Fall", "Winter"])}
        ),
    ),
)


@st.composite
def any_lock(draw: st.DrawFn) -> Lock:
    """A lock of any kind, of a dozen pages."""
    decision = {
        "decided_by": draw(_SAID),
        "decided_at": draw(st.datetimes(timezones=st.just(UTC))).isoformat(),
        "note": draw(_WORDS),
    }
    pages = [page(n) for n in draw(st.lists(_NUMBERS, min_size=2, max_size=4, unique=True))]
    kind = draw(st.sampled_from(["Same", "Different", "Title", "Field"]))
    fields: dict[str, Any] = {"kind": kind, "pages": pages}
    if kind == "Title":
        year = draw(st.one_of(st.none(), st.integers(1900, 2100)))
        fields = {"kind": kind, "title": draw(_SAID), "page": pages[0], "year": year}
    elif kind == "Field":
        name, value = draw(_VALUES)
        fields |= {"field": name, "value": value}
    return LOCK.validate_json(_json(fields | decision))


def _json(fields: dict[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(fields)
