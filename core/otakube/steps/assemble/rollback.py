# SPDX-License-Identifier: Apache-2.0
"""An earlier version as the record of a run: its content, its images as mirrored now, what would change."""

from otakube.domain.merge.assembly import Mirror, with_images, with_mirror
from otakube.domain.publish.changes import Change, changes
from otakube.domain.record.golden import SCHEMA_VERSION, GoldenRecord, Image
from otakube.domain.record.handover import EarlierVersion, FetchSummary

SHOWN = 100  # differences that the review lists


class Rollback:
    """One earlier version to bring back, against the live one."""

    def __init__(self, earlier: EarlierVersion, live: GoldenRecord, summary: FetchSummary) -> None:
        self.summary = summary
        self._earlier = earlier
        self._live = live

    def source_urls(self) -> list[str]:
        """Every image that the record will show, each once."""
        record = self._earlier.record
        images: list[Image | None] = [*record.entry.images]
        images += [one.image for one in record.characters]
        images += [one.image for one in record.episodes]
        return list(dict.fromkeys(image.source_url for image in images if image))

    def record(self, mirror: Mirror) -> GoldenRecord:
        """The record, whose findings say what going back would change."""
        record = self._earlier.record
        images = [with_mirror(image, mirror) for image in record.entry.images]
        entry = {"images": images, "schema_version": SCHEMA_VERSION}
        found = changes(self._live, record)
        return record.model_copy(
            update={
                "entry": record.entry.model_copy(update=entry),
                "episodes": with_images(record.episodes, mirror),
                "characters": with_images(record.characters, mirror),
                "findings": [self._heading(), *map(describe_change, found[:SHOWN])],
                "assembled_at": self.summary.fetched_at,
            }
        )

    def _heading(self) -> str:
        one = self._earlier
        return f"version {one.version} of {one.committed_at:%Y-%m-%d %H:%M} would replace {one.live_version}"


def describe_change(change: Change) -> str:
    """One difference as before -> after."""
    return f"{change.field}: {change.before} -> {change.after}"[:500]
