# SPDX-License-Identifier: Apache-2.0
"""Step -> container template: the one factory that gives every pod its retry, deadline, rights and files.

A step's own retries of single requests carry the jitter; Argo's backoff between pods knows none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hera.workflows import (
    ConfigMapEnvFrom,
    Container,
    EmptyDirVolume,
    Parameter,
    ResourceEnv,
    RetryStrategy,
    SecretVolume,
)
from hera.workflows.models import (
    Backoff,
    Capabilities,
    IntOrString,
    KeyToPath,
    Quantity,
    ResourceRequirements,
    SeccompProfile,
    SecurityContext,
    ValueFrom,
)

from otakube_api import labels
from otakube_api.contract import EXIT, OUTPUTS_FOLDER, SECRETS_FOLDER, STEP_CONFIG_MAP, STEP_SECRET
from otakube_api.contract import Parameter as Argument
from otakube_api.providers import PROFILES, secret_key

STEPS_IMAGE = "otakube-steps:dev"
EMBED_IMAGE = "otakube-embed:dev"
"""Placeholders: the chart puts its own images in their place."""

STEP_LABEL = f"{labels.GROUP}/step"
"""Pod label by which network policies tell the steps apart."""

SCRATCH = "/tmp"  # noqa: S108 - an emptyDir of the step's own pod

RUN = (Argument.ENRICHMENT, Argument.UID, Argument.GENERATION, Argument.ATTEMPT)
"""Arguments that every step of an enrichment takes."""


class Store(StrEnum):
    """Stores that a step reaches with secrets; it mounts the secrets that it needs and no other."""

    BUCKET = "bucket"
    DOCUMENTS = "documents"
    VECTORS = "vectors"
    PROVIDERS = "providers"  # their shared budgets, and our keys at them
    SUGGESTIONS = "suggestions"


STORES = (Store.BUCKET, Store.DOCUMENTS, Store.VECTORS)
"""The stores of the catalogue."""

SECRETS: Mapping[Store, tuple[str, ...]] = {
    Store.BUCKET: ("otakube_s3_access_key_id", "otakube_s3_secret_access_key"),
    Store.DOCUMENTS: ("otakube_mongodb_uri",),
    Store.VECTORS: ("otakube_qdrant_api_key",),
    Store.PROVIDERS: (
        "otakube_redis_url",
        *(secret_key(provider, name) for provider, profile in PROFILES.items() for name in profile.secrets),
    ),
    Store.SUGGESTIONS: ("otakube_suggestion_api_key",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Resources of a step: requests stay small, since a run holds one pod at a time."""

    memory: str = "128Mi"
    memory_limit: str = "512Mi"
    scratch: str = "256Mi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step as its pod needs it; `outputs` maps each to its default, None where it is always written."""

    name: str
    command: Sequence[str] = ()
    inputs: Sequence[str] = ()
    outputs: Mapping[str, str | None] = field(default_factory=dict)
    stores: Sequence[Store] = (Store.BUCKET,)
    deadline: int
    final: Sequence[int] = (EXIT.fatal,)  # exit codes after which another try is vain
    image: str = STEPS_IMAGE
    size: Size = Size()
    pod_spec_patch: str | None = None


def step(wanted: Step) -> Container:
    """The template of one step: restricted, without a token, read-only but for /tmp."""
    return Container(
        name=wanted.name,
        image=wanted.image,
        image_pull_policy="IfNotPresent",
        command=["otakube", *(wanted.command or ("step", wanted.name))],
        args=[f"--{name}={{{{inputs.parameters.{name}}}}}" for name in wanted.inputs],
        inputs=[Parameter(name=name) for name in wanted.inputs],
        outputs=[_output(name, default) for name, default in wanted.outputs.items()],
        env_from=[ConfigMapEnvFrom(name=STEP_CONFIG_MAP)],
        env=[MEMORY_LIMIT],
        volumes=[
            EmptyDirVolume(name="tmp", mount_path=SCRATCH, size_limit=Quantity(root=wanted.size.scratch)),
            _secrets(wanted),
        ],
        resources=_resources(wanted.size),
        security_context=RESTRICTED,
        labels={STEP_LABEL: wanted.name},
        active_deadline_seconds=wanted.deadline,
        retry_strategy=_retry(wanted.final),
        pod_spec_patch=wanted.pod_spec_patch,
    )


MEMORY_LIMIT = ResourceEnv(name="OTAKUBE_MEMORY_LIMIT_BYTES", resource="limits.memory")
"""The setting `memory_limit_bytes`, by which a step bounds what others send it: its own container's limit."""

RESTRICTED = SecurityContext(
    allow_privilege_escalation=False,
    capabilities=Capabilities(drop=["ALL"]),
    read_only_root_filesystem=True,
    run_as_non_root=True,
    run_as_user=65532,
    seccomp_profile=SeccompProfile(type="RuntimeDefault"),
)


def _retry(final: Sequence[int]) -> RetryStrategy:
    return RetryStrategy(
        retry_policy="Always",  # also evicted and deleted pods, and errors of the controller
        limit=6,
        backoff=Backoff(duration="2s", factor=IntOrString(root=2), cap="60s", max_duration="1h"),
        expression=" && ".join(f"asInt(lastRetry.exitCode) != {code}" for code in final),
    )


def _output(name: str, default: str | None) -> Parameter:
    return Parameter(name=name, value_from=ValueFrom(path=f"{OUTPUTS_FOLDER}/{name}", default=default))


def _resources(size: Size) -> ResourceRequirements:
    requests = {"cpu": "50m", "memory": size.memory}
    return ResourceRequirements(
        requests=_quantities(requests), limits=_quantities({"memory": size.memory_limit})
    )


def _quantities(amounts: Mapping[str, str]) -> dict[str, Quantity]:
    return {name: Quantity(root=amount) for name, amount in amounts.items()}


def _secrets(wanted: Step) -> SecretVolume:
    """The named stores' secrets, one file a setting; an absent one is the step's to name, in its failure."""
    return SecretVolume(
        name="secrets",
        secret_name=STEP_SECRET,
        mount_path=SECRETS_FOLDER,
        read_only=True,
        optional=True,
        items=[KeyToPath(key=key, path=key) for key in _keys(wanted.stores)],
    )


def _keys(stores: Iterable[Store]) -> list[str]:
    return [key for store in stores for key in SECRETS[store]]
