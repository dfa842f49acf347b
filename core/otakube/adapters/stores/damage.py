# SPDX-License-Identifier: Apache-2.0
"""Stored records that are not what was written: somebody's hand, a disk, or a release long gone."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import ValidationError

from otakube import logs
from otakube.errors import Damaged

Stored = TypeVar("Stored", bound=Mapping[str, Any])
Read = TypeVar("Read")


@contextmanager
def intact(entry_id: str) -> Iterator[None]:
    """Turn a record that does not validate, or lacks a part, into Damaged."""
    try:
        yield
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"])) or "record"
        raise _damaged(entry_id, f"{where}: {fault['msg']}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(entry_id, type(error).__name__) from error


def all_intact(found: Iterable[Stored], key: str, read: Callable[[Stored], Read]) -> list[Read]:
    """Those that can be read; a damaged one is left out of a list of many, and named in the log."""
    whole: list[Read] = []
    for one in found:
        try:
            with intact(one[key]):
                whole.append(read(one))
        except Damaged as error:
            logs.logger().error("left out", message=str(error))
    return whole


def _damaged(entry_id: str, fault: str) -> Damaged:
    cure = f"restore it from its copy below audit/{entry_id}/ in the bucket"
    return Damaged(f"the stored record of {entry_id}", fault, cure)
