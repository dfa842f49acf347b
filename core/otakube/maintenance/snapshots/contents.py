# SPDX-License-Identifier: Apache-2.0
"""The one table of what a snapshot holds, and of what it leaves out and why.

A collection or table of a store that is in neither fails tests/contract/test_snapshots.py.
"""

from collections.abc import Mapping
from enum import StrEnum

from otakube.ports.rows import RowCollection


class SnapshotFile(StrEnum):
    """Files of a snapshot, in the order in which they are written.

    Entries come first: what is read after them may know of later versions, which a restore does not mind.
    """

    ANIMES = "animes"
    EPISODES = "episodes"
    CHARACTERS = "characters"
    IMAGES = "images"
    MERGE_LOCKS = "merge_locks"
    COUNTERS = "counters"
    IDENTITIES = "identities"
    IMAGE_MAP = "image_map"
    REVIEWS = "reviews"
    EVENTS = "events"
    LISTINGS = "listings"
    SYNCS = "syncs"
    FLAGS = "flags"


OF_ENTRIES = (SnapshotFile.ANIMES, SnapshotFile.EPISODES, SnapshotFile.CHARACTERS, SnapshotFile.IMAGES)
"""Written together: parts of one number hold the same entries, each as of one instant.

The last lists the bucket keys of their images: the scrub reads it, to remove none of them.
"""
ROWS: Mapping[SnapshotFile, RowCollection] = {
    SnapshotFile.COUNTERS: RowCollection.COUNTERS,
    SnapshotFile.IDENTITIES: RowCollection.IDENTITIES,
    SnapshotFile.IMAGE_MAP: RowCollection.IMAGE_MAP,
    SnapshotFile.REVIEWS: RowCollection.REVIEWS,
    SnapshotFile.EVENTS: RowCollection.EVENTS,
    SnapshotFile.LISTINGS: RowCollection.LISTINGS,
    SnapshotFile.SYNCS: RowCollection.SYNCS,
    SnapshotFile.FLAGS: RowCollection.FLAGS,
}

LEFT_OUT: Mapping[str, str] = {
    "intents": "of commits at work: a restored catalogue has none",
    "outbox": "events of an entry that are not relayed yet: its row of animes has them",
    "projections": "derived from the record: the files episodes and characters",
    "pages": "derived from the record, to find an entry by",
    "merge_lock_pages": "derived from the locks, to find one by",
    "merge_lock_changes": "the number of the latest change goes on from that of the restored store",
    "blob_uses": "of the images in the bucket: a restored catalogue claims those that it shows",
    "image_dead_letters": "written again by the next run of an entry that lacks an image",
    "take_downs": "newer than any snapshot: a restore reads the copies that lie in the bucket and beside it",
    "dead_letters": "name the objects of a run, which are no part of a snapshot: the run is started again",
    "processing_locks": "of runs at work, and over after a day",
    "runs": "of one machine, and name the objects of a run",
    "provider_titles": "learnt again from the next answers of the provider",
    "provider_health": "learnt again from the next answers of the provider",
    "provider_checks": "learnt again by the next check of the provider",
}
"""Collections of the document stores that no snapshot holds, with the reasons."""
