# SPDX-License-Identifier: Apache-2.0
"""Objects that the API server must refuse, each with words that its answer must hold."""

from collections.abc import Mapping
from typing import Any, NamedTuple

KURE = "https://myanimelist.net/anime/1"
ID = "ani_01JD3Z5K8Q0000000000000001"
TITLE = {"title": "A Title"}


class Wrong(NamedTuple):
    """`says`: the field's path and the words of the cure, all of which the answer must hold."""

    sentence: str
    spec: Any
    says: tuple[str, ...]
    kind: str = "AnimeEnrichment"


def _url(sentence: str, url: Any, *says: str) -> Wrong:
    return Wrong(sentence, {"anime": {"sourceUrls": [url]}}, ("spec.anime.sourceUrls[0]", *says))


def _with(sentence: str, extra: Mapping[str, Any], *says: str) -> Wrong:
    return Wrong(sentence, {"anime": TITLE, **extra}, says)


def _schedule(sentence: str, spec: Mapping[str, Any], *says: str) -> Wrong:
    return Wrong(sentence, {"anime": {"id": ID}, **spec}, says, "EpisodeSchedule")


def _slot(**slot: Any) -> dict[str, Any]:
    return {"broadcast": {"weekday": "Friday", "time": "23:30", **slot}}


NOON = "2027-03-05T12:00:00Z"
AIRING = {"episode": 1, "airTime": NOON}
WAYS = "spec.anime must name the anime in exactly one way: set one of id, sourceUrls and title"
HTTPS = "begin each with https://"
HOSTS = "use pages of myanimelist.net, anilist.co"
PAGE = "/anime/NUMBER at myanimelist.net"
TIMEOUT = "review.timeout must be a duration from 1m to 720h: write hours, minutes and seconds"
IMMUTABLE = "spec.anime cannot change: create a new object for another anime"
UPDATE = "set spec.anime.id or spec.anime.sourceUrls instead of spec.anime.title"

