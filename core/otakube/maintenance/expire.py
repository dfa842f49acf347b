# SPDX-License-Identifier: Apache-2.0
"""Takes values out of live entries whose licence does not let them be kept any longer; a part of the scrub.

Each entry gets a new version without them by the commit's own protocol, and its audit copies lose them too.
"""

from collections.abc import Collection
from dataclasses import dataclass

import orjson
from pydantic import ValidationError

from otakube.commit.lease import fenced
from otakube.commit.recovery import vectors_key
from otakube.commit.saga import commit
from otakube.domain.licences.expiry import without_expired
from otakube.domain.licences.redaction import Withheld
from otakube.domain.publish.passages import TEXT_LIMIT, character_text, episode_text, title_block
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Commit, Point, VectorSet
from otakube.errors import Fatal
from otakube.maintenance.scrub import Damage, Outcome, Scrub
from otakube.ports.catalogue import LiveEntry
from otakube.ports.objects import Prefix
from otakube.ports.rows import StoredEntry
from otakube_api.contract import Decision, FailureReason, Provider

REVIEWER = "licence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """`unstorable` are providers whose licence lets nothing be stored any more."""

    scrub: Scrub
    unstorable: Collection[Provider]
    collection: str
    lease_seconds: float


async def expire(expiry: Expiry, stored: StoredEntry) -> bool:
    """Look at one entry; True if it may have another version now.

    One that a commit is at work on is left to the next scrub.
    """
    scrub, live = expiry.scrub, stored.live
    if live is None or stored.state.lease:
        return False
    left, removed = without_expired(live.record, scrub.clock(), expiry.unstorable)
    if left is live.record:
        return False
    detail = format_removed(removed)
    if left is None:
        cure = f"{detail}; nothing else names it: enrich it again, so that another provider does"
        scrub.found(Damage.LICENCE_EXPIRED, live.entry_id, cure, Outcome.FAILED)
        return False
    async with scrub.repairing(Damage.LICENCE_EXPIRED, live.entry_id, detail) as go:
        if go:
            # Copies first: once the live version is without them, nobody looks at the entry again.
            await redact(expiry, live.entry_id)
            await publish(expiry, live, left)
    return not scrub.dry_run


async def publish(expiry: Expiry, live: LiveEntry, left: GoldenRecord) -> None:
    """Make what is left the live version, with the vectors of the texts that are left."""
    stores, digest = expiry.scrub.stores, handover.digest(left)
    try:
        vectors = VectorSet.model_validate_json(await stores.objects.get(vectors_key(live)))
    except (KeyError, ValidationError) as error:
        state = await stores.ledger.state(live.entry_id)
        if state is None or state.live_version != live.version:  # they went with their version
            raise await fenced(stores.ledger, live.entry_id) from error
        message = f"{vectors_key(live)} cannot be read; enrich the entry again"
        raise Fatal(FailureReason.INPUT_MISSING, message) from error
    request = Commit(
        record=left,
        vectors=vectors.model_copy(
            update={"golden_digest": digest, "points": remaining(vectors.points, live.record, left)}
        ),
        digest=digest,
        run=f"licence/{live.entry_id}/{live.version}",
        decision=Decision.AUTOMATIC.value,
        note="values whose licence has expired were removed",
        reviewer=REVIEWER,
    )
    await commit(
        stores,
        request,
        collection=expiry.collection,
        lease_seconds=expiry.lease_seconds,
        clock=expiry.scrub.clock,
        claim=False,
        replaces=live.version,
    )


def remaining(points: list[Point], before: GoldenRecord, left: GoldenRecord) -> list[Point]:
    """The points whose texts are the same in what is left, under the numbers that they have there.

    The title's stays as it is, so that the entry is found; the words that it shows are those that are left.
    """
    numbers = {
        "character": _same_rows(
            [(one.id, character_text(one)) for one in before.characters],
            [(one.id, character_text(one)) for one in left.characters],
        ),
        "episode": _same_rows(
            [(one.id, episode_text(one)) for one in before.episodes],
            [(one.id, episode_text(one)) for one in left.episodes],
        ),
    }
    kept = []
    for point in points:
        if point.kind == "title":
            kept.append(point.model_copy(update={"text": title_block(left.entry)[:TEXT_LIMIT]}))
        elif point.kind == "synopsis" and before.entry.synopsis == left.entry.synopsis:
            kept.append(point)
        elif (number := numbers.get(point.kind, {}).get(point.number)) is not None:
            kept.append(point.model_copy(update={"number": number}))
    return kept


def _same_rows(before: list[tuple[str, str]], left: list[tuple[str, str]]) -> dict[int, int]:
    """Old number -> new number of the rows whose text is the same."""
    places = {row: number for number, row in enumerate(left)}
    return {number: places[row] for number, row in enumerate(before) if row in places}


async def redact(expiry: Expiry, entry_id: str) -> None:
    """The copies of the versions that were live lose the same values; one that cannot be read loses all."""
    objects, now = expiry.scrub.stores.objects, expiry.scrub.clock()
    async for key in objects.list(f"{Prefix.AUDIT}{entry_id}/"):
        copy = orjson.loads(await objects.get(key))
        if copy["record"] is None:
            continue
        try:
            record = GoldenRecord.model_validate_json(orjson.dumps(copy["record"]))
            left = without_expired(record, now, expiry.unstorable).record
        except ValidationError:
            record, left = None, None
        if left is None or left is not record:
            copy["record"] = left.model_dump(mode="json") if left else None
            await objects.put(key, orjson.dumps(copy, option=orjson.OPT_SORT_KEYS))


def format_removed(removed: Collection[Withheld]) -> str:
    """The removed values, as a sentence."""
    fields = ", ".join(f"{one.field} ({one.count})" for one in removed) or "names of providers"
    reasons = "; ".join(dict.fromkeys(one.reason for one in removed))
    return f"{fields}{': ' if reasons else ''}{reasons}"[:500]
