# SPDX-License-Identifier: Apache-2.0
"""The rules that the API server checks beyond types and bounds, in CEL.

Each message names the field and the cure, since it is all that a person sees of the rule. All rules of a
field are evaluated, so each is written to pass where another already says what is wrong.
"""

from datetime import timedelta
from typing import NamedTuple

from pydantic.config import JsonDict

from otakube_api.contract import LONGEST_REVIEW
from otakube_api.durations import PATTERN
from otakube_api.providers import SITES, hosts

_LONGEST = f"{LONGEST_REVIEW // timedelta(hours=1)}h"


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


def _either(hosts: list[str]) -> str:
    return "|".join(host.replace(".", "[.]") for host in hosts)


def _join_words(hosts: list[str]) -> str:
    return f"{', '.join(hosts[:-1])} and {hosts[-1]}"


_NUMBERED, _NAMED = hosts(SITES.values(), named=False), hosts(SITES.values(), named=True)
_KNOWN_HOST = f"'^https://(www[.])?({_either([*_NUMBERED, *_NAMED])})(/|$)'"

URL_HOST = Rule(
    f"!self.startsWith('https://') || self.matches({_KNOWN_HOST})",
    "spec.anime.sourceUrls must point at a known provider, without user, password or port: use pages of "
    f"{_join_words([*_NUMBERED, *_NAMED])}",
)
URL_PATH = Rule(
    f"!self.matches({_KNOWN_HOST}) || "
    f"self.matches('^https://(www[.])?({_either(_NUMBERED)})/anime/[1-9][0-9]{{0,8}}(/[^?#[:space:]]*)?$') "
    f"|| self.matches('^https://(www[.])?({_either(_NAMED)})/anime/[A-Za-z0-9][A-Za-z0-9-]{{0,199}}/?$')",
    "spec.anime.sourceUrls must be the page of one anime, without query or fragment: /anime/NUMBER at "
    f"{_join_words(_NUMBERED)}, /anime/NAME at {_join_words(_NAMED)}",
)
TITLE_NOT_BLANK = Rule(
    "self.trim() != ''",
    "spec.anime.title must hold more than blanks: write the title as a provider writes it",
)
TITLE_ONE_LINE = Rule(
    "!self.matches('[[:cntrl:]]')",
    "spec.anime.title must be one line: remove line breaks, tabs and other control characters",
)
# Argo evaluates {{...}} and {{=...}} inside the values of a Workflow's arguments.
TITLE_NO_BRACES = Rule(
    "!self.matches('[{][{]')",
    "spec.anime.title must not hold two opening braces in a row, which Argo would evaluate: leave them out",
)
URL_NO_BRACES = Rule(
    "!self.matches('[{][{]')",
    "spec.anime.sourceUrls must not hold two opening braces in a row, which Argo would evaluate: "
    "leave out what follows the number",
)
_IS_DURATION = f"self.matches('{PATTERN}') && self != ''"

