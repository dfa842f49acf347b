# SPDX-License-Identifier: Apache-2.0
"""Settings of steps and services: environment OTAKUBE_*, secrets as files (never environment)."""

import os
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, create_model
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from otakube.domain.licences.terms import Agreement
from otakube.masking import hide
from otakube.provider_settings import ProviderSettings
from otakube.server_url import HttpUrl, MongodbUri, PublicUrl, RedisUrl, secrets_in
from otakube_api import contract
from otakube_api.contract import Provider
from otakube_api.providers import PROFILES

_PROXY = re.compile(r"(https?|all)_proxy", re.IGNORECASE)


class AllProviderSettings(BaseModel):
    """One field a provider, named as its package; an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def __getitem__(self, provider: Provider) -> ProviderSettings:
        own = getattr(self, PROFILES[provider].package)
        assert isinstance(own, ProviderSettings)
        return own


def settings_of(provider: Provider) -> type[ProviderSettings]:
    """A provider's settings, with its defaults from the provider table."""
    profile = PROFILES[provider]
    module = f"otakube.adapters.providers.{profile.package}.settings"
    base: type[ProviderSettings] = import_module(module).SETTINGS if find_spec(module) else ProviderSettings

    def default(name: str, value: object) -> tuple[Any, Any]:
        field = base.model_fields[name]
        described = Field(description=field.description, json_schema_extra=field.json_schema_extra)
        return Annotated[(field.annotation, *field.metadata, described)], value

    return create_model(
        base.__name__,
        __base__=base,
        enabled=default("enabled", not profile.opt_in),
        url=default("url", profile.url),
        daily_budget=default("daily_budget", profile.limits.day),
    )


if TYPE_CHECKING:
    Providers = AllProviderSettings
else:
    Providers = create_model(
        "Providers",
        __base__=AllProviderSettings,
        **{
            profile.package: (own := settings_of(provider), Field(default_factory=own))
            for provider, profile in PROFILES.items()
        },
    )


