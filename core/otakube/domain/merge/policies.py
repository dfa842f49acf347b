# SPDX-License-Identifier: Apache-2.0
"""Merge policies, field by field: the one table that decides every merge."""

from enum import StrEnum
from typing import NamedTuple

from otakube_api.contract import Provider

JIKAN, MAL, ANILIST, KITSU = Provider.JIKAN, Provider.MYANIMELIST, Provider.ANILIST, Provider.KITSU
ANIDB, SCHEDULE, PLANET = Provider.ANIDB, Provider.ANIMESCHEDULE, Provider.ANIME_PLANET


class MergeRule(StrEnum):
    FIRST = "First"  # the first provider of the order that says something
    MAJORITY = "Majority"  # what most say; a fresh one, then the order, breaks ties
    UNION = "Union"  # everything that anybody says, in the order


FIRST, MAJORITY, UNION = MergeRule.FIRST, MergeRule.MAJORITY, MergeRule.UNION


class Policy(NamedTuple):
    """`most`: how many values of a union the record holds."""

    rule: MergeRule
    order: tuple[Provider, ...]
    most: int | None = None


POLICIES: dict[str, Policy] = {
    #                        rule      believed first to last
    "title":            Policy(FIRST,    (JIKAN, MAL, ANILIST, KITSU, ANIDB, SCHEDULE, PLANET)),
    "title_english":    Policy(FIRST,    (JIKAN, MAL, ANILIST, KITSU, ANIDB, SCHEDULE)),
    "title_japanese":   Policy(FIRST,    (JIKAN, MAL, ANILIST, KITSU, ANIDB, SCHEDULE)),
    "synonyms":         Policy(UNION,    (JIKAN, MAL, ANILIST, KITSU, ANIDB, SCHEDULE, PLANET), 200),
    "type":             Policy(MAJORITY, (JIKAN, MAL, ANILIST, ANIDB, KITSU, SCHEDULE, PLANET)),
    "status":           Policy(MAJORITY, (ANILIST, JIKAN, MAL, SCHEDULE, KITSU, ANIDB, PLANET)),
    "season":           Policy(MAJORITY, (JIKAN, MAL, ANILIST, SCHEDULE, KITSU, ANIDB)),  # two derive it
    "episode_count":    Policy(MAJORITY, (JIKAN, MAL, ANILIST, ANIDB, KITSU, SCHEDULE, PLANET)),
    "duration_seconds": Policy(MAJORITY, (MAL, ANILIST, JIKAN, KITSU, SCHEDULE, ANIDB)),
    "aired_from":       Policy(MAJORITY, (JIKAN, MAL, ANILIST, ANIDB, SCHEDULE, KITSU)),  # Kitsu's: UTC
    "aired_to":         Policy(MAJORITY, (JIKAN, MAL, ANILIST, ANIDB, KITSU)),
    "broadcast":        Policy(FIRST,    (JIKAN, MAL, SCHEDULE)),
    "synopsis":         Policy(FIRST,    (JIKAN, MAL, KITSU, ANILIST, SCHEDULE, ANIDB)),
    "synopsis_spoilers": Policy(FIRST,   (JIKAN, MAL, KITSU, ANILIST, SCHEDULE, ANIDB)),
    "genres":           Policy(UNION,    (JIKAN, MAL, ANILIST, KITSU, SCHEDULE), 100),
    "tags":             Policy(UNION,    (ANILIST, JIKAN, MAL, KITSU, ANIDB, PLANET), 300),
    "spoiler_tags":     Policy(UNION,    (ANILIST, JIKAN, MAL, KITSU, ANIDB, PLANET), 300),
    "studios":          Policy(FIRST,    (JIKAN, MAL, ANILIST, KITSU, SCHEDULE, PLANET)),
    "age_rating":       Policy(FIRST,    (JIKAN, MAL, KITSU, ANILIST)),
    "source_material":  Policy(MAJORITY, (JIKAN, MAL, ANILIST, SCHEDULE)),
}  # fmt: skip

