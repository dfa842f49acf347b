# SPDX-License-Identifier: Apache-2.0
"""Run one step of an enrichment by hand or in its pod.

One registration a step: an async function of the wiring and the run, with its own options as keywords.
What a step needs is imported inside it, so that `otakube step fetch` never pays for an inference engine.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.exits import Outputs, pod_exits, write_outputs
from otakube.errors import Retriable
from otakube_api import contract
from otakube_api.contract import Node

Step = Callable[..., Awaitable[Outputs]]

PERMITS_WITHIN = contract.FETCH_DEADLINE - timedelta(minutes=3)
"""Time until the last permit of a fetch: its pod starts before, and the last answers come after."""

STEPS: dict[Node, Step] = {}
"""The steps' functions by node: what a pod runs by its command line, `otakube run` calls in one process."""

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def step_group() -> None:
    """Run one step of an enrichment by hand or in its pod.

    Exit status: 0 done, 65 the input is bad (the same call would fail again), 75 try again later.
    """


class Run(NamedTuple):
    """The run, and its enrichment, that a step belongs to."""

    enrichment: str
    uid: str
    generation: int
    attempt: int
    work: str  # prefix of the run's objects


Enrichment = Annotated[str, typer.Option(help="namespace/name of the AnimeEnrichment, for logs.")]
Uid = Annotated[str, typer.Option(help="UID of the AnimeEnrichment.")]
Generation = Annotated[int, typer.Option(min=0, help="Its generation.")]
Attempt = Annotated[int, typer.Option(min=0, help="Attempt at that generation.")]
Work = Annotated[str, typer.Option(help="Prefix of the run's objects; default work/UID/GENERATION-ATTEMPT.")]
OutputsFolder = Annotated[
    Path, typer.Option("--outputs", help="Folder for the step's results, one file each.")
]
Objects = Annotated[str, typer.Option(help="s3: the stores of the settings; file:DIR: embedded ones.")]
TerminationLog = Annotated[Path, typer.Option(help="File that gets the failure, if it can be written.")]


def _common(
    enrichment: Enrichment = "default/by-hand",
    uid: Uid = "by-hand",
    generation: Generation = 1,
    attempt: Attempt = 1,
    work: Work = "",
    outputs: OutputsFolder = Path(contract.OUTPUTS_FOLDER),
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """The options that every step has."""


def step(node: Node) -> Callable[[Step], Step]:
    """Register a function as `otakube step NODE`; its keywords become options beside the common ones."""

    def register(function: Step) -> Step:
        own = [p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]
        common = list(inspect.signature(_common).parameters.values())

        def command(**options: Any) -> None:
            shared = {parameter.name: options.pop(parameter.name) for parameter in common}
            execute(node, lambda wiring, run: function(wiring, run, **options), **shared)

        parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in [*own, *common]]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
        command.__annotations__ = {p.name: p.annotation for p in parameters}
        command.__doc__ = function.__doc__
        app.command(node.value)(command)
        STEPS[node] = function
        return function

    return register


def execute(
    node: Node,
    body: Callable[[Wiring, Run], Awaitable[Outputs]],
    *,
    enrichment: str,
    uid: str,
    generation: int,
    attempt: int,
    work: str,
    outputs: Path,
    objects: str,
    termination_log: Path,
) -> None:
    """Run a step to its exit status; failures go to standard error and to the termination log."""
    run = Run(enrichment, uid, generation, attempt, work or contract.work_prefix(uid, generation, attempt))
    logs.start(step=node.value, enrichment=enrichment, run=run.work)
    with pod_exits(termination_log):
        write_outputs(outputs, asyncio.run(_run(body, run, objects)))


async def _run(body: Callable[[Wiring, Run], Awaitable[Outputs]], run: Run, objects: str) -> Outputs:
    async with Wiring(objects) as wiring:
        return await body(wiring, run)


