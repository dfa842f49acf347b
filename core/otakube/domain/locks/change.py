# SPDX-License-Identifier: Apache-2.0
"""Change of the merge locks, as it travels to the cluster, and its result."""

import gzip
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from io import BytesIO

from pydantic import Field, ValidationError

from otakube.domain.locks.file import describe_fault
from otakube.domain.locks.lock import AnyLock, Lock
from otakube.domain.record.golden import Record

UNPACKED_LIMIT_BYTES = 8 * 2**20
"""Of JSON, so that a document of the store holds it; a change that fits a parameter has a fiftieth of that,
unless it was made to burst."""

PAYLOAD_LIMIT = 32 * 2**10
"""Characters of one parameter. Argo hands a pod its template twice over in one environment variable, in which
Linux admits 128 KiB."""


class LockChange(Record):
    """Change of the locks: remove first, then set."""

    remove: list[str] = Field(default=[], max_length=10_000)
    set: list[AnyLock] = Field(default=[], max_length=10_000)


class LockChangeResult(Record):
    """Result of a change, real or simulated."""

    added: int
    unchanged: int
    removed: int
    missing: list[str]  # ids that were to be removed and are not there
    dry_run: bool


def pack(change: LockChange) -> str:
    """A change as a parameter: Argo evaluates double braces, so it travels as base64 of gzip of JSON."""
    return b64encode(gzip.compress(change.model_dump_json().encode(), mtime=0)).decode()


def unpack(payload: str) -> LockChange:
    """The change in a parameter; ValueError says why it is none."""
    try:
        with gzip.GzipFile(fileobj=BytesIO(b64decode(payload, validate=True))) as split_to_payloads:
            said = split_to_payloads.read(UNPACKED_LIMIT_BYTES + 1)
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise ValueError(f"it is no base64 of gzip: {error}; `otakube locks` packs it") from error
    if len(said) > UNPACKED_LIMIT_BYTES:
        raise ValueError(f"it holds more than {UNPACKED_LIMIT_BYTES} bytes; send less at once")
    try:
        return LockChange.model_validate_json(said)
    except ValidationError as error:
        raise ValueError(describe_fault(error)) from error


def split_to_payloads(locks: Sequence[Lock]) -> Iterator[tuple[int, str]]:
    """Locks as payloads that fit a parameter each, with the number of locks in each."""
    payload = pack(LockChange(set=list(locks[:10_000])))
    if len(payload) <= PAYLOAD_LIMIT and len(locks) <= 10_000:
        yield len(locks), payload
    elif len(locks) == 1:
        raise ValueError(f"one lock alone has {len(payload)} characters packed; {PAYLOAD_LIMIT} are sent")
    else:
        middle = len(locks) // 2
        yield from split_to_payloads(locks[:middle])
        yield from split_to_payloads(locks[middle:])
