# SPDX-License-Identifier: Apache-2.0
"""Whom to believe, field by field: the one table that decides every merge."""

from enum import StrEnum
from typing import NamedTuple

from otakube.domain.entry import Provider

JIKAN, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU


class Rule(StrEnum):
    FIRST = "First"  # the first provider of the order that says something
    MAJORITY = "Majority"  # what most say; the order breaks ties
    UNION = "Union"  # everything that anybody says, in the order


class Policy(NamedTuple):
    rule: Rule
    order: tuple[Provider, ...]


POLICIES: dict[str, Policy] = {
    #                        rule           believed first to last
    "title":            Policy(Rule.FIRST,    (JIKAN, ANILIST, KITSU)),   # people search for MAL's spelling
    "title_english":    Policy(Rule.FIRST,    (JIKAN, ANILIST, KITSU)),
    "title_japanese":   Policy(Rule.FIRST,    (JIKAN, ANILIST, KITSU)),
    "synonyms":         Policy(Rule.UNION,    (JIKAN, ANILIST, KITSU)),
    "type":             Policy(Rule.MAJORITY, (JIKAN, ANILIST, KITSU)),
    "status":           Policy(Rule.MAJORITY, (ANILIST, JIKAN, KITSU)),   # AniList changes it within the hour
    "season":           Policy(Rule.MAJORITY, (JIKAN, ANILIST, KITSU)),   # Kitsu's is derived
    "episode_count":    Policy(Rule.MAJORITY, (JIKAN, ANILIST, KITSU)),
    "duration_seconds": Policy(Rule.MAJORITY, (ANILIST, JIKAN, KITSU)),
    "aired_from":       Policy(Rule.MAJORITY, (JIKAN, ANILIST, KITSU)),   # Kitsu's day is UTC's
    "aired_to":         Policy(Rule.MAJORITY, (JIKAN, ANILIST, KITSU)),
    "broadcast":        Policy(Rule.FIRST,    (JIKAN, ANILIST, KITSU)),   # only MAL has it
    "synopsis":         Policy(Rule.FIRST,    (JIKAN, KITSU, ANILIST)),   # AniList's is often shortened
    "genres":           Policy(Rule.UNION,    (JIKAN, ANILIST, KITSU)),
    "tags":             Policy(Rule.UNION,    (ANILIST, JIKAN, KITSU)),
    "studios":          Policy(Rule.FIRST,    (JIKAN, ANILIST, KITSU)),   # a union would hold each name twice
    "age_rating":       Policy(Rule.FIRST,    (JIKAN, KITSU, ANILIST)),
}  # fmt: skip

EPISODE_ORDER = (JIKAN, KITSU, ANILIST)  # AniList has only what streaming sites call their pages
AIRING_ORDER = (ANILIST, JIKAN, KITSU)  # AniList knows the second, MAL the day in Japan, Kitsu the day in UTC
CHARACTER_ORDER = (ANILIST, JIKAN, KITSU)
RELATION_ORDER = (ANILIST, JIKAN, KITSU)
STILL_ORDER = (KITSU, ANILIST, JIKAN)  # AniList's stills lie at streaming sites
IMAGE_ORDER = (ANILIST, JIKAN, KITSU)

# Confidence of a value that is all that anybody says, by how many say it: one source may be wrong.
CORROBORATION = {1: 0.7, 2: 0.9, 3: 1.0}
STALE_FACTOR = 0.8  # an old copy was true once
KEY_FIELDS = ("title", "type", "status", "season", "episode_count", "aired_from")
"""Fields whose confidence makes that of the entry: the ones that a wrong merge gets wrong."""
