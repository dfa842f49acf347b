# SPDX-License-Identifier: Apache-2.0
"""Related works of all providers as one list: a row a work and kind, contradictions decided and told."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from otakube.domain.matching.titles import Name, take_apart
from otakube.domain.merge.fields import format_value
from otakube.domain.record import claims
from otakube.domain.record.golden import LosingValue, Relation, RelationKind
from otakube.domain.record.pages import identify
from otakube.domain.record.signs import signs
from otakube.domain.record.text import sounding
from otakube_api.contract import Provider

OPPOSITES: dict[RelationKind, RelationKind] = {
    "Sequel": "Prequel", "Prequel": "Sequel",
    "SideStory": "ParentStory", "ParentStory": "SideStory",
    "Summary": "FullStory", "FullStory": "Summary",
}  # fmt: skip
"""One work cannot be both."""

VAGUE: dict[RelationKind, tuple[RelationKind, ...] | None] = {"Other": None, "Adaptation": ("Source",)}
"""Kinds that say less of the same work than those named (None: than any)."""

_NUMBERED = re.compile(r"/(?:anime|manga)/[0-9]+(?=/|$)")  # a name may follow, which changes
_TELLING = 8  # letters from which a name in another romanisation is the same by no chance
_MOST = 500
_PAGES = 20


class Place(NamedTuple):
    """A page as it tells works apart: `site` has one page of each."""

    site: str
    name: str


@dataclass(slots=True)
class RelatedWork:
    """One work as it is spoken of; `names` are its titles without season marks, each with its signs."""

    title: str
    names: set[tuple[Name, str]]
    urls: dict[Place, str] = field(default_factory=dict)
    providers: list[Provider] = field(default_factory=list)

    def is_one(self, other: "RelatedWork") -> bool:
        """Tell whether two are the same: a common page, or one name and no site that tells them apart.

        "Foo!!" is the sequel of "Foo!", and a name in another romanisation is the same. The manga that an
        anime is made from has its name, and is another work.
        """
        if self.urls.keys() & other.urls.keys():
            return True
        if self.media and other.media and not self.media & other.media:
            return False
        sites = {place.site for place in self.urls} & {place.site for place in other.urls}
        return not sites and not self.names.isdisjoint(other.names)

    @property
    def media(self) -> set[str]:
        """Kinds of work that its pages show: manga, anime."""
        return {"manga" if "/manga/" in url else "anime" for url in self.urls.values()}

    def add(self, other: "RelatedWork") -> None:
        """Take over pages and providers of the same work."""
        for place, url in other.urls.items():
            self.urls.setdefault(place, url)
        self.names |= other.names
        self.providers.extend(one for one in other.providers if one not in self.providers)


def work_of(title: str, urls: Sequence[str], provider: Provider) -> RelatedWork:
    """A work in one provider's words."""
    return RelatedWork(title, {(_named(title), signs(title))}, {place(url): url for url in urls}, [provider])


def _named(title: str) -> Name:
    """A title taken apart, in one romanisation."""
    name = take_apart(title)
    sound = sounding(name.text)
    return name._replace(text=sound) if len(sound) >= _TELLING else name


def place(url: str) -> Place:
    """Site and name of a page, whatever form its address has."""
    page = identify(url)
    if page is not None:
        return Place(page.provider, page.id)
    parts = urlsplit(url)
    if numbered := _NUMBERED.match(parts.path):
        return Place(parts.netloc.removeprefix("www."), numbered[0])
    return Place(parts.netloc.removeprefix("www."), parts.path.rstrip("/"))


class MergedRelations(NamedTuple):
    """The rows, what they outweigh, and what a reviewer must know."""

    relations: list[Relation]
    losing: list[LosingValue]
    findings: list[str]


