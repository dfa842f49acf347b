# SPDX-License-Identifier: Apache-2.0
"""Orders to take images down: given, lifted, and copied to where they outlive the document store.

That store is asked at each ingest and commit. The copies in the bucket, and beside snapshots elsewhere, are
for the day on which it is restored from a time before an order.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from otakube.errors import Damaged, Fatal
from otakube.ports.objects import ObjectStore, Prefix
from otakube.ports.take_downs import TakeDown, TakeDowns
from otakube_api.contract import FailureReason

_ORDER = TypeAdapter(TakeDown)
_CONTENT = re.compile(r"(?:images/)?([0-9a-f]{64})(?:\.[a-z0-9]{1,5})?")


class Subject(NamedTuple):
    """An image as a person names it: by its content's hash, or by the URL that it came from."""

    sha256: str | None = None
    url: str | None = None

    def is_of(self, order: TakeDown) -> bool:
        """True if an order is about it."""
        return self.sha256 == order.sha256 if self.sha256 else self.url in order.urls


def read_subject(text: str, public_base: str) -> Subject:
    """A hash, a bucket key, a URL of our own below `public_base`, or the URL that an image came from."""
    own = f"{public_base.rstrip('/')}/" if public_base else ""
    inner = text.removeprefix(own) if own else text
    if found := _CONTENT.fullmatch(inner):
        return Subject(sha256=found[1])
    if re.fullmatch(r"https?://[^\s]{1,2040}", text):
        return Subject(url=text)
    raise Fatal(
        FailureReason.SETTINGS_INVALID,
        f"the image is {text!r:.200}: give its SHA-256 (64 digits 0-9a-f, as in `otakube entry images`), "
        "its key images/HASH.EXT, or the http(s) URL that it came from",
    )


def new_order(sha256: str | None, urls: Iterable[str], *, reason: str, by: str, now: datetime) -> TakeDown:
    """An order, named by its time and subject."""
    known = tuple(sorted(set(urls)))
    if not reason.strip():
        raise Fatal(FailureReason.SETTINGS_INVALID, "--reason is empty: say why, for those who ask later")
    tail = hashlib.sha256((sha256 or known[0]).encode()).hexdigest()[:12]
    return TakeDown(
        id=f"{now:%Y%m%dT%H%M%SZ}-{tail}",
        sha256=sha256,
        urls=known,
        reason=reason[:1000],
        by=by[:200],
        at=now,
    )


def lifted(order: TakeDown, *, reason: str, by: str, now: datetime) -> TakeDown:
    """The order, lifted."""
    return replace(order, lifted_at=now, lifted_by=by[:200], lifted_reason=reason[:1000])


def copy_key(order_id: str) -> str:
    """Bucket key of an order's copy."""
    return f"{Prefix.TAKE_DOWNS}{order_id}.json"


async def give(take_downs: TakeDowns, places: Sequence[ObjectStore], order: TakeDown) -> None:
    """Let an order stand, or be lifted, in the document store first, since ingests ask there."""
    await take_downs.put([order])
    for place in places:
        await place.put(copy_key(order.id), _ORDER.dump_json(order))


async def copy_orders(take_downs: TakeDowns, place: ObjectStore) -> None:
    """Let a place have every order that it lacks, or has as it was before it was lifted."""
    there = {one.id: one for one in await read_copies(place)}
    for order in await take_downs.all():
        if there.get(order.id) != order:
            await place.put(copy_key(order.id), _ORDER.dump_json(order))


async def read_copies(place: ObjectStore) -> list[TakeDown]:
    """The orders of a place; Damaged for one that cannot be read: nothing is restored past it."""
    found = []
    async for key in place.list(Prefix.TAKE_DOWNS):
        try:
            found.append(_ORDER.validate_json(await place.get(key)))
        except ValidationError as error:
            cure = "delete it, and give the order again by `otakube images take-down`"
            raise Damaged(key, f"{error.error_count()} faults", cure) from error
    return found


async def all_orders(take_downs: TakeDowns, places: Sequence[ObjectStore]) -> list[TakeDown]:
    """Every order, wherever it is known; lifted if it is lifted anywhere."""
    orders: dict[str, TakeDown] = {}
    for order in [*await take_downs.all(), *[one for place in places for one in await read_copies(place)]]:
        if order.id not in orders or order.lifted_at:
            orders[order.id] = order
    return list(orders.values())
