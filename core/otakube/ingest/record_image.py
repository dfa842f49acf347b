# SPDX-License-Identifier: Apache-2.0
"""A mirrored image in the form in which records show it."""

from otakube.domain.record.golden import Image, ImageKind
from otakube.ports.catalogue import MirroredImage
from otakube_api.contract import Provider


def as_image(one: MirroredImage, *, kind: ImageKind, provider: Provider) -> Image:
    """The image, with the blob or the failure."""
    return Image(
        kind=kind,
        provider=provider,
        source_url=one.source_url,
        sha256=one.sha256,
        key=one.key,
        content_type=one.content_type,
        width=one.width,
        height=one.height,
        size_bytes=one.size_bytes,
        phash=one.phash,
        error=one.error,
    )
