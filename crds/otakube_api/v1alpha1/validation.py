# SPDX-License-Identifier: Apache-2.0
"""The rules that the API server checks beyond types and bounds, in CEL.

Each message names the field and the cure, since it is all that a person sees of the rule. All rules of a
field are evaluated, so each is written to pass where another already says what is wrong.
"""

from typing import NamedTuple

from pydantic.config import JsonDict


class Rule(NamedTuple):
    """One x-kubernetes-validations entry."""

    rule: str
    message: str


def rules(*checks: Rule) -> JsonDict:
    """JSON-schema extras that carry `checks`."""
    return {"x-kubernetes-validations": [dict(check._asdict()) for check in checks]}


ENTRY_ID = Rule(
    "self.matches('^ani_[0-9A-HJKMNP-TV-Z]{26}$')",
    "spec.anime.id must be an id of the catalogue: 'ani_' and the 26 upper-case characters of a ULID, "
    "such as ani_01JD3Z5K8Q0000000000000001; for an anime that has none yet use sourceUrls or title",
)
URL_IS_HTTPS = Rule(
    "self.startsWith('https://')",
    "spec.anime.sourceUrls must hold https URLs: begin each with https://",
)
URL_HOST = Rule(
    "!self.startsWith('https://') || self.matches('^https://(www[.])?(myanimelist[.]net|anilist[.]co|"
    "kitsu[.](io|app)|anidb[.]net|anime-planet[.]com|animeschedule[.]net)(/|$)')",
    "spec.anime.sourceUrls must point at a known provider, without user, password or port: use a page of "
    "myanimelist.net, anilist.co, kitsu.app, kitsu.io, anidb.net, anime-planet.com or animeschedule.net",
)
URL_PATH = Rule(
    "!self.startsWith('https://') || self.matches('^https://[^/]*(myanimelist[.]net|anilist[.]co|anidb[.]net)"
    "/anime/[1-9][0-9]{0,8}(/[^?#[:space:]]*)?$') || self.matches('^https://[^/]*(kitsu[.](io|app)|"
    "anime-planet[.]com|animeschedule[.]net)/anime/[A-Za-z0-9][A-Za-z0-9-]{0,199}/?$')",
    "spec.anime.sourceUrls must be the page of one anime, without query or fragment: /anime/NUMBER at "
    "myanimelist.net, anilist.co and anidb.net, /anime/NAME at kitsu.app, anime-planet.com and "
    "animeschedule.net",
)
TITLE_NOT_BLANK = Rule(
    "self.trim() != ''",
    "spec.anime.title must hold more than blanks: write the title as a provider writes it",
)
TITLE_ONE_LINE = Rule(
    "!self.matches('[[:cntrl:]]')",
    "spec.anime.title must be one line: remove line breaks, tabs and other control characters",
)
REVIEW_TIMEOUT = Rule(
    "self.matches('^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$') && self != '' && "
    "duration(self) >= duration('1m') && duration(self) <= duration('720h')",
    "spec.review.timeout must be a duration from 1m to 720h: write hours, minutes and seconds, such as "
    "72h or 1h30m",
)
ONE_NAME_KNOWN = Rule(
    "has(self.id) != has(self.sourceUrls)",
    "spec.anime must name the anime in exactly one way: set one of id and sourceUrls",
)
ONE_NAME = Rule(
    "[has(self.id), has(self.sourceUrls), has(self.title)].filter(given, given).size() == 1",
    "spec.anime must name the anime in exactly one way: set one of id, sourceUrls and title",
)
YEAR_NEEDS_TITLE = Rule(
    "!has(self.year) || has(self.title)",
    "spec.anime.year narrows the search for a title: remove it, or set title instead of id or sourceUrls",
)
TYPE_NEEDS_TITLE = Rule(
    "!has(self.type) || has(self.title)",
    "spec.anime.type narrows the search for a title: remove it, or set title instead of id or sourceUrls",
)
ANIME_IMMUTABLE = Rule(
    "self == oldSelf",
    "spec.anime cannot change: create a new object for another anime, and delete this one if it was a slip",
)
UPDATE_NEEDS_KNOWN_ANIME = Rule(
    "self.mode != 'EpisodeUpdate' || !has(self.anime.title)",
    "spec.mode EpisodeUpdate needs a known anime: set spec.anime.id or spec.anime.sourceUrls instead of "
    "spec.anime.title, or set spec.mode to FullEnrichment",
)