def merge_relations(said: Mapping[Provider, Sequence[claims.ClaimedRelation]]) -> MergedRelations:
    """All rows, the more trusted first, as `said` is ordered."""
    rows: list[tuple[RelationKind, RelatedWork]] = []
    for kind, work in _works(said):
        known = next((one for other, one in rows if other == kind and one.is_one(work)), None)
        if known is None:
            rows.append((kind, work))
        else:
            known.add(work)
    kept, outweighed = _consistent(_without_vague(rows))
    single, others = _one_row_a_work(kept)
    return MergedRelations(
        [_row(kind, work) for kind, work in single][:_MOST],
        [_losing(kind, work) for kind, work in (*[one[:2] for one in outweighed], *others)][:10],
        [_finding(*one) for one in outweighed],
    )


def _works(
    said: Mapping[Provider, Sequence[claims.ClaimedRelation]],
) -> Iterator[tuple[RelationKind, RelatedWork]]:
    for provider, relations in said.items():
        for one in relations:
            yield one.kind, work_of(one.title, one.source_urls, provider)


def _without_vague(
    rows: Sequence[tuple[RelationKind, RelatedWork]],
) -> list[tuple[RelationKind, RelatedWork]]:
    """Without rows of a vague kind whose work has a telling one."""
    kept: list[tuple[RelationKind, RelatedWork]] = []
    for kind, work in rows:
        better = [
            (other in VAGUE, one) for other, one in rows if _tells_more(other, kind) and one.is_one(work)
        ]
        if better:
            min(better, key=lambda found: found[0])[1].add(work)
        else:
            kept.append((kind, work))
    return kept


def _tells_more(kind: RelationKind, than: RelationKind) -> bool:
    return than in VAGUE and kind != than and kind in (VAGUE[than] or (kind,))


def _consistent(
    rows: Sequence[tuple[RelationKind, RelatedWork]],
) -> tuple[list[tuple[RelationKind, RelatedWork]], list[tuple[RelationKind, RelatedWork, RelatedWork]]]:
    """The rows of which none contradicts a more trusted one, and those that do with what they contradict."""
    kept: list[tuple[RelationKind, RelatedWork]] = []
    outweighed: list[tuple[RelationKind, RelatedWork, RelatedWork]] = []
    for kind, work in rows:
        rival = next((one for other, one in kept if other == OPPOSITES.get(kind) and one.is_one(work)), None)
        if rival is None:
            kept.append((kind, work))
        else:
            outweighed.append((kind, work, rival))
    return kept, outweighed


def _one_row_a_work(
    rows: Sequence[tuple[RelationKind, RelatedWork]],
) -> tuple[list[tuple[RelationKind, RelatedWork]], list[tuple[RelationKind, RelatedWork]]]:
    """Each work under the kind that most name, the more trusted of equals; and the kinds that lost."""
    kept: list[tuple[RelationKind, RelatedWork]] = []
    lost: list[tuple[RelationKind, RelatedWork]] = []
    for kind, work in sorted(rows, key=lambda row: -len(row[1].providers)):
        home = next((one for _, one in kept if one.is_one(work)), None)
        if home is None:
            kept.append((kind, work))
        else:
            home.add(work)
            lost.append((kind, work))
    order = {id(work): number for number, (_, work) in enumerate(rows)}
    return sorted(kept, key=lambda row: order[id(row[1])]), lost


def _row(kind: RelationKind, work: RelatedWork) -> Relation:
    return Relation(
        kind=kind, title=work.title, source_urls=list(work.urls.values())[:_PAGES], providers=work.providers
    )


def _losing(kind: RelationKind, work: RelatedWork) -> LosingValue:
    return LosingValue(provider=work.providers[0], value=format_value({"kind": kind, "title": work.title}))


def _finding(kind: RelationKind, work: RelatedWork, rival: RelatedWork) -> str:
    return (
        f"{rival.title[:100]!r} is a {OPPOSITES[kind]} to {rival.providers[0]}, which is believed, "
        f"and a {kind} to {work.providers[0]}"
    )