AnimeId = Annotated[str, typer.Option(help="Our id of the anime (ani_...).")]
SourceUrls = Annotated[str, typer.Option(help="Its pages at the providers, as a JSON list.")]
Title = Annotated[str, typer.Option(help="Its title, looked up at the providers.")]
Year = Annotated[
    str, typer.Option(help="Year of its first broadcast, to tell namesakes apart; may be empty.")
]
Type = Annotated[str, typer.Option(help="TV, Movie, OVA, ONA, Special or Music, likewise.")]
Providers = Annotated[
    str, typer.Option(help="Providers to ask, as a JSON list; empty: all that are switched on.")
]
Accelerator = Annotated[
    str, typer.Option(help="Processor that embeds: CPU, GPU, or Auto for a GPU where there is one.")
]
Mode = Annotated[
    str, typer.Option(help="FullEnrichment, or EpisodeUpdate: fresh episodes on the stored entry.")
]
Digest = Annotated[str, typer.Option(help="Digest of the reviewed record: an output of `assemble`.")]
SuggestionsDigest = Annotated[
    str, typer.Option(help="Digest of the reviewed suggestions, likewise; needed where any is accepted.")
]
Accepted = Annotated[
    str, typer.Option(help="Ids of the suggestions that a person takes over, as a JSON list.")
]
Episode = Annotated[
    str, typer.Option(help="Number of the episode that must be out; empty: take what there is.")
]
RollbackTo = Annotated[
    str, typer.Option(help="Version of the entry to bring back; empty: ask the providers.")
]
ReviewPolicy = Annotated[str, typer.Option(help="Required, OnLowConfidence or Never.")]


@step(Node.FETCH)
async def fetch(
    wiring: Wiring,
    run: Run,
    *,
    anime_id: AnimeId = "",
    source_urls: SourceUrls = "[]",
    title: Title = "",
    year: Year = "",
    type: Type = "",
    mode: Mode = "FullEnrichment",
    episode: Episode = "",
    rollback_to: RollbackTo = "",
    providers: Providers = "[]",
    review_policy: ReviewPolicy = "Required",
) -> Outputs:
    """Ask every provider what it knows of an anime; keep the answers as received, and converted.

    Example: otakube step fetch --title "Mushishi" --objects file:/tmp/bucket --outputs /tmp/outputs
    """
    if rollback_to:
        from otakube.steps.fetch.earlier_version import fetch_earlier_version

        return await fetch_earlier_version(
            await wiring.stores.objects(),
            await wiring.stores.catalogue(),
            entry_id=anime_id,
            version=rollback_to,
            work_prefix=run.work,
            terms=(wiring.licences(), datetime.now(UTC)),
        )
    from otakube.commit.claims import PageClaims
    from otakube.steps.fetch.resolve import FetchRequest
    from otakube.steps.fetch.step import Memory, fetch

    async def claims() -> PageClaims:
        return PageClaims(
            identities=await wiring.stores.identities(),
            ledger=await wiring.stores.ledger(),
            run=run.work,
            lease_seconds=wiring.settings.lease_seconds,
            clock=lambda: datetime.now(UTC),
        )

    request = FetchRequest.parse(
        anime_id=anime_id, source_urls=source_urls, title=title, year=year, type_=type, providers=providers
    )
    outputs = await fetch(
        request,
        await wiring.providers(within=PERMITS_WITHIN.total_seconds()),
        await wiring.stores.objects(),
        Memory(
            claims=claims,
            catalogue=wiring.stores.catalogue,
            listings=wiring.stores.listings,
            history=wiring.stores.history,
            locks=wiring.stores.locks,
        ),
        work_prefix=run.work,
        uid=run.uid,
        episode=int(episode) if episode else None,
        quorum=wiring.settings.provider_quorum,
        mode=mode,
        review_policy=review_policy,
    )
    processing = await wiring.stores.processing_locks()  # a dataset sync passes the entry over
    await processing.take(outputs[contract.Output.ENTRY_ID], run.work, now=datetime.now(UTC))
    return outputs


@step(Node.STAGE)
async def stage(wiring: Wiring, run: Run, *, mode: Mode = "FullEnrichment") -> Outputs:
    """Merge the converted answers in five stages, each kept as a checkpoint.

    Example: otakube step stage --objects file:/tmp/bucket --outputs /tmp/outputs
    """
    from otakube.steps.stage.step import stage

    return await stage(
        await wiring.stores.objects(),
        work_prefix=run.work,
        mode=mode,
        licences=wiring.licences(),
    )