class Settings(BaseSettings):
    """One field a setting; `docs/reference/settings.md` lists them."""

    model_config = SettingsConfigDict(
        env_prefix="OTAKUBE_",
        env_nested_delimiter="__",
        secrets_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    mongodb_uri: MongodbUri = Field(
        SecretStr("mongodb://localhost:27017/"), description="MongoDB connection string."
    )
    mongodb_database: str = Field("otakube", description="Database that holds the catalogue.")
    qdrant_url: HttpUrl = Field("http://localhost:6333", description="Qdrant's REST address.")
    qdrant_api_key: SecretStr | None = Field(None, description="Qdrant API key, if it asks for one.")
    qdrant_collection: str = Field("anime", description="Collection of the catalogue's vectors.")
    s3_endpoint: HttpUrl = Field("http://localhost:7070", description="S3 endpoint; empty for AWS itself.")
    s3_region: str = Field("us-east-1", description="Region that requests are signed for.")
    s3_bucket: str = Field("otakube", description="Bucket of images, work objects and audit copies.")
    s3_access_key_id: SecretStr = Field(SecretStr(""), description="S3 access key id.")
    s3_secret_access_key: SecretStr = Field(SecretStr(""), description="S3 secret access key.")

    store_connect_seconds: float = Field(
        10, gt=0, le=600, description="How long a store may be unreachable before it counts as away."
    )
    store_answer_seconds: float = Field(
        60, gt=0, le=600, description="How long a store may take for an answer before it counts as away."
    )

    redis_url: RedisUrl = Field(
        SecretStr(""),
        description="Redis that holds the providers' shared budgets; empty: this process alone keeps them.",
    )
    egress: str = Field(
        "default", description="Name of the address that requests leave from: budgets are kept for each."
    )
    providers: Providers = Field(
        default_factory=Providers, description="By provider, as in OTAKUBE_PROVIDERS__ANIDB__CLIENT."
    )
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
        [host for profile in PROFILES.values() for host in profile.image_hosts],
        description="Hosts that images may come from (JSON list).",
    )
    image_private_hosts: list[str] = Field(
        [],
        description="Hosts that may have private addresses and speak plain http: the stand-in upstream's.",
    )
    image_base_url: PublicUrl = Field(
        "", description="Where readers find the bucket's images, a CDN: https; empty: nowhere."
    )
    image_unused_hours: int = Field(
        720, ge=24, le=87_600, description="Images that nothing has named for so long are removed."
    )
    image_limit_bytes: int = Field(16 * 2**20, gt=0, description="Largest image file that is read.")
    memory_limit_bytes: int = Field(
        768 * 2**20,
        gt=0,
        description="Memory of this process; a step's pod says its own. A fifth is for files and answers.",
    )

    review_confidence_threshold: float = Field(
        0.8, ge=0, le=1, description="OnLowConfidence reviews records below it."
    )
    lease_seconds: int = Field(120, gt=0, description="How long a commit may hold an entry without progress.")
    snapshot_place: str = Field(
        "", description="Where snapshots lie: s3:BUCKET, file:FOLDER; empty: beside the catalogue's images."
    )
    snapshot_keep: int = Field(4, ge=1, le=1000, description="Newest snapshots that are kept.")
    snapshot_max_age_days: int = Field(
        35, ge=1, le=3650, description="Older snapshots are removed, but never the last whole one."
    )
    planner_delay: str = Field(
        "1h", pattern=r"^([0-9]+(h|m|s))+$", description="spec.delay of the schedules that the planner makes."
    )
    planner_horizon_days: int = Field(
        14, ge=1, le=366, description="An anime that premieres within so many days gets a schedule."
    )
    suggestion_model: str = Field(
        "rules", description="What suggests tags and a summary: rules, off, or a model of suggestion_url."
    )
    suggestion_url: HttpUrl = Field("", description="OpenAI-compatible endpoint, such as http://host/v1.")
    suggestion_api_key: SecretStr = Field(SecretStr(""), description="Its key, if it asks for one.")
    embedding_model: str = Field(
        "minilm", description="Text model; the collection records which one made it."
    )
    embedding_folder: str = Field("", description="Folder of built text models; empty: the user's cache.")

    @property
    def agreements(self) -> dict[Provider, Agreement]:
        """Agreements of your own, by provider."""
        return {provider: self.providers[provider].licence for provider in Provider}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings passes all sources by name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Secrets nest as the environment does: a file `otakube_providers__animeschedule__token`."""
        return init_settings, env_settings, NestedSecretsSettingsSource(file_secret_settings)


def load() -> Settings:
    """Read the settings; secrets come from the mounted folder, or from OTAKUBE_SECRETS_DIR by hand.

    A ValueError names each wrong setting, and never its value.
    """
    folder = Path(os.environ.get("OTAKUBE_SECRETS_DIR", contract.SECRETS_FOLDER))
    proxies = [value for name, value in os.environ.items() if _PROXY.fullmatch(name)]
    hide(secret for proxy in proxies for secret in secrets_in(proxy))
    try:
        settings = Settings(_secrets_dir=folder if folder.is_dir() else None)
    except ValidationError as error:
        raise ValueError("; ".join(map(_fault, error.errors(include_input=False)))) from None
    hide(_secrets_of(settings))
    return settings


def _fault(error: ErrorDetails) -> str:
    """`redis_url: names no host`."""
    if error["type"] == "extra_forbidden":
        variable = f"OTAKUBE_{'__'.join(map(str, error['loc'])).upper()}"
        return f"{'.'.join(map(str, error['loc']))}: there is no such setting: correct or unset {variable}"
    return f"{'.'.join(map(str, error['loc']))}: {error['msg'].removeprefix('Value error, ')}"


def _secrets_of(settings: BaseModel) -> Iterator[str]:
    """Every secret that the settings hold, and the passwords within."""
    for _, value in settings:
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
            yield from secrets_in(value.get_secret_value())
        elif isinstance(value, BaseModel):
            yield from _secrets_of(value)
