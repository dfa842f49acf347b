# SPDX-License-Identifier: Apache-2.0
"""The parts beside `anime`: each is whole or missing with a reason, and none fails the record."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from otakube.domain.record.claims import Metadata
from otakube.errors import SourceError
from otakube.ports.providers import Answer, Missing
from otakube_api.contract import SourceReason


class OptionalParts(NamedTuple):
    """Answered parts and missing ones; both by part, as RawRecord has them."""

    answers: dict[str, Answer]
    missing: dict[str, Missing]


async def optional(part: str, asked: Awaitable[Answer | Mapping[str, Answer]]) -> OptionalParts:
    """One part, of one answer or of all its pages by name (`episodes/1`, …).

    A page that fails takes the others with it: half a list would pass for the whole one.
    """
    try:
        said = await asked
    except SourceError as error:
        return OptionalParts({}, {part: Missing(reason=error.reason.value, message=str(error))})
    return OptionalParts({part: said} if isinstance(said, Answer) else dict(said), {})


async def all_optional(
    asked: Mapping[str, Callable[[], Awaitable[Answer | Mapping[str, Answer]]]],
) -> OptionalParts:
    """Several parts one after another, so that one anime takes no more than its share of the rate limit."""
    parts = OptionalParts({}, {})
    for part, ask in asked.items():
        one = await optional(part, ask())
        parts.answers.update(one.answers)
        parts.missing.update(one.missing)
    return parts


async def one_by_one(
    provider_ids: Sequence[str], describe: Callable[[str], Awaitable[Metadata]]
) -> AsyncIterator[Mapping[str, Metadata]]:
    """`ProviderSource.describe` where there is no batch endpoint: each when the caller wants the next one."""
    for provider_id in provider_ids:
        try:
            described = await describe(provider_id)
        except SourceError as error:
            if error.reason is not SourceReason.NOT_FOUND:
                raise
            continue  # an id that the provider lacks is left out
        yield {provider_id: described}
