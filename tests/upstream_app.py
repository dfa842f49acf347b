# SPDX-License-Identifier: Apache-2.0
"""The stand-in upstream without limits, called in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2

from otakube_standins.upstream.app import create
from otakube_standins.upstream.catalogue import load
from otakube_standins.upstream.provider import World
from otakube_standins.upstream.settings import UpstreamSettings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLIC_URL = "http://upstream.test:8080"
UNLIMITED = UpstreamSettings(unlimited=True)

ANILIST_QUERY = """
query ($id: Int) { Media(id: $id, type: ANIME) {
  id title { userPreferred romaji english native } coverImage { extraLarge large } bannerImage
  startDate { year month day } endDate { year month day } description season seasonYear type format
  status(version: 2) episodes duration chapters volumes genres synonyms source(version: 3) isAdult isLocked
  meanScore averageScore popularity favourites hashtag countryOfOrigin isLicensed isFavourite
  isRecommendationBlocked isFavouriteBlocked isReviewBlocked nextAiringEpisode { airingAt
    timeUntilAiring episode }
  relations { edges { id relationType(version: 2) node {
    id title { userPreferred } format type status(version: 2) bannerImage coverImage { large } } } }
  characterPreview: characters(perPage: 6, sort: [ROLE, RELEVANCE, ID]) { edges { id role name
    voiceActors(language: JAPANESE, sort: [RELEVANCE, ID]) { id name { full userPreferred } language
    image { large } }
    node { id name { full userPreferred } image { large } } } }
  staffPreview: staff(perPage: 8, sort: [RELEVANCE, ID]) { edges { id role
    node { id name { full userPreferred } language image { large } } } }
  studios { edges { isMain node { id name } } }
  reviewPreview: reviews(perPage: 2) { pageInfo { total } nodes { id summary rating ratingAmount } }
  recommendations(perPage: 7, sort: [RATING_DESC, ID]) { pageInfo { total } nodes { id rating userRating
    mediaRecommendation { id title { userPreferred } format type status(version: 2) bannerImage
      coverImage { large } } user { id name avatar { large } } } }
  externalLinks { id site url type language color icon notes isDisabled } streamingEpisodes { site title
    thumbnail url } trailer { id site }
  rankings { id rank type format year season allTime context }
  tags { id name description rank isMediaSpoiler isGeneralSpoiler userId } mediaListEntry { id }
  stats { statusDistribution { status amount } scoreDistribution { score amount } } } }
"""


@asynccontextmanager
async def upstream(
    settings: UpstreamSettings = UNLIMITED, now: datetime = NOW
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a stand-in of its own."""
    app = create(World(load(now.date()), lambda: now, PUBLIC_URL), settings)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://upstream.test"
    ) as client:
        yield client
