# SPDX-License-Identifier: Apache-2.0
"""Resolves which anime is asked for: by our id, by its pages, or by a title that must mean exactly one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from otakube.domain.matching.candidates import Candidate, ManualDecision
from otakube.domain.matching.resolution import resolve
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import SUPPORTED, Page, identify
from otakube.errors import Fatal, Retriable, SourceError
from otakube.ports.providers import ProviderAdapter
from otakube_api.contract import AnimeType, FailureReason, Provider
from otakube_api.providers import ALTERNATIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """The anime to fetch, by our id, its pages or a title; no providers means all that are switched on."""

    anime_id: str
    source_urls: tuple[str, ...]
    title: str
    providers: tuple[Provider, ...]
    year: int | None = None
    type: AnimeType | None = None

    @classmethod
    def parse(
        cls, *, anime_id: str, source_urls: str, title: str, providers: str, year: str = "", type_: str = ""
    ) -> "FetchRequest":
        """From the step's options; a wrong one is named."""
        try:
            urls, names = orjson.loads(source_urls or "[]"), orjson.loads(providers or "[]")
            request = cls(
                anime_id=anime_id,
                source_urls=tuple(map(str, urls)),
                title=title.strip(),
                providers=tuple(map(Provider, names)),
                year=int(year) if year else None,
                type=AnimeType(type_) if type_ else None,
            )
        except (orjson.JSONDecodeError, ValueError, TypeError) as error:
            raise Fatal(
                FailureReason.SETTINGS_INVALID,
                f"--source-urls and --providers are JSON lists, --year a number, --type a type: {error}",
            ) from error
        if not (request.anime_id or request.source_urls or request.title):
            raise Fatal(
                FailureReason.ANIME_UNKNOWN, "no anime is named: set --anime-id, --source-urls or --title"
            )
        return request


def ids_of(urls: Sequence[str], *, strict: bool = False) -> dict[Provider, str]:
    """Ids by provider; `strict` refuses an address that is no anime page of a known provider."""
    pages = {url: identify(url) for url in urls}
    unknown = [url for url, page in pages.items() if page is None]
    if strict and unknown:
        raise Fatal(
            FailureReason.SOURCE_URL_UNSUPPORTED,
            f"{unknown[0]!r:.300} is not the page of an anime; supported are {SUPPORTED}",
        )
    ids = {page.provider: page.id for page in pages.values() if page}
    other = next((page for page in pages.values() if page and ids[page.provider] != page.id), None)
    if strict and other:
        kept = Page(other.provider, ids[other.provider]).url
        raise Fatal(
            FailureReason.SOURCE_URL_UNSUPPORTED, f"{other.url} and {kept} are two anime: name one of them"
        )
    return ids


async def search_all(
    title: str, adapters: Mapping[Provider, ProviderAdapter]
) -> tuple[list[Metadata], list[tuple[Provider, SourceError]]]:
    """Rows of the providers' searches, and the searches that failed."""
    answers = await asyncio.gather(
        *(adapter.source.search(title) for adapter in adapters.values()), return_exceptions=True
    )
    found: list[Metadata] = []
    failures: list[tuple[Provider, SourceError]] = []
    for provider, answer in zip(adapters, answers, strict=True):
        if isinstance(answer, SourceError):
            failures.append((provider, answer))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found += answer
    return found, failures


async def resolve_title(
    request: FetchRequest,
    first: Mapping[Provider, ProviderAdapter],
    second: Mapping[Provider, ProviderAdapter],
    decide: Callable[[Sequence[Metadata]], Awaitable[ManualDecision]],
) -> Candidate:
    """The one anime that a title means; none or several is Fatal, and the message is the cure.

    `second` are asked where the alternative that they stand in for could not be searched; `decide` says what
    people decided of what was found.
    """
    title = request.title
    found, failures = await search_all(title, first)
    away = {provider for provider, _ in failures}
    stand_ins = {provider: adapter for provider, adapter in second.items() if ALTERNATIVES[provider] in away}
    more, again = await search_all(title, stand_ins)
    found, failures = found + more, failures + again
    if len(failures) == len(first) + len(stand_ins):
        raise Retriable(
            FailureReason.QUORUM_NOT_REACHED, f"no provider could be searched: {format_failures(failures)}"
        )
    decided = await decide(found)
    resolution = resolve(title, found, year=request.year, kind=request.type, decided=decided)
    if resolution.chosen is not None:
        return resolution.chosen
    if resolution.doubtful is not None:
        listed = "; ".join(f"{one}, fits {one.score:.2f}" for one in resolution.candidates[:5])
        several = "may mean several anime" if len(resolution.candidates) > 1 else "is close to one anime only"
        raise Fatal(
            FailureReason.ANIME_AMBIGUOUS,
            f"{title!r:.200} {several}: {listed}. Name one by spec.anime.sourceUrls, or add its year or type",
        )
    if failures:
        # The one that is away may know it.
        raise Retriable(
            FailureReason.QUORUM_NOT_REACHED, f"{title!r:.200} was not found; {format_failures(failures)}"
        )
    raise Fatal(
        FailureReason.ANIME_UNKNOWN,
        f"no provider knows {title!r:.200}: correct spec.anime.title, or use spec.anime.sourceUrls",
    )


def format_failures(failures: Sequence[tuple[Provider, SourceError]]) -> str:
    """Failures, as a sentence."""
    return (
        "; ".join(f"{provider}: {error.reason}: {str(error)[:200]}" for provider, error in failures)
        or "none asked"
    )
