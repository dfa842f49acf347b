# SPDX-License-Identifier: Apache-2.0
"""All images of a record, and the record without some of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from otakube.domain.record.golden import CharacterEntry, EpisodeDetailEntry, GoldenRecord, Image

Illustrated = TypeVar("Illustrated", EpisodeDetailEntry, CharacterEntry)
Chosen = Callable[[Image], bool]
Changed = Callable[[Image], Image | None]


def images_of(record: GoldenRecord) -> Iterator[Image]:
    """Every image of a record: the entry's, the characters', the episodes'."""
    yield from record.entry.images
    yield from (character.image for character in record.characters if character.image)
    yield from (episode.image for episode in record.episodes if episode.image)


def without_images(record: GoldenRecord, gone: Chosen) -> GoldenRecord:
    """The record without these images; itself if it shows none of them."""
    return with_changed_images(record, lambda image: None if gone(image) else image)


def with_changed_images(record: GoldenRecord, change: Changed) -> GoldenRecord:
    """The record with each image as `change` has it, None removes one; itself if nothing changes."""
    if all(change(image) is image for image in images_of(record)):
        return record
    images = [changed for image in record.entry.images if (changed := change(image))]
    return record.model_copy(
        update={
            "entry": record.entry.model_copy(update={"images": images}),
            "episodes": _rows(record.episodes, change),
            "characters": _rows(record.characters, change),
        }
    )


def _rows(rows: Sequence[Illustrated], change: Changed) -> list[Illustrated]:
    return [one.model_copy(update={"image": change(one.image)}) if one.image else one for one in rows]
