# SPDX-License-Identifier: Apache-2.0
"""Entries as readers ask for them: enriched ones by their record, listed ones by what the dataset says."""

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Response

from otakube.domain.dataset.pages import page_of
from otakube.domain.licences.redaction import Withheld, readable
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.pages import identify
from otakube.ports.catalogue import LiveEntry
from otakube.ports.listings import ListedEntry
from otakube_services.catalogue.answers import CatalogueAnime, tag_of, tag_of_listed
from otakube_services.catalogue.ports import CataloguePorts
from otakube_services.kit.conditional import tagged
from otakube_services.kit.problems import Problem

NO_SUCH_ENTRY = "No such entry"
ASK = "ask with include_orphaned=true to see it"


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """All that the catalogue has of an entry; one of the two at least."""

    live: LiveEntry | None
    listed: ListedEntry | None
    images_url: str = ""

    def answer(self, response: Response, known: str | None) -> CatalogueAnime:
        """As the API gives it, with its tag; NotModified where the reader knows it."""
        if self.live is None:
            tagged(response, tag_of_listed(self._listing()), known)
            return CatalogueAnime.of_listed(self._listing())
        record, withheld = readable_record(self.live)
        tagged(response, tag_of(self.live, withheld, self.listed, self.images_url), known)
        return CatalogueAnime.of(self.live, record, withheld, self.listed, self.images_url)

    def visible(self, *, include_orphaned: bool) -> bool:
        """False for what readers must ask for by name."""
        return include_orphaned or self.listed is None or self.listed.orphaned is None

    def hidden(self) -> Problem:
        """The answer to who did not ask for it by name."""
        one = self._listing()
        into = f"; its anime is {one.merged_into!r} now" if one.merged_into else ""
        since = f" since {one.orphaned_at:%Y-%m-%d}" if one.orphaned_at else ""
        detail = f"{one.entry_id!r} is orphaned{since} ({one.orphaned}){into}; {ASK}"
        return Problem(404, NO_SUCH_ENTRY, detail)

    def _listing(self) -> ListedEntry:
        assert self.listed is not None
        return self.listed


async def entry_of(ports: CataloguePorts, entry_id: str, *, include_orphaned: bool) -> FoundEntry:
    """The entry of an id; Problem 404 if there is none that this reader sees."""
    live, listed = await ports.catalogue.entry(entry_id), await ports.listings.get(entry_id)
    if live is None and listed is None:
        raise unknown(entry_id)
    return _visible(FoundEntry(live, listed, ports.images_url), include_orphaned=include_orphaned)


async def entry_of_page(ports: CataloguePorts, source: str, *, include_orphaned: bool) -> FoundEntry:
    """The entry of a page in any spelling."""
    page = identify(source)
    live = await ports.catalogue.by_source(page.url if page else source)
    listed = await ports.listings.by_source(page_of(source))
    if live is None and listed is None:
        detail = f"no entry has the source {source!r}; apply an AnimeEnrichment with that source URL"
        raise Problem(404, NO_SUCH_ENTRY, detail)
    return _visible(FoundEntry(live, listed, ports.images_url), include_orphaned=include_orphaned)


def _visible(found: FoundEntry, *, include_orphaned: bool) -> FoundEntry:
    if not found.visible(include_orphaned=include_orphaned):
        raise found.hidden()
    return found


async def live_entry(ports: CataloguePorts, entry_id: str, *, include_orphaned: bool) -> LiveEntry:
    """The live version, for what only a record tells; Problem 404 if this reader sees none."""
    found = await entry_of(ports, entry_id, include_orphaned=include_orphaned)
    if found.live is None:
        detail = f"{entry_id!r} is known from the dataset alone; enrich it by spec.anime.id first"
        raise Problem(404, "Not enriched", detail)
    return found.live


def unknown(entry_id: str) -> Problem:
    """The answer to an id that there is not."""
    return Problem(
        404, NO_SUCH_ENTRY, f"the catalogue has no live entry {entry_id!r}; find its id with /search?q=TITLE"
    )


def readable_record(live: LiveEntry) -> tuple[GoldenRecord, list[Withheld]]:
    """The record as readers may see it, and what is withheld; Problem 451 if that is no entry any more."""
    record, withheld = readable(live.record, datetime.now(UTC))
    if record is None:
        reasons = "; ".join(dict.fromkeys(one.reason for one in withheld))
        detail = f"the licences keep {live.entry_id!r} from readers ({reasons}); enrich it again"
        raise Problem(451, "Withheld", detail)
    return record, withheld
