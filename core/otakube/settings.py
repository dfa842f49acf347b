# SPDX-License-Identifier: Apache-2.0
"""Settings of steps and services: environment OTAKUBE_*, secrets as files (never environment)."""

import os
from pathlib import Path

from pydantic import Field, SecretStr
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

    jikan_url: str = Field("https://api.jikan.moe/v4", description="Jikan v4 base address.")
    anilist_url: str = Field("https://graphql.anilist.co", description="AniList GraphQL address.")
    kitsu_url: str = Field("https://kitsu.io/api/edge", description="Kitsu JSON:API base address.")
    provider_quorum: int = Field(1, ge=1, description="Providers that must answer for a run to go on.")
    provider_timeout_seconds: float = Field(30, gt=0, description="Deadline of one provider request.")
    provider_answer_limit_bytes: int = Field(
        16 * 2**20, gt=0, description="Largest provider answer that is read."
    )

    image_hosts: list[str] = Field(
        ["cdn.myanimelist.net", "s4.anilist.co", "media.kitsu.io", "media.kitsu.app"],
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
    embedding_model: str = Field(
        "minilm", description="Text model; the collection records which one made it."
    )
    embedding_folder: str = Field("", description="Folder of built text models; empty: the user's cache.")


def load() -> Settings:
    """Read the settings; secrets come from the mounted folder, or from OTAKUBE_SECRETS_DIR by hand."""
    folder = Path(os.environ.get("OTAKUBE_SECRETS_DIR", contract.SECRETS_FOLDER))
    return Settings(_secrets_dir=folder if folder.is_dir() else None)
