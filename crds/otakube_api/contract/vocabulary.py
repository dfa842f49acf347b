# SPDX-License-Identifier: Apache-2.0
"""Closed sets of words that more than one package writes or reads; each stands here and nowhere else."""

from enum import StrEnum


class Provider(StrEnum):
    """Metadata providers that this version can ask. Jikan and MyAnimeList are two ways to one site."""

    JIKAN = "Jikan"
    MYANIMELIST = "MyAnimeList"
    ANILIST = "AniList"
    KITSU = "Kitsu"
    ANIDB = "AniDB"
    ANIMESCHEDULE = "AnimeSchedule"
    ANIME_PLANET = "AnimePlanet"


class AnimeType(StrEnum):
    """Forms in which anime are published."""

    TV = "TV"
    MOVIE = "Movie"
    OVA = "OVA"
    ONA = "ONA"
    SPECIAL = "Special"
    MUSIC = "Music"
    UNKNOWN = "Unknown"  # the provider itself says it does not know; nobody can search for it


class Mode(StrEnum):
    """Extent of a run: spec.mode."""

    FULL_ENRICHMENT = "FullEnrichment"
    EPISODE_UPDATE = "EpisodeUpdate"


class ReviewPolicy(StrEnum):
    """Policies of waiting for a person: spec.review.policy."""

    REQUIRED = "Required"
    ON_LOW_CONFIDENCE = "OnLowConfidence"
    NEVER = "Never"


class ReviewNeed(StrEnum):
    """The need of this run for a person: Output.REVIEW."""

    REQUIRED = "Required"
    SKIP = "Skip"


class Decision(StrEnum):
    """Ends of a review; only the first two are a person's."""

    APPROVE = "approve"
    REJECT = "reject"
    AUTOMATIC = "automatic"  # no review was needed


class ReviewState(StrEnum):
    """States of the latest run's review: status.review.state."""

    WAITING = "Waiting"
    APPROVED = "Approved"
    REJECTED = "Rejected"
    TIMED_OUT = "TimedOut"
    NOT_NEEDED = "NotNeeded"


class SourceState(StrEnum):
    """States of a provider's answer: status.sources[].state."""

    ANSWERED = "Answered"
    NOT_LISTED = "NotListed"  # its answer is that it has no such anime
    FAILED = "Failed"


class EnrichmentPolicy(StrEnum):
    """Listed entries that a dataset sync enriches: spec.enrichment.policy of a DatasetSync."""

    OFF = "Off"
    NEW_ONLY = "NewOnly"  # those that the week that is in listed first
    ALL = "All"


class EnrichmentOrder(StrEnum):
    """Order in which listed entries are enriched: spec.enrichment.order of a DatasetSync."""

    BY_POPULARITY = "ByPopularity"  # the more sites have a page of it the sooner
    BY_SEASON = "BySeason"  # the newest first


class Accelerator(StrEnum):
    """Processors that compute embeddings: spec.accelerator."""

    AUTO = "Auto"
    CPU = "CPU"
    GPU = "GPU"


class NewerContent(StrEnum):
    """Fates of content that is newer than the snapshot's, and whole: spec.newerContent."""

    KEEP = "Keep"
    REPLACE = "Replace"  # the snapshot's goes live as a new version


class RestoredLocks(StrEnum):
    """Merge locks that a restore sets: spec.mergeLocks."""

    IF_NONE = "IfNone"  # all, where none was ever set
    ADD_MISSING = "AddMissing"


class Gate(StrEnum):
    """Automatic checks of a record before a person looks at it; each names what it found wrong."""

    COMPLETENESS = "Completeness"  # episodes, characters, images that its status lets expect
    DRIFT = "Drift"  # it differs from the version before as records seldom do
    CONSISTENCY = "Consistency"  # its fields contradict each other
    PLAUSIBILITY = "Plausibility"  # a provider's answers shrank or froze, so it was ignored
    IDENTITY = "Identity"  # the providers may speak of different anime
    LOSS = "Loss"  # it lacks what the live version has, since a provider did not answer
