# SPDX-License-Identifier: Apache-2.0
"""The processes of a schedule: runs that claim their pages and commit, as Argo retries them, and scrubs."""

import json
from dataclasses import dataclass, field
from datetime import timedelta

from drill import records
from drill.checker import Content
from drill.faults import enter, faulty_stores
from drill.judge import Acknowledged, Judge
from drill.places import Place
from drill.schedule import Actor, Schedule
from drill.scheduler import Process, Scheduler
from otakube.commit.claims import PageClaims
from otakube.commit.recovery import CommitStores
from otakube.commit.saga import commit
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Commit, VectorSet
from otakube.errors import Fatal, Retriable
from otakube.maintenance.audit import audit
from otakube.maintenance.expire import Expiry
from otakube.maintenance.scrub import Finding, Outcome, Scrub, finish
from otakube_api.contract import Provider

LEASE_SECONDS = 120
GRACE = timedelta(hours=24)
POSTER = "d" * 64
# Points that a process has passed which may change what readers see without a further compare-and-set.
PAST_S5 = {"S5.before", "S6.before"}
SITES = ("myanimelist.net", "anilist.co", "kitsu.app", "anidb.net")


@dataclass
class Cast:
    """All processes over one place."""

    schedule: Schedule
    place: Place
    scheduler: Scheduler
    judge: Judge
    owned: dict[str, str] = field(default_factory=dict)  # entry by actor, once it has claimed its pages

    async def play(self) -> None:
        """Run the schedule to its end; what does not end well is found later."""
        self.place.raw.put(f"images/{POSTER}.png", b"\x89PNG drill")
        if self.schedule.live_before:
            self.start(Actor(name="run 0", begins=0, revision=9, pages=(0, 1)))
            await self.scheduler.run()
        for actor in self.schedule.actors:
            self.start(actor, steps=actor.begins)
        if self.schedule.restore_at is not None and self.schedule.backup_at is not None:
            self.scheduler.later(self.schedule.backup_at, "the document store is backed up", self.backup)
        await self.scheduler.run()

    def start(self, actor: Actor, *, steps: int = 0, seconds: float = 0) -> None:
        """One attempt of an actor."""
        faults = [fault for fault in self.schedule.faults if fault.victim == actor.name]
        self._attempt(
            actor, Process(actor.name, timedelta(seconds=actor.skew_seconds), faults), steps, seconds
        )

    def _attempt(self, actor: Actor, process: Process, steps: int, seconds: float) -> None:
        if actor.pages and actor.replaced:
            process.replace = lambda: self._replace(actor, process)
        process.scrubs = not actor.pages
        body = self._scrub if process.scrubs else self._run
        self.scheduler.start(process, lambda: body(actor, process), steps=steps, seconds=seconds)

    def _replace(self, actor: Actor, gone: Process) -> None:
        """Argo has lost sight of the pod: the next attempt runs, whether that one wakes up or not."""
        gone.replace = None
        follows = Process(f"{actor.name}'", gone.skew, gone.faults)
        self._attempt(actor, follows, steps=0, seconds=self.scheduler.source.choice((5, 30, 150)))

    async def _run(self, actor: Actor, process: Process) -> None:
        enter(process)
        stores = faulty_stores(self.place.stores, process, self.scheduler, self.judge.watch)
        for _ in range(actor.attempts):
            try:
                await self._commit(actor, process, stores)
            except Fatal as error:
                return self.scheduler.note(process, f"gives up: {error}")
            except Retriable as error:
                self.scheduler.note(process, f"comes back later: {error}")
                await self.scheduler.pause(process, seconds=self.scheduler.source.choice((20, 60, 130)))
            else:
                return None
        return None

    async def _commit(self, actor: Actor, process: Process, stores: CommitStores) -> None:
        """The steps fetch and commit of a run, as far as the stores are concerned."""
        entry_id = self.owned.get(actor.name)
        if entry_id is None:
            proposed = records.made_id("ani", f"{self.schedule.seed} {actor.name}")
            claims = PageClaims(
                identities=stores.identities,
                ledger=stores.ledger,
                run=run_name(actor),
                lease_seconds=LEASE_SECONDS,
                clock=lambda: self.scheduler.clock(process),
            )
            entry_id, _ = await claims.claim(pages(actor), proposed)
            self.owned[actor.name] = entry_id
        request = self.request(actor, entry_id)
        outputs = await commit(
            stores,
            request,
            collection=self.place.collection,
            lease_seconds=LEASE_SECONDS,
            clock=lambda: self.scheduler.clock(process),
        )
        self.scheduler.note(process, f"is told version {outputs['version']}")
        self.judge.acknowledged.append(Acknowledged(request.run, {str(k): v for k, v in outputs.items()}))

    def request(self, actor: Actor, entry_id: str) -> Commit:
        """A run's record for the entry that its pages belong to, noted for the judge."""
        made = records.golden(entry_id, actor.revision, images={POSTER: f"images/{POSTER}.png"})
        made["entry"]["sources"] = pages(actor)
        golden = GoldenRecord.model_validate_json(records.body(made))
        digest, run = handover.digest(golden), run_name(actor)
        content = json.loads(golden.model_dump_json())
        vectors = records.vectors(content, digest)
        self.judge.entries.add(entry_id)
        self.judge.contents[digest] = Content(run, content, vectors)
        if self.schedule.licence_over:
            left = Content(f"licence/{run}", records.without_genres(content), vectors)
            self.judge.contents[left.digest] = left
        if actor.decision == "reject":
            self.judge.rejected.add(run)
        return Commit(
            record=golden,
            vectors=VectorSet.model_validate_json(records.body(vectors)),
            digest=digest,
            run=run,
            decision=actor.decision,
            note="",
            reviewer="ilse",
        )

    async def _scrub(self, actor: Actor, process: Process) -> None:
        enter(process)
        stores = faulty_stores(self.place.stores, process, self.scheduler, self.judge.watch)
        scrub = Scrub(stores=stores, clock=lambda: self.scheduler.clock(process))
        try:
            await finish(scrub)
            if actor.full:
                await audit(scrub, blobs_older_than=GRACE, expiry=self._expiry(scrub))
        except Retriable as error:
            self.scheduler.note(process, f"a store is away: {error}")
        self.scheduler.note(process, f"found {format_findings(scrub.report.findings)}")

    def _expiry(self, scrub: Scrub) -> Expiry:
        """Make versions without the values of a provider whose licence is over, if the schedule says so."""
        over = [Provider.KITSU] if self.schedule.licence_over else []
        collection = self.place.collection
        return Expiry(scrub=scrub, unstorable=over, collection=collection, lease_seconds=LEASE_SECONDS)

    async def backup(self) -> None:
        """Keep the document store, and put it back later."""
        kept, known = self.place.backup(), self.judge.backup()
        steps = (self.schedule.restore_at or 0) - (self.schedule.backup_at or 0)

        async def restore() -> None:
            for process in self.scheduler.processes:
                if not process.over and (process.scrubs or PAST_S5 & process.passed):
                    self.kill(process)
            self.scheduler.lose(lambda port: port not in {"vectors", "objects"})
            self.place.restore(kept)
            self.judge.restore(known)

        self.scheduler.later(steps, "the document store is restored", restore)

    def kill(self, process: Process) -> None:
        """End a process before the backup is put back, as whoever restores does with all that he sees.

        Runs that are not past S5 may sleep where nobody sees them, and wake up later.
        """
        process.dead = True
        self.scheduler.note(process, "is killed")
        if process.replace:
            process.replace()

    async def tidy(self) -> None:
        """When leases are over: the scrubber, then twice in full; the second time it finds nothing."""
        for _ in range(6):
            self.scheduler.now += timedelta(minutes=15)
            findings = await self._clean(full=False)
            if not any(found.outcome is Outcome.HELD for found in findings):
                break
        else:
            self.judge.found.append(f"I8: still held: {format_findings(findings)}")
        failed = unrepaired(await self._clean(full=True))
        if failed and self.judge.restored:
            await self._enrich_again({one.subject for one in failed if one.outcome is Outcome.FAILED})
            failed = unrepaired(await self._clean(full=True))
        if failed:
            self.judge.found.append(f"scrub: cannot repair {format_findings(failed)}")
        elif again := await self._clean(full=True):
            self.judge.found.append(f"scrub: finds more the second time: {format_findings(again)}")

    async def _clean(self, *, full: bool) -> list[Finding]:
        scrub = Scrub(stores=self.place.stores, clock=lambda: self.scheduler.now)
        await finish(scrub)
        if full:
            for entry_id in sorted(self.judge.entries):
                self.judge.look(entry_id, "the scrub")
            await audit(scrub, blobs_older_than=timedelta(), expiry=self._expiry(scrub))
        self.scheduler.note("cleaner", f"found {format_findings(scrub.report.findings)}")
        return scrub.report.findings

    async def _enrich_again(self, subjects: set[str]) -> None:
        """The cure that the scrubber names."""
        for entry_id in sorted(subjects & self.judge.entries):
            sources = self.place.raw.entry(entry_id)["record"]["entry"]["sources"]
            shown = tuple(number for number, page in enumerate(map(page_url, range(4))) if page in sources)
            actor = Actor(name=f"again {entry_id[-4:]}", begins=0, revision=20, pages=shown)
            self.owned[actor.name] = entry_id
            self.start(actor)
            await self.scheduler.run()


def unrepaired(findings: list[Finding]) -> list[Finding]:
    """The findings that are left."""
    return [found for found in findings if found.outcome is not Outcome.REPAIRED]


def run_name(actor: Actor) -> str:
    """The work prefix of a run: it owns the leases of all its attempts."""
    return f"work/{actor.name}/1-1"


def pages(actor: Actor) -> list[str]:
    """URLs of the pages that a run found."""
    return [page_url(number) for number in actor.pages]


def page_url(number: int) -> str:
    """One page a site."""
    return f"https://{SITES[number]}/anime/{number + 1}"


def format_findings(findings: list[Finding]) -> str:
    """All findings in a line."""
    return (
        "; ".join(f"{f.damage} {f.subject[-8:]} {f.detail[:200]} {f.outcome}" for f in findings) or "nothing"
    )
