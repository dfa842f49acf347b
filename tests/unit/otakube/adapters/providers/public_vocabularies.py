# SPDX-License-Identifier: Apache-2.0
"""Words of the providers' public vocabularies, by provider and field.

Jikan and MyAnimeList: Jikan's OpenAPI description, the reference of the official API, the site's forms.
AniList: the enumerations of its GraphQL schema (MediaSource version 3, MediaRelation version 2). Kitsu: those
of its server's models and of its GraphQL schema. AniDB: its two APIs, and its wiki on types and relations.
AnimeSchedule: its API and the lists of its site. Anime-Planet: types by address, words of its pages.
"""

from otakube_api.contract import Provider

_MAL_SOURCES = (
    "Original|Manga|4-koma manga|Web manga|Digital manga|One-shot|Doujinshi|Manhwa|Manhua"
    "|Light novel|Web novel|Novel|Visual novel|Game|Card game|Music|Picture book|Book|Radio"
    "|Mixed media|Other|Unknown"
)
_MAL_RELATIONS = (
    "Sequel|Prequel|Side Story|Parent Story|Spin-Off|Alternative Version|Alternative Setting|Summary"
    "|Full Story|Character|Crossover|Adaptation|Other"
)
_CHINESE = "TV (Chinese)|TV Short (Chinese)|Movie (Chinese)|OVA (Chinese)|ONA (Chinese)|Special (Chinese)"


def _in_snakes(words: str) -> str:
    """The site's words as its API writes them."""
    return words.lower().replace(" ", "_").replace("-", "_")


_SAID: dict[Provider, dict[str, str]] = {
    Provider.JIKAN: {
        "type": "TV|Movie|OVA|ONA|Special|TV Special|Music|CM|PV|Unknown",
        "status": "Finished Airing|Currently Airing|Not yet aired",
        "source": _MAL_SOURCES,
        "season": "winter|spring|summer|fall",
        "rating": (
            "G - All Ages|PG - Children|PG-13 - Teens 13 or older|R - 17+ (violence & profanity)"
            "|R+ - Mild Nudity|Rx - Hentai"
        ),
        "weekday": (
            "Mondays|Tuesdays|Wednesdays|Thursdays|Fridays|Saturdays|Sundays|Other|Unknown"
            "|Not scheduled once per week"
        ),
        "relation": f"{_MAL_RELATIONS}|Side story|Parent story|Spin-off|Alternative version|Full story",
        "related": "anime|manga",
        "role": "Main|Supporting",
    },
    Provider.MYANIMELIST: {
        "type": "unknown|tv|ova|movie|special|ona|music|tv_special|cm|pv",
        "status": "finished_airing|currently_airing|not_yet_aired",
        "source": _in_snakes(_MAL_SOURCES),
        "season": "winter|spring|summer|fall",
        "rating": "g|pg|pg_13|r|r+|rx",
        "weekday": "monday|tuesday|wednesday|thursday|friday|saturday|sunday|other",
        "relation": _in_snakes(_MAL_RELATIONS),
    },
    Provider.ANILIST: {
        "type": "TV|TV_SHORT|MOVIE|SPECIAL|OVA|ONA|MUSIC",  # MANGA, NOVEL and ONE_SHOT are no anime
        "status": "FINISHED|RELEASING|NOT_YET_RELEASED|CANCELLED|HIATUS",
        "source": (
            "ORIGINAL|MANGA|LIGHT_NOVEL|VISUAL_NOVEL|VIDEO_GAME|OTHER|NOVEL|DOUJINSHI|ANIME"
            "|WEB_NOVEL|LIVE_ACTION|GAME|COMIC|MULTIMEDIA_PROJECT|PICTURE_BOOK"
        ),
        "season": "WINTER|SPRING|SUMMER|FALL",
        "relation": (
            "ADAPTATION|PREQUEL|SEQUEL|PARENT|SIDE_STORY|CHARACTER|SUMMARY|ALTERNATIVE|SPIN_OFF"
            "|OTHER|SOURCE|COMPILATION|CONTAINS"
        ),
        "related": "ANIME|MANGA",
        "role": "MAIN|SUPPORTING|BACKGROUND",
        "link": "INFO|STREAMING|SOCIAL",
        "ranking": "RATED|POPULAR",
    },
    Provider.KITSU: {
        "type": "TV|special|OVA|ONA|movie|music",
        "status": "current|finished|tba|unreleased|upcoming",
        "rating": "G|PG|R|R18",
        "relation": (
            "sequel|prequel|alternative_setting|alternative_version|side_story|parent_story"
            "|summary|full_story|spinoff|adaptation|character|other"
        ),
        "related": "anime|manga",
        "role": "main|supporting|recurring|background|cameo",
        "company": "producer|licensor|studio|serialization",
    },
    Provider.ANIDB: {
        "type": "unknown|TV Series|OVA|Movie|Other|Web|TV Special|Music Video",
        "relation": (
            "Sequel|Prequel|Same Setting|Alternative Setting|Alternative Version|Music Video"
            "|Character|Side Story|Parent Story|Summary|Full Story|Other"
        ),
        "role": "main character in|secondary cast in|appears in|cameo appearance in",
        "being": "Character|Mecha|Organisation|Organization|Vessel",
        "episode": "1|2|3|4|5|6",  # regular, special, credits, trailer, parody, other
    },
    Provider.ANIMESCHEDULE: {
        "type": f"TV|TV Short|Movie|OVA|ONA|Special|Music|{_CHINESE}",
        "status": "Finished|Ongoing|Upcoming|Delayed",
        "source": (
            "Original|Manga|4-koma Manga|Web Manga|Doujinshi|Light Novel|Web Novel|Novel"
            "|Visual Novel|Video Game|Game|Card Game|Music|Book|Picture Book|Picture book|Radio"
            "|Mixed Media|Other"
        ),
        "season": "Winter|Spring|Summer|Fall",
        "relation": "sequels|prequels|parents|alternatives|other|sideStories|spinoffs",
        "airing": "aired|airing|unaired|tba|delayed-air|skipped",
    },
    Provider.ANIME_PLANET: {
        "type": "TV|Movie|OVA|TV Special|DVD Special|Special|Web|ONA|Music Video|Other",
        "season": "Winter|Spring|Summer|Fall",
        "relation": (
            "Sequel|Prequel|Side Story|Omake|Recap|Condensed Version|Remake|Alternate Universe"
            "|Same Franchise|Other Franchise"
        ),
    },
}
PUBLIC = {
    provider: {field: words.split("|") for field, words in fields.items()}
    for provider, fields in _SAID.items()
}
UNKNOWN = ("Unknown", "unknown")
"""Words that say that a type or a source is not known."""
