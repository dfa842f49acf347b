# SPDX-License-Identifier: Apache-2.0
"""An entry of a snapshot without the images that were taken down: other content, so another digest."""

from dataclasses import replace

from otakube.commit.request import content_key, image_keys
from otakube.domain.record import handover
from otakube.domain.record.images import without_images
from otakube.ports.rows import StoredEntry
from otakube.ports.take_downs import Refusals


def without_refused(stored: StoredEntry, refusals: Refusals) -> StoredEntry:
    """The entry as it may be restored; itself if it shows nothing that is refused."""
    live = stored.live
    if live is None or (record := without_images(live.record, refusals.covers)) is live.record:
        return stored
    digest = handover.digest(record)
    key = content_key(live.entry_id, digest, live.model)
    state = replace(stored.state, digest=digest, commit_key=key, blobs=image_keys(record))
    return replace(stored, live=replace(live, record=record, digest=digest, commit_key=key), state=state)