ENRICHMENTS = (
    Wrong("no spec at all", None, ("spec: Required value",)),
    Wrong("a spec without anime", {}, ("spec.anime: Required value",)),
    Wrong("an empty anime", {"anime": {}}, ("spec.anime:", WAYS)),
    Wrong("an anime by id and by title", {"anime": {"id": ID, **TITLE}}, ("spec.anime:", WAYS)),
    Wrong("an anime by id and by URL", {"anime": {"id": ID, "sourceUrls": [KURE]}}, ("spec.anime:", WAYS)),
    Wrong(
        "an anime in all three ways",
        {"anime": {"id": ID, "sourceUrls": [KURE], **TITLE}},
        ("spec.anime:", WAYS),
    ),
    Wrong("an anime that is a string", {"anime": "Bebop"}, ("spec.anime", "must be of type object")),
    Wrong(
        "an id without prefix", {"anime": {"id": ID[4:]}}, ("spec.anime.id:", "'ani_' and the 26 upper-case")
    ),
    Wrong(
        "an id in lower case", {"anime": {"id": ID.lower()}}, ("spec.anime.id:", "26 upper-case characters")
    ),
    Wrong(
        "an id with a letter that ULIDs lack",
        {"anime": {"id": ID[:-1] + "U"}},
        ("spec.anime.id:", "of a ULID"),
    ),
    Wrong(
        "the id of an episode",
        {"anime": {"id": "ep_" + ID[4:]}},
        ("spec.anime.id:", "use sourceUrls or title"),
    ),
    Wrong("an id of a whole page", {"anime": {"id": "x" * 9999}}, ("spec.anime.id: Too long", "than 30")),
    Wrong("an id that is a number", {"anime": {"id": 1}}, ("spec.anime.id", "must be of type string")),
    Wrong(
        "an empty list of URLs", {"anime": {"sourceUrls": []}}, ("spec.anime.sourceUrls", "at least 1 items")
    ),
    Wrong(
        "the same URL twice",
        {"anime": {"sourceUrls": [KURE, KURE]}},
        ("spec.anime.sourceUrls[1]: Duplicate",),
    ),
    Wrong(
        "more URLs than providers have pages",
        {"anime": {"sourceUrls": [f"https://anilist.co/anime/{n}" for n in range(1, 22)]}},
        ("spec.anime.sourceUrls: Too many", "at most 20"),
    ),
    _url("a URL in plain text", "http://myanimelist.net/anime/1", HTTPS),
    _url("a URL without a scheme", "myanimelist.net/anime/1", HTTPS),
    _url("a URL that runs a script", "javascript:alert(1)", HTTPS),
    _url("a file instead of a URL", "file:///etc/passwd", HTTPS),
    _url("an empty URL", "", HTTPS),
    _url("a page of an unknown site", "https://example.org/anime/1", HOSTS),
    _url("a site that only ends like a provider", "https://evilmyanimelist.net/anime/1", HOSTS),
    _url("a site that only begins like a provider", "https://myanimelist.net.example.org/anime/1", HOSTS),
    _url(
        "a URL with user and password", "https://me:secret@myanimelist.net/anime/1", "without user, password"
    ),
    _url("a provider's name before another host", "https://myanimelist.net@example.org/anime/1", HOSTS),
    _url("a URL with a port", "https://anilist.co:8443/anime/1", "without user, password or port"),
    _url("an address of the metadata service", "https://169.254.169.254/latest/meta-data", HOSTS),
    _url("a manga", "https://myanimelist.net/manga/1", PAGE),
    _url("the front page of a provider", "https://anilist.co", PAGE),
    _url("the page of anime number zero", "https://myanimelist.net/anime/0", PAGE),
    _url("a query behind the page", "https://myanimelist.net/anime/1?q=x", "without query or fragment"),
    _url("a fragment behind the page", "https://kitsu.app/anime/bebop#reviews", "without query or fragment"),
    _url("a way out of the page's folder", "https://kitsu.app/anime/../users/1", "/anime/NAME at kitsu.app"),
    _url("a line break within a URL", "https://anilist.co/anime/1/a\nb", "the page of one anime"),
    _url("an endless URL", "https://anilist.co/anime/1/" + "a" * 600, "Too long", "512"),
    _url("a URL that is a number", 1, "must be of type string"),
    Wrong("a blank title", {"anime": {"title": " \t"}}, ("spec.anime.title:", "more than blanks")),
    Wrong("an empty title", {"anime": {"title": ""}}, ("spec.anime.title:", "more than blanks")),
    Wrong(
        "a title that Argo would evaluate",
        {"anime": {"title": "{{=1+1}}"}},
        ("spec.anime.title:", "leave them out"),
    ),
    Wrong(
        "a URL that Argo would evaluate",
        {"anime": {"sourceUrls": ["https://myanimelist.net/anime/1/{{workflow.name}}"]}},
        ("spec.anime.sourceUrls", "Argo would evaluate"),
    ),
    Wrong("a title of two lines", {"anime": {"title": "A\nB"}}, ("spec.anime.title:", "remove line breaks")),
    Wrong(
        "a title with a zero byte", {"anime": {"title": "A\0B"}}, ("spec.anime.title:", "control characters")
    ),
    Wrong(
        "a title of 301 characters", {"anime": {"title": "あ" * 301}}, ("spec.anime.title: Too long", "300")
    ),
    Wrong(
        "a year of an id",
        {"anime": {"id": ID, "year": 1998}},
        ("spec.anime:", "spec.anime.year narrows", "remove it"),
    ),
    Wrong(
        "a type of a URL",
        {"anime": {"sourceUrls": [KURE], "type": "TV"}},
        ("spec.anime.type narrows", "remove it"),
    ),
    Wrong(
        "a year before film",
        {"anime": {**TITLE, "year": 1066}},
        ("spec.anime.year", "greater than or equal to 1900"),
    ),
    Wrong(
        "a year far ahead",
        {"anime": {**TITLE, "year": 20199}},
        ("spec.anime.year", "less than or equal to 2100"),
    ),
    Wrong(
        "a year in words",
        {"anime": {**TITLE, "year": "1998"}},
        ("spec.anime.year", "must be of type integer"),
    ),
    Wrong(
        "half a year", {"anime": {**TITLE, "year": 1998.5}}, ("spec.anime.year", "must be of type integer")
    ),
    Wrong(
        "an unknown type",
        {"anime": {**TITLE, "type": "Film"}},
        ("spec.anime.type: Unsupported value", '"Movie"'),
    ),
    _with(
        "an unknown mode",
        {"mode": "Full"},
        "spec.mode: Unsupported value",
        '"FullEnrichment", "EpisodeUpdate"',
    ),
    _with("an episode update of a title", {"mode": "EpisodeUpdate"}, "spec:", UPDATE),
    _with("a version of a title", {"rollbackTo": 3}, "spec:", "set spec.anime.id instead of"),
    Wrong(
        "a version with providers",
        {"anime": {"id": "ani_01JD3Z5K8Q0000000000000001"}, "rollbackTo": 3, "providers": ["Jikan"]},
        ("spec:", "remove spec.providers"),
    ),
    Wrong(
        "a version and an episode",
        {"anime": {"id": "ani_01JD3Z5K8Q0000000000000001"}, "rollbackTo": 3, "episode": 8},
        ("spec:", "remove spec.providers and spec.episode"),
    ),
    _with("episode -1", {"episode": -1}, "spec.episode", "greater than or equal to 0"),
    _with("version 0", {"rollbackTo": 0}, "spec.rollbackTo", "greater than or equal to 1"),
    _with("no providers", {"providers": []}, "spec.providers", "at least 1 items"),
    _with(
        "an unknown provider",
        {"providers": ["Crunchyroll"]},
        "spec.providers[0]: Unsupported value",
        '"Jikan"',
    ),
    _with(
        "a provider in lower case",
        {"providers": ["jikan"]},
        "spec.providers[0]: Unsupported value",
        '"Jikan"',
    ),
    _with(
        "a provider of a later release",
        {"providers": ["Shikimori"]},
        "spec.providers[0]: Unsupported",
        '"Kitsu"',
    ),
    _with(
        "a provider twice", {"providers": ["Kitsu", "Kitsu"]}, 'spec.providers[1]: Duplicate value: "Kitsu"'
    ),
    _with("providers as one string", {"providers": "Jikan"}, "spec.providers", "must be of type array"),
    _with(
        "an unknown policy", {"review": {"policy": "Always"}}, "spec.review.policy: Unsupported", '"Required"'
    ),
    _with("a policy in place of a review", {"review": "Never"}, "spec.review", "must be of type object"),
    _with("a time-out in days", {"review": {"timeout": "3d"}}, "spec.review.timeout:", TIMEOUT),
    _with("a time-out without a unit", {"review": {"timeout": "72"}}, "spec.review.timeout:", TIMEOUT),
    _with("an empty time-out", {"review": {"timeout": ""}}, "spec.review.timeout:", TIMEOUT),
    _with("a time-out below a minute", {"review": {"timeout": "59s"}}, "spec.review.timeout:", TIMEOUT),
    _with("a time-out over thirty days", {"review": {"timeout": "721h"}}, "spec.review.timeout:", TIMEOUT),
    _with("a negative time-out", {"review": {"timeout": "-1h"}}, "spec.review.timeout:", TIMEOUT),
    _with(
        "a time-out that is a number",
        {"review": {"timeout": 72}},
        "spec.review.timeout",
        "must be of type string",
    ),
    _with("an unknown accelerator", {"accelerator": "Gpu"}, "spec.accelerator: Unsupported value", '"GPU"'),
    _with("suspend in words", {"suspend": "yes"}, "spec.suspend", "must be of type boolean"),
    _with(
        "a negative history",
        {"successfulWorkflowsHistoryLimit": -1},
        "spec.successfulWorkflowsHistoryLimit",
        "greater than or equal to 0",
    ),
    _with(
        "a history without end",
        {"failedWorkflowsHistoryLimit": 10**6},
        "spec.failedWorkflowsHistoryLimit",
        "less than or equal to 100",
    ),
    _with("a misspelt field", {"provider": ["Jikan"]}, 'unknown field "spec.provider"'),
    _with("a misspelt field below", {"review": {"polcy": "Never"}}, 'unknown field "spec.review.polcy"'),
)

