# SPDX-License-Identifier: Apache-2.0
"""Merge locks: what a person decided, which outranks for ever what the algorithms find.

A lock's id is the digest of its kind and subject: the same decision imported twice is one lock, and another
answer to the same question is seen as such.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import Record
from otakube.domain.record.pages import SUPPORTED, identify
from otakube.domain.record.text import comparable, plain
from otakube_api.contract import AnimeType

Lockable = Literal[
    "title", "title_english", "title_japanese", "synonyms", "type", "status", "season", "episode_count",
    "duration_seconds", "aired_from", "aired_to", "broadcast", "synopsis",
    "synopsis_spoilers", "genres", "tags", "spoiler_tags", "studios",
    "age_rating", "source_material",
]  # fmt: skip
LOCKABLE: tuple[Lockable, ...] = get_args(Lockable)

_ANY: TypeAdapter[Any] = TypeAdapter(Any)


def canonical(url: str) -> str:
    """The one address of an anime's page; ValueError names the supported ones."""
    page = identify(url)
    if page is None:
        raise ValueError(f"{url!r:.300} is not the page of an anime; supported are {SUPPORTED}")
    return page.url


def pages_among(urls: Iterable[str]) -> list[str]:
    """Canonical addresses of those that are pages of an anime, each once, in their order."""
    pages = (identify(url) for url in urls)
    return list(dict.fromkeys(page.url for page in pages if page))


def _distinct(pages: list[str]) -> list[str]:
    return sorted(set(pages))


def _several(pages: list[str]) -> list[str]:
    if len(pages) < 2:
        raise ValueError(f"all addresses are the one page {pages[0]}; name at least two pages")
    return pages


def plain_text(text: str) -> str:
    """Text as it may enter a record; ValueError says how it reads without markup and control characters."""
    if plain(text) != text:
        cure = f"write {plain(text)!r:.200}" if plain(text) else "write words"
        raise ValueError(f"{text!r:.200} has markup, entities, control characters or outer blanks; {cure}")
    return text


def _moment(at: datetime) -> datetime:
    """UTC in whole seconds: every store and the file keep it unchanged."""
    return at.astimezone(UTC).replace(microsecond=0)


PageUrl = Annotated[str, AfterValidator(canonical)]
Pages = Annotated[list[PageUrl], Field(min_length=1, max_length=50), AfterValidator(_distinct)]
SeveralPages = Annotated[Pages, AfterValidator(_several)]
Person = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_text)]
Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
Note = Annotated[str, Field(max_length=2000), AfterValidator(lambda note: note and plain_text(note))]


class Same(Record):
    """These pages show one anime."""

    kind: Literal["Same"] = "Same"
    pages: SeveralPages
    decided_by: Person
    decided_at: Moment
    note: Note = ""


class Different(Record):
    """No two of these pages show one anime."""

    kind: Literal["Different"] = "Different"
    pages: SeveralPages
    decided_by: Person
    decided_at: Moment
    note: Note = ""


class TitleLock(Record):
    """A search for this title, narrowed in just this way, means this page."""

    kind: Literal["Title"] = "Title"
    title: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(plain_text)]
    year: int | None = Field(None, ge=1900, le=2100)
    type: AnimeType | None = None
    page: PageUrl
    decided_by: Person
    decided_at: Moment
    note: Note = ""

    @property
    def pages(self) -> list[str]:
        """The page that is meant."""
        return [self.page]


class FieldLock(Record):
    """The anime with these pages has this value; None where a record may leave the field out."""

    kind: Literal["Field"] = "Field"
    pages: Pages
    field: Lockable
    value: Any
    decided_by: Person
    decided_at: Moment
    note: Note = ""

    @field_validator("value")
    @classmethod
    def _typed(cls, value: Any, info: ValidationInfo) -> Any:
        field = info.data.get("field")
        return typed(field, value) if field else value


Lock: TypeAlias = Same | Different | TitleLock | FieldLock
AnyLock = Annotated[Lock, Field(discriminator="kind")]
LOCK: TypeAdapter[Lock] = TypeAdapter(AnyLock)

_DECISION = {"decided_by", "decided_at", "note"}


def typed(field: Lockable, value: Any) -> Any:
    """A field's value in the record's own type, whether it comes as that or as JSON; ValueError names it."""
    text = _ANY.dump_json(value)
    try:
        found = _values(field).validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise ValueError(f"{field} cannot be {text.decode()[:200]}: {fault['msg']}") from error
    _all_plain(_ANY.dump_python(found, mode="json"))
    return found


@cache
def _values(field: Lockable) -> TypeAdapter[Any]:
    shape = Metadata.model_fields[field]
    kind: Any = Annotated[(shape.annotation, *shape.metadata)] if shape.metadata else shape.annotation
    return TypeAdapter(kind, config=ConfigDict(strict=True))


def _all_plain(value: Any) -> None:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        _all_plain(part)
    if isinstance(value, str):
        plain_text(value)


def lock_id(lock: Lock) -> str:
    """`lock_` and 20 hexadecimal digits of the SHA-256 of kind and subject."""
    if isinstance(lock, TitleLock):
        return title_id(lock.title, year=lock.year, kind=lock.type)
    if isinstance(lock, FieldLock):
        return _id(lock.kind, lock.field, lock.pages)
    return _id(lock.kind, lock.pages)


def title_id(title: str, *, year: int | None = None, kind: AnimeType | None = None) -> str:
    """Id of the lock that says what a title means, however it is spelt, searched with this year and type."""
    return _id("Title", comparable(title) or title.casefold(), year, kind and kind.value)


def _id(*subject: object) -> str:
    text = json.dumps(subject, ensure_ascii=False, separators=(",", ":"))
    return "lock_" + hashlib.sha256(text.encode()).hexdigest()[:20]


def answer(lock: Lock) -> Any:
    """Answer of a lock: two locks of one id contradict each other where this differs."""
    if isinstance(lock, TitleLock):
        return lock.page
    return _ANY.dump_python(lock.value, mode="json") if isinstance(lock, FieldLock) else None


def as_json(lock: Lock) -> dict[str, Any]:
    """A lock as JSON, the decision after its subject; what is not said is left out."""
    said = lock.model_dump(mode="json", exclude_defaults=True, exclude={"kind"})
    return {"kind": lock.kind, **{k: v for k, v in said.items() if k not in _DECISION}} | {
        k: v for k, v in said.items() if k in _DECISION
    }


def format_lock(lock: Lock) -> str:
    """A lock in a sentence's words, with its id and who decided."""
    return f"{lock_id(lock)} ({describe_lock(lock)}; {lock.decided_by}, {lock.decided_at:%Y-%m-%d})"


def describe_lock(lock: Lock) -> str:
    """Describe a lock in one line."""
    pages = ", ".join(lock.pages)
    if isinstance(lock, TitleLock):
        narrowed = [str(part) for part in (lock.year, lock.type and lock.type.value) if part]
        return f"{lock.title!r}{''.join(f' {part}' for part in narrowed)} means {pages}"
    if isinstance(lock, FieldLock):
        value = json.dumps(answer(lock), ensure_ascii=False)
        return f"{lock.field} of {pages} is {value if len(value) <= 100 else value[:99] + '…'}"
    return f"{pages} are {'one anime' if isinstance(lock, Same) else 'different anime'}"