@step(Node.ASSEMBLE)
async def assemble(
    wiring: Wiring,
    run: Run,
    *,
    mode: Mode = "FullEnrichment",
    review_policy: ReviewPolicy = "Required",
) -> Outputs:
    """Mirror the images into the bucket, then assemble and validate the golden record.

    Example: otakube step assemble --review-policy Never --objects file:/tmp/bucket --outputs /tmp/outputs
    """
    from otakube.steps.assemble.step import ReviewSettings, assemble

    async with wiring.image_source() as source:
        return await assemble(
            await wiring.ingester(source),
            await wiring.stores.objects(),
            work_prefix=run.work,
            mode=mode,
            review=ReviewSettings(review_policy, wiring.settings.review_confidence_threshold),
            suggester=wiring.suggester(),
        )


@step(Node.EMBED)
async def embed(
    wiring: Wiring,
    run: Run,
    *,
    accelerator: Accelerator = "Auto",
    digest: Digest = "",
    suggestions_digest: SuggestionsDigest = "",
    accepted: Accepted = "[]",
    reviewer: Annotated[str, typer.Option(help="Who accepted them.")] = "",
) -> Outputs:
    """Turn the reviewed record's texts into vectors.

    Example: otakube step embed --digest "$(cat /tmp/outputs/digest)" --objects file:/tmp/bucket
    """
    from otakube.adapters.embedding.processors import read_accelerator
    from otakube.steps.embed.step import embed
    from otakube.steps.reviewed import ReviewAnswer, accepted_ids

    answer = ReviewAnswer(
        digest=digest,
        suggestions_digest=suggestions_digest,
        accepted=accepted_ids(accepted),
        reviewer=reviewer,
    )
    embedder = wiring.text_embedder(read_accelerator(accelerator))
    return await embed(await wiring.stores.objects(), embedder, answer, work_prefix=run.work)


@step(Node.COMMIT)
async def commit(
    wiring: Wiring,
    run: Run,
    *,
    digest: Digest = "",
    suggestions_digest: SuggestionsDigest = "",
    accepted: Accepted = "[]",
    decision: Annotated[str, typer.Option(help="approve, or automatic where no review was asked for.")] = "",
    note: Annotated[str, typer.Option(help="What the reviewer wrote.")] = "",
    reviewer: Annotated[str, typer.Option(help="Who decided.")] = "",
) -> Outputs:
    """Make the golden record live in document store, vector store and bucket, whole or not at all.

    Example: otakube step commit --decision approve --reviewer ada --digest "$(cat /tmp/outputs/digest)"
    """
    stores = await wiring.stores.commit_stores()
    from otakube.commit.saga import commit
    from otakube.maintenance.merge_locks import remember
    from otakube.steps.commit.step import read_commit
    from otakube.steps.reviewed import ReviewAnswer, accepted_ids

    answer = ReviewAnswer(
        digest=digest,
        suggestions_digest=suggestions_digest,
        accepted=accepted_ids(accepted),
        reviewer=reviewer,
    )
    request = await read_commit(stores.objects, answer, work_prefix=run.work, decision=decision, note=note)
    settings = wiring.settings
    done = await commit(
        stores,
        request,
        collection=settings.qdrant_collection,
        lease_seconds=settings.lease_seconds,
        clock=lambda: datetime.now(UTC),
    )
    await remember(await wiring.stores.locks(), request, at=datetime.now(UTC))
    return done


@step(Node.CONCLUDE)
async def conclude(
    wiring: Wiring,
    run: Run,
    *,
    status: Annotated[
        str, typer.Option(help="Status of the workflow: Succeeded, Failed or Error.")
    ] = "Succeeded",
    failures: Annotated[str, typer.Option(help="Its failed nodes, as Argo's JSON list.")] = "[]",
    waited: Annotated[
        str, typer.Option(help="What a pod waited for that did not start, as STEP: REASON: MESSAGE.")
    ] = "",
    title: Title = "",
) -> Outputs:
    """Remove a finished run's objects, or keep a dead letter of a failed one.

    Example: otakube step conclude --status Succeeded --objects file:/tmp/bucket
    """
    from otakube.steps.conclude.step import Ended, conclude

    ended = Ended(**run._asdict(), status=status, failures=failures, waited=waited, title=title)
    stores = wiring.stores
    outputs = await conclude(await stores.objects(), stores.dead_letters, stores.ledger, ended)
    with suppress(Retriable):  # a document store that is away: the lock ends by the clock
        await (await stores.processing_locks()).release(run.work)
    return outputs
