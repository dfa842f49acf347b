# SPDX-License-Identifier: Apache-2.0
"""Pictures: the same motif is the same bytes, and every one of them decodes."""

import io
from datetime import date

from PIL import Image

from otakube_standins.upstream import anilist, jikan, kitsu
from otakube_standins.upstream.catalogue import load
from otakube_standins.upstream.pictures import DrawnPicture, draw

TITLES = load(date(2026, 11, 20)).titles[:1]


def portrait(pictures: dict[str, DrawnPicture], name: str) -> bytes:
    return draw(
        next(picture for picture in pictures.values() if picture.caption == name and picture.width == 225)
    )


def test_jikan_and_anilist_share_a_portrait_byte_for_byte_and_kitsu_encodes_it_anew() -> None:
    at_jikan = portrait(jikan.pictures(TITLES), "Aoi Minato")
    at_anilist = portrait(anilist.pictures(TITLES), "Aoi Minato")
    at_kitsu = portrait(kitsu.pictures(TITLES), "Aoi Minato")
    assert at_jikan == at_anilist
    assert at_jikan != at_kitsu


def test_every_picture_has_the_format_and_size_that_it_promises() -> None:
    for picture in [*jikan.pictures(TITLES).values(), *anilist.pictures(TITLES).values()]:
        with Image.open(io.BytesIO(draw(picture))) as image:
            image.load()
            assert (image.format, image.size) == (picture.format, (picture.width, picture.height))


def test_different_motifs_are_different_pictures() -> None:
    one, other = (draw(DrawnPicture(motif, "Same caption", 100, 100)) for motif in ("a", "b"))
    assert one != other
