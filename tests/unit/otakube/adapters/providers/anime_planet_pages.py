# SPDX-License-Identifier: Apache-2.0
"""Pages with the elements of Anime-Planet's real ones, filled with invented words."""

import json
import re
from datetime import UTC, datetime
from html import escape
from typing import Any

from otakube.ports.providers import Answer, RawRecord
from otakube_api.contract import Provider

CDN = "https://cdn.anime-planet.com/anime/primary"
LINKED: dict[str, Any] = {
    "@context": "http://schema.org", "@type": "TVSeries", "name": "Umi no Kane",
    "description": "A bell rings below the &quot;sea&quot;...&nbsp;",
    "url": "https://www.anime-planet.com/anime/umi-no-kane",
    "image": f"https://www.anime-planet.com{CDN}/umi-no-kane-1-190x266.jpg?t=1625898174",
    "startDate": "2019-01-10", "endDate": "2019-03-29", "numberOfEpisodes": 12,
    "genre": ["Drama", "Mystery,"],
    "aggregateRating": {
        "@type": "AggregateRating", "ratingCount": 43889, "bestRating": 5, "worstRating": 0.5,
        "ratingValue": 4.422, "reviewCount": 168,
    },
}  # fmt: skip
META = {
    "og:site_name": "Anime-Planet", "og:title": "Umi no Kane", "og:type": "video.tv_show",
    "og:url": "https://www.anime-planet.com/anime/umi-no-kane", "og:description": "A bell rings.",
    "video:tag": "Drama", "video:release_date": "2019-01",
    "og:image": "https://www.anime-planet.com/images/anime/screenshots/umi-no-kane-10118-1.jpg",
}  # fmt: skip
HEADING = '<h1 itemprop="name">Umi no Kane</h1>'
AKA = '<h2 class="aka">\n Alt title: Bell of the Sea\n</h2>'
TYPE = '<span class="type">TV\n(12 eps)\n</span>'
YEAR = "<span class='iconYear'> 2019 </span>\n<br />\n<a href=\"/anime/seasons/winter-2019\">Winter 2019</a>"
RATING = """<div class="avgRating" title="4.422 out of 5 from 43,896 votes">
<span style="width: 89.7%">4.422 out of 5 from 43,896 votes</span></div>"""
POSTER = f"{CDN}/umi-no-kane-1-190x266.jpg?t=1"
IMAGE = f'<img itemprop="image" class="screenshots" alt="Umi no Kane" src="{POSTER}" />'
SYNOPSIS = "<div><p>A bell rings below the sea.</p></div>"
TAGS = """<div class="tags "><h4>Tags</h4><ul><li><a href="/anime/tags/drama" data-tooltip="tags">
 Drama\n</a></li></ul></div>
<div class="tags tags--plain"><h4>Content Warning</h4><ul><li><a href="/anime/tags/violence">
Violence,\n</a></li><li><a href="/anime/tags/self-harm">Self-Harm</a></li></ul></div>"""


def page(
    *,
    linked: dict[str, Any] | list[Any] | str | None = LINKED,
    meta: dict[str, str] = META,
    heading: str = HEADING,
    aka: str = AKA,
    kind: str = TYPE,
    year: str = YEAR,
    rating: str = RATING,
    image: str = IMAGE,
    synopsis: str = SYNOPSIS,
    related: str = "",
) -> str:
    """The page of one anime."""
    said = linked if isinstance(linked, str) else linked and json.dumps(linked).replace("/", "\\/")
    script = f'<script type="application/ld+json">\n{said}\n</script>' if said else ""
    properties = " ".join(
        f"<meta property='{name}' content='{escape(text)}' />" for name, text in meta.items()
    )
    return f"""
<!doctype html><html xml:lang="en" lang="en" class="mulifont"><head prefix="og: http://ogp.me/ns#">
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" /><title>Umi no Kane | Anime-Planet</title>
{script}{properties}<link rel="canonical" href="https://www.anime-planet.com/anime/umi-no-kane" /></head>
<body class="desktop"><header id="siteHeader"><svg id="logo"><title>Anime-Planet</title></svg>
<ul><li><a href="/anime/seasons/spring-2023">Anime season charts</a></li></ul></header>
{heading}{aka}<nav><ul class="subNav"><li class="selected">
<a href="/anime/umi-no-kane">overview</a></li></ul></nav>
<section class="pure-g entryBar"><div class="pure-1 md-1-5">{kind}</div>
<div class="pure-1 md-1-5"><a href="/anime/studios/kane-works">Kane Works</a></div>
<div class="pure-1 md-1-5">{year}</div><div class="pure-1 md-1-5">{rating}</div>
<div class="pure-1 md-1-5"> Rank #50 </div></section>
<section id="entry" class="pure-g EntryPage__content" data-type="anime"><div class="pure-1 md-2-3">
<div class="pure-g entrySynopsis"><div class="pure-1-2 md-1-3"><div class="mainEntry">{image}</div></div>
<div class="pure-1 md-3-5">{synopsis}{TAGS}</div></div></div></section>
<div class="tab recommendations" id="Anime"><ul class="cardDeck cardGrid" data-type="anime">
{result("Soto", "2006")}</ul></div>
<h2>Related anime</h2><div class="Tabs tabs" id="tabs--relations--anime"><ul class="Tabs__navigation">
<li><a class="Tabs__link" href="#tabs--relations--anime--same_franchise">same franchise</a></li></ul>
<div class="Tabs__content pure-g" id="tabs--relations--anime--same_franchise">{related}</div></div>
<div class="Tabs tabs" id="tabs--relations--manga">
{card("Umi no Kane", "umi", "Original Manga", medium="manga")}</div>
</body></html>"""