SCHEDULES = (
    _schedule("neither schedule nor broadcast", {}, "spec:", "spec needs times in one way: set spec.airings"),
    _schedule(
        "both schedule and broadcast", {"schedule": "0 1 * * *", **_slot()}, "and spec.schedule alone for"
    ),
    _schedule("an anime by title", {"anime": TITLE, **_slot()}, 'unknown field "spec.anime.title"'),
    _schedule("an anime in no way", {"anime": {}, **_slot()}, "spec.anime:", "set one of id and sourceUrls"),
    _schedule(
        "a wrong id of the anime", {"anime": {"id": "1"}, **_slot()}, "spec.anime.id:", "26 upper-case"
    ),
    *(
        _schedule(f"{what} as the anime", {"anime": {"sourceUrls": [url]}, **_slot()}, "sourceUrls[0]", cure)
        for what, url, cure in (
            ("a URL in plain text", "http://anilist.co/anime/1", HTTPS),
            ("a page of an unknown site", "https://example.org/anime/1", HOSTS),
            ("a manga", "https://anilist.co/manga/1", PAGE),
        )
    ),
    _schedule(
        "a schedule of six fields", {"schedule": "0 0 1 * * *"}, "spec.schedule:", "expression of five fields"
    ),
    _schedule("a schedule in words", {"schedule": "@daily"}, "spec.schedule:", "such as '30 15 * * SAT'"),
    _schedule(
        "a schedule at minute 60", {"schedule": "60 * * * *"}, "spec.schedule:", "five fields: minute, hour"
    ),
    _schedule(
        "a schedule at hour 24", {"schedule": "0 24 * * *"}, "spec.schedule:", "five fields: minute, hour"
    ),
    _schedule(
        "a zone within the schedule", {"schedule": "TZ=UTC 0 1 * * *"}, "put the time zone into spec.timeZone"
    ),
    _schedule(
        "a zone as abbreviation", {"schedule": "0 1 * * *", "timeZone": "JST"}, "spec.timeZone:", "Asia/Tokyo"
    ),
    _schedule("a zone as offset", _slot(timeZone="+09:00"), "spec.broadcast.timeZone:", "such as Asia/Tokyo"),
    _schedule(
        "a zone beside a broadcast", {"timeZone": "UTC", **_slot()}, "set spec.broadcast.timeZone instead"
    ),
    _schedule(
        "an abbreviated weekday", _slot(weekday="Fri"), "spec.broadcast.weekday: Unsupported", '"Friday"'
    ),
    _schedule(
        "a broadcast without a time", {"broadcast": {"weekday": "Friday"}}, "spec.broadcast.time: Required"
    ),
    _schedule("a time after hour 29", _slot(time="30:00"), "spec.broadcast.time:", "from 00:00 to 29:59"),
    _schedule("a time of one digit", _slot(time="9:30"), "spec.broadcast.time:", "must be HH:MM"),
    _schedule("a delay over a week", {"delay": "169h", **_slot()}, "spec.delay:", "up to 168h"),
    _schedule("a delay in words", {"delay": "soon", **_slot()}, "spec.delay:", "such as 90m or 2h"),
    _schedule(
        "a schedule beside airings",
        {"schedule": "0 1 * * *", "airings": [AIRING]},
        "spec needs times in one way: set spec.airings",
    ),
    _schedule("no airing at all", {"airings": []}, "spec.airings", "at least 1 items"),
    _schedule("an airing twice", {"airings": [AIRING, AIRING]}, "spec.airings[1]: Duplicate value"),
    _schedule("an airing without a time", {"airings": [{"episode": 1}]}, "airings[0].airTime: Required"),
    _schedule(
        "an airing without an episode", {"airings": [{"airTime": NOON}]}, "spec.airings[0].episode: Required"
    ),
    _schedule(
        "an airing on no day",
        {"airings": [{"episode": 1, "airTime": "2027-02-30"}]},
        "spec.airings[0].airTime",
        "must be of type date-time",
    ),
    _schedule(
        "an episode before the first",
        {"airings": [{"episode": -1, "airTime": NOON}]},
        "spec.airings[0].episode",
        "greater than or equal to 0",
    ),
    _schedule(
        "an episode by half",
        {"airings": [{"episode": 12.5, "airTime": NOON}]},
        "spec.airings[0].episode",
        "must be of type integer",
    ),
    _schedule("a delay of a broadcast", _slot(delay="1h"), 'unknown field "spec.broadcast.delay"'),
    _schedule("a negative delay", {"delay": "-1h", **_slot()}, "spec.delay:", "up to 168h"),
    _schedule("a deadline over a week", {"startingDeadlineSeconds": 604_801, **_slot()}, "604800"),
    _schedule(
        "more history than is kept",
        {"successfulEnrichmentsHistoryLimit": 101, **_slot()},
        "spec.successfulEnrichmentsHistoryLimit",
        "100",
    ),
    _schedule("a suspension in words", {"suspend": "yes", **_slot()}, "spec.suspend", "boolean"),
    _schedule(
        "a template of an unknown mode",
        {"enrichment": {"mode": "Everything"}, **_slot()},
        "spec.enrichment.mode: Unsupported value",
    ),
    _schedule(
        "a template of an unknown provider",
        {"enrichment": {"providers": ["IMDb"]}, **_slot()},
        "spec.enrichment.providers[0]: Unsupported value",
    ),
    _schedule("a schedule on day 32", {"schedule": "0 1 32 * *"}, "spec.schedule:"),
    _schedule(
        "an end without a date", {"until": "spring", **_slot()}, "spec.until", "must be of type date-time"
    ),
    _schedule(
        "an unknown concurrency", {"concurrencyPolicy": "Wait", **_slot()}, "spec.concurrencyPolicy: Unsupp"
    ),
    _schedule(
        "a deadline of no time",
        {"startingDeadlineSeconds": 0, **_slot()},
        "spec.startingDeadlineSeconds",
        "10",
    ),
    _schedule(
        "a template with a long wait",
        {"enrichment": {"review": {"timeout": "10000h"}}, **_slot()},
        "spec.enrichment.review.timeout:",
        TIMEOUT,
    ),
)


