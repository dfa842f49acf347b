# SPDX-License-Identifier: Apache-2.0
"""Queries to AniList. Its limit is a complexity of 500, of which each field counts one.

A title's connections are asked for page by page, all that have a further page in one request: a long runner
costs as many requests as its longest connection has pages, not their sum.
"""

from collections.abc import Iterable

MEDIA_A_PAGE = 50  # the most that AniList gives in a Page
PEOPLE_A_PAGE = 25  # the most that it gives inside a Media, the schedule apart
AIRINGS_A_PAGE = 50

_TITLE = "title { romaji english native userPreferred }"
_NAME = "name { full native userPreferred }"

_METADATA = f"""
  id idMal format status season seasonYear episodes duration synonyms {_TITLE}
  startDate {{ year month day }} endDate {{ year month day }}
  description(asHtml: false) genres isAdult source(version: 3)
  tags {{ name isMediaSpoiler isGeneralSpoiler }} studios {{ edges {{ isMain node {{ name }} }} }}
  bannerImage coverImage {{ extraLarge large }}
"""

_EPISODES = "streamingEpisodes { title thumbnail } nextAiringEpisode { episode airingAt }"

_STANDING = """
  averageScore meanScore popularity favourites rankings { rank type allTime }
  stats { scoreDistribution { amount } }
"""

_WORKS = f"""
  relations {{ edges {{ relationType(version: 2) node {{ id idMal type {_TITLE} }} }} }}
  externalLinks {{ url site type isDisabled }}
"""

CONNECTIONS = {
    "airingSchedule": f"""
  airingSchedule(page: $page, perPage: {AIRINGS_A_PAGE}) {{
    pageInfo {{ hasNextPage }} nodes {{ episode airingAt }}
  }}
""",
    "characters": f"""
  characters(page: $page, perPage: {PEOPLE_A_PAGE}, sort: [ROLE, RELEVANCE, ID]) {{
    pageInfo {{ hasNextPage }}
    edges {{
      role
      node {{ id {_NAME} image {{ large }} description(asHtml: false) }}
      voiceActors {{ {_NAME} languageV2 }}
    }}
  }}
""",
    "staff": f"""
  staff(page: $page, perPage: {PEOPLE_A_PAGE}, sort: [RELEVANCE, ID]) {{
    pageInfo {{ hasNextPage }} edges {{ role node {{ id {_NAME} }} }}
  }}
""",
    "recommendations": f"""
  recommendations(page: $page, perPage: {PEOPLE_A_PAGE}, sort: [RATING_DESC, ID]) {{
    pageInfo {{ hasNextPage }} nodes {{ rating mediaRecommendation {{ id idMal type {_TITLE} }} }}
  }}
""",
    "reviews": f"""
  reviews(page: $page, perPage: {PEOPLE_A_PAGE}) {{ pageInfo {{ hasNextPage }} nodes {{ id }} }}
""",
}


PARTS = {"airingSchedule": "episodes"} | {
    name: name for name in ("characters", "staff", "recommendations", "reviews")
}
"""Connection -> the part of a record that it is."""


def _of_a_title(*fields: str) -> str:
    return f"query ($id: Int, $page: Int) {{ Media(id: $id, type: ANIME) {{ {' '.join(fields)} }} }}"


def further(connections: Iterable[str]) -> str:
    """One more page of some connections of a title."""
    return _of_a_title(*(CONNECTIONS[name] for name in connections))


ANIME = _of_a_title(_METADATA, _EPISODES, _STANDING, _WORKS, *CONNECTIONS.values())
EPISODES = _of_a_title(_METADATA, _EPISODES, CONNECTIONS["airingSchedule"])


def _of_a_page(size: int, variable: str, argument: str) -> str:
    arguments = f"{argument}, type: ANIME"
    return (
        f"query ({variable}) {{ Page(page: 1, perPage: {size}) {{ media({arguments}) {{ {_METADATA} }} }} }}"
    )


SEARCH = _of_a_page(10, "$search: String", "search: $search, sort: [SEARCH_MATCH]")
BY_MAL = _of_a_page(1, "$mal: Int", "idMal: $mal")
BY_IDS = _of_a_page(MEDIA_A_PAGE, "$ids: [Int]", "id_in: $ids")
