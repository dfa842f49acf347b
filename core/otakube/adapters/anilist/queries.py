# SPDX-License-Identifier: Apache-2.0
"""What we ask AniList: one query holds all but the further pages of characters and of the schedule."""

CHARACTERS_A_PAGE = 25  # AniList gives at most 25

_BRIEF = """
  id idMal format status season seasonYear episodes duration synonyms
  title { romaji english native userPreferred }
  startDate { year month day } endDate { year month day }
"""

_CHARACTERS = f"""
  characters(page: $page, perPage: {CHARACTERS_A_PAGE}, sort: [ROLE, RELEVANCE, ID]) {{
    pageInfo {{ hasNextPage }}
    edges {{
      role
      node {{ id name {{ full native }} image {{ large }} description(asHtml: false) }}
      voiceActors {{ name {{ full native }} languageV2 }}
    }}
  }}
"""

ANIME = f"""
query ($id: Int, $page: Int) {{
  Media(id: $id, type: ANIME) {{
    {_BRIEF}
    description(asHtml: false) genres isAdult bannerImage coverImage {{ extraLarge large }}
    averageScore meanScore popularity favourites rankings {{ rank type allTime }}
    tags {{ name isMediaSpoiler }}
    studios {{ edges {{ isMain node {{ name }} }} }}
    relations {{ edges {{
      relationType(version: 2) node {{ id type title {{ romaji english native userPreferred }} }}
    }} }}
    externalLinks {{ url }}
    streamingEpisodes {{ title thumbnail }}
    airingSchedule(page: 1, perPage: 50) {{ nodes {{ episode airingAt }} }}
    {_CHARACTERS}
  }}
}}
"""

CHARACTERS = f"query ($id: Int, $page: Int) {{ Media(id: $id, type: ANIME) {{ {_CHARACTERS} }} }}"

SEARCH = (
    "query ($search: String) { Page(page: 1, perPage: 10) "
    f"{{ media(search: $search, type: ANIME, sort: [SEARCH_MATCH]) {{ {_BRIEF} }} }} }}"
)

BY_MAL = (
    f"query ($mal: Int) {{ Page(page: 1, perPage: 1) {{ media(idMal: $mal, type: ANIME) {{ {_BRIEF} }} }} }}"
)