def _sync(sentence: str, spec: Mapping[str, Any], *says: str) -> Wrong:
    return Wrong(sentence, spec, says, "DatasetSync")


FORM = "begin it with https://, github: or bucket:"
FILE = "must be the https URL of a file, without user, password or fragment"
ASSET = "write github:OWNER/REPOSITORY/ASSET for the newest release"
OBJECT = "must be a file below datasets/ of the catalogue's bucket"

SYNCS = (
    _sync("a source in plain text", {"source": "http://example.org/anime.jsonl"}, "spec.source:", FORM),
    _sync("an empty source", {"source": ""}, "spec.source:", FORM),
    _sync("a file of the node", {"source": "file:///etc/passwd"}, "spec.source:", FORM),
    _sync("a source that is no text", {"source": 7}, "spec.source", "must be of type string"),
    _sync("a host without a file", {"source": "https://example.org"}, "spec.source:", FILE),
    _sync("a URL with a password", {"source": "https://me:secret@example.org/a"}, "spec.source:", FILE),
    _sync("a URL with a fragment", {"source": "https://example.org/a#b"}, "spec.source:", FILE),
    _sync("a URL with a blank", {"source": "https://example.org/a b"}, "spec.source:", FILE),
    _sync("a release without an asset", {"source": "github:owner/repository"}, "spec.source:", ASSET),
    _sync("a release of nobody", {"source": "github:repository/asset.jsonl/x/y"}, "spec.source:", ASSET),
    _sync("an image of the bucket", {"source": "bucket:images/a"}, "spec.source:", OBJECT),
    _sync("a way out of the folder", {"source": "bucket:datasets/../work/a"}, "spec.source:", OBJECT),
    _sync(
        "a source that Argo would evaluate",
        {"source": "https://example.org/{{workflow.name}}"},
        "spec.source must not hold two opening braces in a row",
    ),
    _sync(
        "an endless source", {"source": "https://example.org/" + "a" * 600}, "spec.source: Too long", "512"
    ),
    _sync("a sync on day 32", {"schedule": "0 1 32 * *"}, "spec.schedule:", "five fields"),
    _sync(
        "a sync in an abbreviated zone",
        {"timeZone": "JST!"},
        "spec.timeZone must be a name of the IANA time zone database",
    ),
    _sync("two syncs at once", {"concurrencyPolicy": "Allow"}, "spec.concurrencyPolicy: Unsupported value"),
    _sync("a shrink beyond all rows", {"limits": {"shrinkPercent": 101}}, "spec.limits.shrinkPercent", "100"),
    _sync("a share by half", {"limits": {"growthPercent": 0.5}}, "spec.limits.growthPercent", "integer"),
    _sync("no age at all", {"limits": {"ageDays": 0}}, "spec.limits.ageDays", "greater than or equal to 1"),
    _sync("a dry run in words", {"dryRun": "yes"}, "spec.dryRun", "boolean"),
    _sync(
        "an unknown policy", {"enrichment": {"policy": "Some"}}, "spec.enrichment.policy: Unsupported value"
    ),
    _sync(
        "an unknown order", {"enrichment": {"order": "ByScore"}}, "spec.enrichment.order: Unsupported value"
    ),
    _sync(
        "an enrichment of nothing",
        {"enrichment": {"policy": "All", "maxPerRun": 0}},
        "spec.enrichment.maxPerRun",
        "greater than or equal to 1",
    ),
    _sync(
        "an enrichment of everything at once",
        {"enrichment": {"policy": "All", "maxPerRun": 40_000}},
        "spec.enrichment.maxPerRun",
        "5000",
    ),
)