EPISODE_ORDER = (JIKAN, ANIDB, KITSU, ANILIST, SCHEDULE, MAL, PLANET)
AIRING_ORDER = (SCHEDULE, ANILIST, JIKAN, ANIDB, KITSU, MAL, PLANET)  # minutes before days, Japan's first
STILL_ORDER = (KITSU, ANILIST, JIKAN, ANIDB, MAL, SCHEDULE, PLANET)  # AniList's stills lie at streaming sites
CHARACTER_ORDER = (ANILIST, JIKAN, KITSU, ANIDB, MAL, SCHEDULE, PLANET)
STAFF_ORDER = (ANILIST, JIKAN, ANIDB, KITSU, MAL, SCHEDULE, PLANET)
RELATION_ORDER = (ANILIST, JIKAN, MAL, ANIDB, KITSU, SCHEDULE, PLANET)
IMAGE_ORDER = (ANILIST, JIKAN, MAL, KITSU, ANIDB, SCHEDULE, PLANET)
TRUST = tuple(Provider)
"""Default order of trust."""

EPISODE_POLICIES: dict[str, Policy] = {
    "number":           Policy(FIRST,    EPISODE_ORDER),
    "kind":             Policy(FIRST,    EPISODE_ORDER),
    "absolute_number":  Policy(MAJORITY, EPISODE_ORDER),
    "title":            Policy(FIRST,    EPISODE_ORDER),  # a bare "Episode 3" comes last
    "title_japanese":   Policy(FIRST,    EPISODE_ORDER),
    "title_romaji":     Policy(FIRST,    EPISODE_ORDER),
    "synopsis":         Policy(FIRST,    EPISODE_ORDER),
    "synopsis_spoilers": Policy(FIRST,   EPISODE_ORDER),
    "aired":            Policy(FIRST,    AIRING_ORDER),  # a time comes before a bare day
    "duration_seconds": Policy(FIRST,    EPISODE_ORDER),
    "filler":           Policy(FIRST,    EPISODE_ORDER),  # only a yes counts: most do not know
    "recap":            Policy(FIRST,    EPISODE_ORDER),
    "image":            Policy(FIRST,    STILL_ORDER),
}  # fmt: skip
CHARACTER_POLICIES: dict[str, Policy] = {
    "name":             Policy(FIRST,    CHARACTER_ORDER),
    "name_native":      Policy(FIRST,    CHARACTER_ORDER),
    "role":             Policy(FIRST,    CHARACTER_ORDER),  # the most prominent one comes first
    "description":      Policy(FIRST,    CHARACTER_ORDER),
    "description_spoilers": Policy(FIRST, CHARACTER_ORDER),
    "image":            Policy(FIRST,    CHARACTER_ORDER),
    "voice_actors":     Policy(UNION,    CHARACTER_ORDER, 100),  # each voice once a language
}  # fmt: skip
STAFF_POLICIES: dict[str, Policy] = {
    "name":             Policy(FIRST,    STAFF_ORDER),
    "name_native":      Policy(FIRST,    STAFF_ORDER),
    "positions":        Policy(UNION,    STAFF_ORDER, 100),
}  # fmt: skip
LIST_POLICIES: dict[str, Policy] = {
    "sources":          Policy(UNION,    TRUST, 50),
    "images":           Policy(UNION,    IMAGE_ORDER, 100),
    "relations":        Policy(UNION,    RELATION_ORDER, 500),
    "recommendations":  Policy(UNION,    RELATION_ORDER, 200),
    "external_links":   Policy(UNION,    RELATION_ORDER, 200),
    "streaming":        Policy(UNION,    RELATION_ORDER, 200),
    "statistics":       Policy(UNION,    TRUST, 10),
    "score":            Policy(UNION,    TRUST),  # the mean of all
}  # fmt: skip
"""Fields that are put together from everybody's."""

# Confidence of a value that is all that anybody says, by how many say it: one source may be wrong.
CORROBORATION = {1: 0.7, 2: 0.9, 3: 1.0}
STALE_FACTOR = 0.8  # an old copy was true once
KEY_FIELDS = ("title", "type", "status", "season", "episode_count", "aired_from")
"""Fields whose confidence makes that of the entry: the ones that a wrong merge gets wrong."""