def card(
    name: str,
    slug: str = "umi-no-kane-2",
    kind: str | None = "Sequel",
    *,
    medium: str = "anime",
    form: str = "TV: 51 ep",
) -> str:
    """A related work; one that is only of the same franchise has no subtitle."""
    subtitle = f'<span class="RelatedEntry__subtitle rounded-card__subtitle">{kind}</span>' if kind else ""
    return f"""<div class="pure-u-1 pure-u-md-1-2 pure-u-lg-1-4">
<a href="/{medium}/{slug}" class="RelatedEntry rounded-card">
<img class="RelatedEntry__image" src="{CDN}/{slug}-1-190x256.jpg?t=1" />
<div class="RelatedEntry__information RelatedEntry--status0"><div>
<p class="RelatedEntry__name rounded-card__title">{name}</p>{subtitle}</div>
<ul class="RelatedEntry__metadata"><li><i class="RelatedEntry__metadata_icon fas fa-calendar-alt"></i>
<time class="RelatedEntry__metadata_item rounded-card__subtitle">
<span data-start-date="2003-10-04">2003-10-04</span> -
<span data-end-date="2004-10-02">2004-10-02</span></time></li>
<li><i class="RelatedEntry__metadata_icon fas fa-tv"></i>
<span class="RelatedEntry__metadata_item rounded-card__subtitle">\n{form} </span></li></ul></div></a></div>"""


def result(name: str, year: str | None = "2006 - 2008", *, alt: str = "", form: str = "TV (103 eps)") -> str:
    """A card of a list, with its tooltip."""
    years = f"<li class='iconYear'>{year}</li>" if year else ""
    other = f"<h6 class='theme-font tooltip-alt'>Alt title: {alt}</h6>" if alt else ""
    tooltip = f"""<h5 class='theme-font'>{escape(name)}</h5>{other}<ul class='entryBar'>
<li class='type'>{form}</li>
<li>Kane Works</li>{years}<li><div class='ttRating'>4.5</div></li></ul><p>It &ndash; rings.</p>
<div class='tags'><h4>Tags</h4><ul><li>Drama</li></ul></div>"""
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"<[^>]*>", "", name).lower()).strip("-")
    alt_text = "" if "<" in name else escape(name)
    return f"""<li data-type="anime" data-id="1207" data-total-episodes="103" class="card  ">
<a title="{escape(tooltip)}" href="/anime/{slug}" class="tooltip anime1207">
<div class="crop">
<img alt="{alt_text}" data-src="{CDN}/{slug}-1-190x268.jpg" src="/inc/img/card-load.svg" /></div>
<div class="statusArea"><span class='rated off'>Add to list</span></div>
<h3 class='cardName'>{name}</h3>\n</a>
<p>9 votes</p></li>"""


def hidden(text: str, key: int = 0xE6, tag: str = "a") -> str:
    """A text as Cloudflare hides what looks like an address: each byte with a key, which comes first."""
    code = bytes([key, *(byte ^ key for byte in text.encode())]).hex()
    return f'<{tag} class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</{tag}>'


def record(body: Any) -> RawRecord:
    """A page as an answer, asked for on 15 June 2024."""
    answer = Answer(url="https://x/", fetched_at=datetime(2024, 6, 15, 12, tzinfo=UTC), body=body)
    return RawRecord(
        provider=Provider.ANIME_PLANET,
        source_url="https://www.anime-planet.com/anime/asked-for",
        answers={"anime": answer},
    )