def _restore(sentence: str, spec: Mapping[str, Any], *says: str) -> Wrong:
    return Wrong(sentence, spec, says, "CatalogRestore")


SNAPSHOT = "spec.snapshot must be the name of a snapshot, such as 20261129T100000Z, or latest"
NAMED = "spec.entries must hold ids of the catalogue, such as ani_01JD3Z5K8Q0000000000000001, or pages of one"

RESTORES = (
    _restore("a day for a snapshot", {"snapshot": "2026-11-29"}, SNAPSHOT),
    _restore("a way out of the snapshots", {"snapshot": "../work"}, SNAPSHOT),
    _restore("an empty snapshot", {"snapshot": ""}, SNAPSHOT),
    _restore("a long name", {"snapshot": "20261129T100000ZZ"}, "spec.snapshot: Too long", "16"),
    _restore("a title for an entry", {"entries": ["Frozen Tide"]}, "spec.entries[0]", NAMED),
    _restore("a half id", {"entries": ["ani_1"]}, "spec.entries[0]", NAMED),
    _restore("a page of another site", {"entries": ["https://example.org/anime/1"]}, NAMED),
    _restore("braces in a page", {"entries": ["https://anilist.co/anime/1/{{x}}"]}, NAMED),
    _restore("a page twice", {"entries": [KURE, KURE]}, "spec.entries[1]: Duplicate value"),
    _restore("too many entries", {"entries": [f"{KURE}{n}" for n in range(76)]}, "spec.entries: Too many"),
    _restore("a merge of content", {"newerContent": "Merge"}, "spec.newerContent: Unsupported value"),
    _restore("no locks", {"mergeLocks": "None"}, "spec.mergeLocks: Unsupported value"),
    _restore("a restore by schedule", {"schedule": "0 1 * * *"}, 'unknown field "spec.schedule"'),
)

CHANGED = "spec.snapshot, entries, newerContent and mergeLocks cannot change: create a new object"
STARTED = "spec.dryRun cannot become true again: create a new object for another plan"

WRONG = (*ENRICHMENTS, *SCHEDULES, *SYNCS, *RESTORES)
SAID = (IMMUTABLE, CHANGED, STARTED, *(words for wrong in WRONG for words in wrong.says))
