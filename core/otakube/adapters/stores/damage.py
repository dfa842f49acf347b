# SPDX-License-Identifier: Apache-2.0
"""Stored documents that are not what was written: somebody's hand, a disk, or a release long gone."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import ValidationError

from otakube import logs
from otakube.errors import Damaged

Stored = TypeVar("Stored", bound=Mapping[str, Any])
Read = TypeVar("Read")


@contextmanager
def intact(what: str, cure: str) -> Iterator[None]:
    """Turn what does not validate, or lacks a part, into Damaged."""
    try:
        yield
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"])) or "it"
        raise Damaged(what, f"{where}: {fault['msg']}", cure) from error
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(what, type(error).__name__, cure) from error


@contextmanager
def intact_record(entry_id: str) -> Iterator[None]:
    """The same of an entry's record."""
    cure = f"restore it from its copy below audit/{entry_id}/ in the bucket"
    with intact(f"the stored record of {entry_id}", cure):
        yield


def all_intact(found: Iterable[Stored], key: str, read: Callable[[Stored], Read]) -> list[Read]:
    """Records that can be read; a damaged one is left out of a list of many, and named in the log."""
    whole: list[Read] = []
    for one in found:
        try:
            with intact_record(one[key]):
                whole.append(read(one))
        except Damaged as error:
            logs.logger().error("left out", message=str(error))
    return whole
