# SPDX-License-Identifier: Apache-2.0
"""Places of snapshots: the catalogue's own bucket, another one of the same server, or a folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from otakube.bootstrap.stores.choice import EMBEDDED, SERVERS
from otakube.errors import Fatal
from otakube_api.contract import FailureReason

if TYPE_CHECKING:
    from otakube.bootstrap.stores.ports import Stores
    from otakube.ports.objects import AgedObjects


async def place(stores: "Stores", uri: str) -> "AgedObjects":
    """Objects of a place: `s3:BUCKET`, `file:FOLDER`, or the catalogue's own where `uri` is empty."""
    if not uri:
        return await stores.objects()
    if uri.startswith(EMBEDDED) and len(uri) > len(EMBEDDED):
        from otakube.adapters.stores.folder.objects import FolderObjects

        return FolderObjects(Path(uri.removeprefix(EMBEDDED)))
    if uri.startswith(SERVERS) and len(uri) > len(SERVERS):
        from otakube.adapters.stores.s3.objects import S3Objects

        return S3Objects(stores.load().model_copy(update={"s3_bucket": uri.removeprefix(SERVERS)}))
    raise Fatal(
        FailureReason.SETTINGS_INVALID,
        f"the place of snapshots is {uri!r}: give s3:BUCKET, file:FOLDER, or nothing for the catalogue's own",
    )
