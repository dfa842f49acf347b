# SPDX-License-Identifier: Apache-2.0
"""Settings of steps and services: environment OTAKUBE_*, secrets as files (never environment)."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from otakube_api import contract


class Settings(BaseSettings):
    """One field a setting; `docs/reference/settings.md` lists them."""

    model_config = SettingsConfigDict(env_prefix="OTAKUBE_", extra="ignore", frozen=True)

    mongodb_uri: SecretStr = Field(
        SecretStr("mongodb://localhost:27017/"), description="MongoDB connection string."
    )
    mongodb_database: str = Field("otakube", description="Database that holds the catalogue.")
    qdrant_url: str = Field("http://localhost:6333", description="Qdrant's REST address.")
    qdrant_api_key: SecretStr | None = Field(None, description="Qdrant API key, if it asks for one.")
    qdrant_collection: str = Field("anime", description="Collection of the catalogue's vectors.")
    s3_endpoint: str = Field("http://localhost:7070", description="S3 endpoint; empty for AWS itself.")
    s3_region: str = Field("us-east-1", description="Region that requests are signed for.")
    s3_bucket: str = Field("otakube", description="Bucket of images, work objects and audit copies.")
    s3_access_key_id: SecretStr = Field(SecretStr(""), description="S3 access key id.")
    s3_secret_access_key: SecretStr = Field(SecretStr(""), description="S3 secret access key.")

    redis_url: SecretStr = Field(
        SecretStr(""),
        description="Redis that holds the providers' shared budgets; empty: this process alone keeps them.",
    )
    egress: str = Field(
        "default", description="Name of the address that requests leave from: budgets are kept for each."
    )
    providers_enabled: list[str] = Field(
        ["Jikan", "MyAnimeList", "AniList", "Kitsu", "AniDB", "AnimeSchedule"],
        description="Providers that may be asked (JSON list). AnimePlanet has no API and is off.",
    )
    mal_preferred: Literal["Jikan", "MyAnimeList"] = Field(
        "Jikan", description="Asked first for MyAnimeList: Jikan or MyAnimeList; the other one in its outage."
    )
    licence_overrides: dict[str, dict[str, bool | int]] = Field(
        {},
        description="Agreements of your own (JSON): by provider, storable, publishable, retention_days.",
    )
    jikan_url: str = Field("https://api.jikan.moe/v4", description="Jikan v4 base address.")
    anilist_url: str = Field("https://graphql.anilist.co", description="AniList GraphQL address.")
    kitsu_url: str = Field("https://kitsu.io/api/edge", description="Kitsu JSON:API base address.")
    myanimelist_url: str = Field("https://api.myanimelist.net/v2", description="MyAnimeList API v2 address.")
    myanimelist_client_id: SecretStr = Field(
        SecretStr(""), description="Client id of the MyAnimeList API; without it that provider is off."
    )
    anidb_url: str = Field("http://api.anidb.net:9001/httpapi", description="AniDB HTTP API address.")
    anidb_titles_url: str = Field(
        "https://anidb.net/api/anime-titles.xml.gz", description="AniDB's daily dump of titles."
    )
    anidb_client: str = Field(
        "", description="Client name registered at AniDB, as name/version; without it that provider is off."
    )
    anidb_daily_budget: int = Field(200, ge=0, description="Requests a day to AniDB's HTTP API.")
    animeschedule_url: str = Field(
        "https://animeschedule.net/api/v3", description="AnimeSchedule v3 address."
    )
    animeschedule_token: SecretStr = Field(
        SecretStr(""), description="Application token of AnimeSchedule; without it that provider is off."
    )
    anime_planet_url: str = Field("https://www.anime-planet.com", description="Anime-Planet's address.")
    check_title: str = Field(
        "Cowboy Bebop", description="A title that all providers know: `providers check` asks for it."
    )
    provider_quorum: int = Field(1, ge=1, description="Providers that must answer for a run to go on.")
    provider_clock_scale: float = Field(
        1.0,
        gt=0,
        le=1000,
        description="How much faster the providers' clocks run: 1, but for a stand-in that runs faster.",
    )
    provider_timeout_seconds: float = Field(30, gt=0, description="Deadline of one provider request.")
    provider_answer_limit_bytes: int = Field(
        16 * 2**20, gt=0, description="Largest provider answer that is read."
    )

    image_hosts: list[str] = Field(
        [
            "cdn.myanimelist.net",
            "api-cdn.myanimelist.net",
            "s4.anilist.co",
            "media.kitsu.io",
            "media.kitsu.app",
            "cdn-eu.anidb.net",
            "img.animeschedule.net",
        ],
        description="Hosts that images may come from (JSON list).",
    )
    image_private_hosts: list[str] = Field(
        [],
        description="Hosts that may have private addresses and speak plain http: the stand-in upstream's.",
    )
    image_limit_bytes: int = Field(16 * 2**20, gt=0, description="Largest image file that is read.")

    review_confidence_threshold: float = Field(
        0.8, ge=0, le=1, description="OnLowConfidence reviews records below it."
    )
    lease_seconds: int = Field(120, gt=0, description="How long a commit may hold an entry without progress.")
    suggestion_model: str = Field(
        "rules", description="What suggests tags and a summary: rules, off, or a model of suggestion_url."
    )
    suggestion_url: str = Field("", description="OpenAI-compatible endpoint, such as http://host/v1.")
    suggestion_api_key: SecretStr = Field(SecretStr(""), description="Its key, if it asks for one.")
    embedding_model: str = Field(
        "minilm", description="Text model; the collection records which one made it."
    )
    embedding_folder: str = Field("", description="Folder of built text models; empty: the user's cache.")

    @field_validator("providers_enabled")
    @classmethod
    def _known(cls, names: list[str]) -> list[str]:
        """A misspelt provider would be off, and nobody would hear of it."""
        from otakube_api.contract import Provider

        unknown = [name for name in names if name not in list(Provider)]
        if unknown:
            raise ValueError(f"there is no provider {unknown[0]!r}; there are {', '.join(Provider)}")
        return names


def load() -> Settings:
    """Read the settings; secrets come from the mounted folder, or from OTAKUBE_SECRETS_DIR by hand."""
    folder = Path(os.environ.get("OTAKUBE_SECRETS_DIR", contract.SECRETS_FOLDER))
    return Settings(_secrets_dir=folder if folder.is_dir() else None)