REVIEW_TIMEOUT = Rule(
    f"{_IS_DURATION} && duration(self) >= duration('1m') && duration(self) <= duration('{_LONGEST}')",
    f"review.timeout must be a duration from 1m to {_LONGEST}: write hours, minutes and seconds, such as "
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
ROLLBACK_NEEDS_ID = Rule(
    "!has(self.rollbackTo) || has(self.anime.id)",
    "spec.rollbackTo is a version of one entry: set spec.anime.id instead of spec.anime.sourceUrls or title",
)
ROLLBACK_ASKS_NOBODY = Rule(
    "!has(self.rollbackTo) || (self.mode == 'FullEnrichment' && !has(self.providers) && !has(self.episode))",
    "spec.rollbackTo takes a whole version and asks no provider: remove spec.providers and spec.episode, and "
    "leave spec.mode FullEnrichment",
)

_DAYS = "SUN|MON|TUE|WED|THU|FRI|SAT"
_MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"


def _cron_field(value: str) -> str:
    """A list of values, ranges and stars, each with an optional step."""
    part = rf"([*]|({value})(-({value}))?)(/[1-9][0-9]?)?"
    return f"{part}(,{part})*"


_CRON = " ".join(
    map(
        _cron_field,
        (
            "[0-5]?[0-9]",
            "[01]?[0-9]|2[0-3]",
            "0?[1-9]|[12][0-9]|3[01]",
            f"0?[1-9]|1[0-2]|{_MONTHS}",
            f"[0-7]|{_DAYS}",
        ),
    )
)

CRON = Rule(
    f"self.matches('^(?i){_CRON}$')",
    "spec.schedule must be a cron expression of five fields: minute, hour, day of month, month and day of "
    "week, such as '30 15 * * SAT'; put the time zone into spec.timeZone",
)
ONE_SCHEDULE = Rule(
    "has(self.schedule) != (has(self.broadcast) || has(self.airings))",
    "spec needs times in one way: set spec.airings, spec.broadcast or both for broadcasts, and "
    "spec.schedule alone for anything else",
)
ZONE_NEEDS_SCHEDULE = Rule(
    "!has(self.timeZone) || has(self.schedule)",
    "spec.timeZone belongs to spec.schedule: for a broadcast set spec.broadcast.timeZone instead",
)
SLOT_TIME = Rule(
    "self.matches('^([01][0-9]|2[0-9]):[0-5][0-9]$')",
    "spec.broadcast.time must be HH:MM from 00:00 to 29:59: hours above 23 count on into the next day, "
    "as broadcasters write them",
)
_URL = "self.startsWith('https://')"
_GITHUB = "self.startsWith('github:')"
_BUCKET = "self.startsWith('bucket:')"

_PART = "[A-Za-z0-9._-]+"

SOURCE_FORM = Rule(
    f"{_URL} || {_GITHUB} || {_BUCKET}",
    "spec.source must say where the file is: begin it with https://, github: or bucket:",
)
SOURCE_URL = Rule(
    f"!{_URL} || self.matches('^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{{1,5}})?/[^#[:space:][:cntrl:]]+$')",
    "spec.source must be the https URL of a file, without user, password or fragment: write such as "
    "https://example.org/datasets/anime.jsonl.zst",
)
SOURCE_GITHUB = Rule(
    f"!{_GITHUB} || self.matches('^github:[A-Za-z0-9][A-Za-z0-9-]*/{_PART}(@{_PART})?/{_PART}$')",
    "spec.source must name an asset of a GitHub release: write github:OWNER/REPOSITORY/ASSET for the newest "
    "release, github:OWNER/REPOSITORY@TAG/ASSET for another",
)
SOURCE_BUCKET = Rule(
    f"!{_BUCKET} || !self.contains('..') && self.matches('^bucket:datasets/{_PART}(/{_PART})*$')",
    "spec.source must be a file below datasets/ of the catalogue's bucket: write such as "
    "bucket:datasets/2026-48.jsonl.zst",
)
SOURCE_NO_BRACES = Rule(
    "!self.matches('[{][{]')",
    "spec.source must not hold two opening braces in a row, which Argo would evaluate: leave them out",
)
SNAPSHOT_NAME = Rule(
    "self == 'latest' || self.matches('^[0-9]{8}T[0-9]{6}Z$')",
    "spec.snapshot must be the name of a snapshot, such as 20261129T100000Z, or latest: `otakube snapshot "
    "list` has the names",
)
_PAGE = (
    f"self.matches('^https://(www[.])?({_either(_NUMBERED)})/anime/[1-9][0-9]{{0,8}}"
    "(/[^?#{}[:space:]]*)?$') "
    f"|| self.matches('^https://(www[.])?({_either(_NAMED)})/anime/[A-Za-z0-9][A-Za-z0-9-]{{0,199}}/?$')"
)
RESTORED_ENTRY = Rule(
    f"{ENTRY_ID.rule} || {_PAGE}",
    "spec.entries must hold ids of the catalogue, such as ani_01JD3Z5K8Q0000000000000001, or pages of one "
    f"anime: https://HOST/anime/NUMBER at {_join_words(_NUMBERED)}, https://HOST/anime/NAME at "
    f"{_join_words(_NAMED)}",
)
RESTORE_IMMUTABLE = Rule(
    "self.snapshot == oldSelf.snapshot && self.entries == oldSelf.entries "
    "&& self.newerContent == oldSelf.newerContent && self.mergeLocks == oldSelf.mergeLocks",
    "spec.snapshot, entries, newerContent and mergeLocks cannot change: create a new object for another "
    "restore",
)
RESTORE_STAYS_STARTED = Rule(
    "!self.dryRun || oldSelf.dryRun",
    "spec.dryRun cannot become true again: create a new object for another plan, and delete this one to end "
    "it",
)
AIRING_DELAY = Rule(
    f"{_IS_DURATION} && duration(self) <= duration('168h')",
    "spec.delay must be a duration up to 168h: write hours, minutes and seconds, such as 90m or 2h",
)


def time_zone(field: str) -> Rule:
    """A rule for `field`; whether the zone exists is for the operator to say, which has the database."""
    return Rule(
        "self == 'UTC' || self.matches('^[A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+){1,2}$')",
        f"{field} must be a name of the IANA time zone database, such as Asia/Tokyo or Etc/UTC: "
        "abbreviations and offsets are not",
    )
