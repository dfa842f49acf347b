# SPDX-License-Identifier: Apache-2.0
"""The parts of a spec that more than one kind has: which anime, when to review, how much history to keep."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from otakube_api.contract import AnimeType, ReviewPolicy
from otakube_api.v1alpha1.meta import AS_SET, ApiType
from otakube_api.v1alpha1.validation import (
    ENTRY_ID,
    ONE_NAME,
    ONE_NAME_KNOWN,
    REVIEW_TIMEOUT,
    TITLE_NO_BRACES,
    TITLE_NOT_BLANK,
    TITLE_ONE_LINE,
    TYPE_NEEDS_TITLE,
    URL_HOST,
    URL_IS_HTTPS,
    URL_NO_BRACES,
    URL_PATH,
    YEAR_NEEDS_TITLE,
    rules,
)

EntryId = Annotated[str, Field(max_length=30, json_schema_extra=rules(ENTRY_ID))]
SourceUrl = Annotated[
    str, Field(max_length=512, json_schema_extra=rules(URL_IS_HTTPS, URL_HOST, URL_PATH, URL_NO_BRACES))
]
HistoryLimit = Annotated[int, Field(ge=0, le=100)]
SEARCHABLE_TYPES: JsonDict = {"enum": [each.value for each in AnimeType if each is not AnimeType.UNKNOWN]}


class KnownAnime(ApiType):
    """An anime that needs no search."""

    model_config = ConfigDict(json_schema_extra=rules(ONE_NAME_KNOWN))

    id: EntryId | None = None
    """id is the anime's id in the catalogue, such as ani_01JD3Z5K8Q0000000000000001."""
    source_urls: list[SourceUrl] | None = Field(None, min_length=1, max_length=20, json_schema_extra=AS_SET)
    """sourceUrls are pages of this one anime at providers, such as https://myanimelist.net/anime/1."""


class AnimeReference(KnownAnime):
    """The anime, by exactly one of id, sourceUrls and title."""

    model_config = ConfigDict(json_schema_extra=rules(ONE_NAME, YEAR_NEEDS_TITLE, TYPE_NEEDS_TITLE))

    title: str | None = Field(
        None, max_length=300, json_schema_extra=rules(TITLE_NOT_BLANK, TITLE_ONE_LINE, TITLE_NO_BRACES)
    )
    """title is looked up at the providers; an ambiguous one stalls with the candidates in the message."""
    year: int | None = Field(None, ge=1900, le=2100)
    """year of the first broadcast narrows the search for title."""
    type: AnimeType | None = Field(None, json_schema_extra=SEARCHABLE_TYPES)
    """type narrows the search for title."""


class Review(ApiType):
    """The review of a record by a person before it is published."""

    policy: ReviewPolicy = ReviewPolicy.ON_LOW_CONFIDENCE
    """policy says when the run waits: Required always, OnLowConfidence on doubts, Never for the gate Loss."""
    timeout: str = Field("72h", max_length=20, json_schema_extra=rules(REVIEW_TIMEOUT))
    """timeout is how long the run waits for a decision before the record counts as rejected, 1m to 720h."""
