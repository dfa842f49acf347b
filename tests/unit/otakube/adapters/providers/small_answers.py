# SPDX-License-Identifier: Apache-2.0
"""The least that each provider says of an anime, and what a test adds in that provider's own fields."""

import json
from datetime import UTC, datetime
from html import escape
from typing import Any

from otakube.adapters.providers.anidb import convert as anidb
from otakube.adapters.providers.anilist import convert as anilist
from otakube.adapters.providers.anime_planet import convert as anime_planet
from otakube.adapters.providers.animeschedule import convert as animeschedule
from otakube.adapters.providers.jikan import convert as jikan
from otakube.adapters.providers.kitsu import convert as kitsu
from otakube.adapters.providers.myanimelist import convert as myanimelist
from otakube.ports.providers import Answer, Converter, RawRecord
from otakube_api.contract import Provider

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EVERY: dict[Provider, Converter] = {
    Provider.JIKAN: jikan,
    Provider.MYANIMELIST: myanimelist,
    Provider.ANILIST: anilist,
    Provider.KITSU: kitsu,
    Provider.ANIDB: anidb,
    Provider.ANIMESCHEDULE: animeschedule,
    Provider.ANIME_PLANET: anime_planet,
}
_URLS = {
    Provider.ANIDB: "http://api.anidb.net:9001/httpapi",
    Provider.ANIMESCHEDULE: "https://animeschedule.net/api/v3/anime/kasa-no-eki",
}


def body_of(provider: Provider, title: str = "Kasa no Eki", **said: Any) -> Any:
    """A body of the least, with what a test adds."""
    match provider:
        case Provider.JIKAN:
            return {"data": {"mal_id": 7, "url": "x", "title": title, "status": "Finished Airing"} | said}
        case Provider.MYANIMELIST:
            return {"id": 7, "title": title, "media_type": "tv", "status": "finished_airing"} | said
        case Provider.ANILIST:
            media = {"id": 7, "title": {"romaji": title}, "status": "FINISHED"} | said
            return {"data": {"Media": media}}
        case Provider.KITSU:
            attributes = {"canonicalTitle": title, "status": "finished"} | said
            return {"data": [{"type": "anime", "id": "7", "attributes": attributes}]}
        case Provider.ANIDB:
            return xml(title, "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said.items()))
        case Provider.ANIMESCHEDULE:
            return {"title": title, "route": "kasa-no-eki", "status": "Finished"} | said
        case _:
            return page(title, **said)


def xml(title: str, inner: str = "") -> str:
    """An anime of AniDB's with elements of a test."""
    named = f'<titles><title xml:lang="x-jat" type="main">{escape(title)}</title></titles>'
    return f'<anime id="7">{named}{inner}</anime>'


def page(title: str, entry_bar: str = "", **said: Any) -> str:
    """A page of Anime-Planet's; `said` is schema.org's."""
    linked = json.dumps({"@type": "TVSeries", "name": title} | said).replace("<", "\\u003c")
    return (
        f'<html><head><script type="application/ld+json">{linked}</script></head>'
        f'<body><h1 itemprop="name">{escape(title)}</h1><div class="entryBar">{entry_bar}</div></body></html>'
    )


def record(provider: Provider, body: Any, **parts: Any) -> RawRecord:
    """A body as a provider's answer, with parts of a test (`episodes_1` is episodes/1)."""
    bodies = {"anime": body} | {part.replace("_", "/"): one for part, one in parts.items()}
    url = _URLS.get(provider, "https://said.example/7")
    return RawRecord(
        provider=provider,
        source_url="https://said.example/7",
        answers={part: Answer(url=url, fetched_at=NOW, body=one) for part, one in bodies.items()},
    )


def small(provider: Provider, title: str = "Kasa no Eki", **said: Any) -> RawRecord:
    """A record of the least, with what a test adds."""
    return record(provider, body_of(provider, title, **said))
