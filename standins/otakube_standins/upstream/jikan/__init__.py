# SPDX-License-Identifier: Apache-2.0
"""Jikan v4: MyAnimeList as JSON. 3 requests a second and 60 a minute; answers say how old their cache is."""

from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue, search
from otakube_standins.upstream.jikan import shapes
from otakube_standins.upstream.jikan.index import index_of
from otakube_standins.upstream.jikan.routes import router
from otakube_standins.upstream.pictures import DrawnPicture
from otakube_standins.upstream.provider import IncomingRequest, UpstreamProvider


def subjects(catalogue: TitleCatalogue, asked: IncomingRequest) -> frozenset[str]:
    """Titles by the path's id, or the best hit of a search."""
    index, parts = index_of(catalogue), asked.path.strip("/").split("/")
    if len(parts) > 1 and parts[0] == "anime":
        title = index.by_id.get(int(parts[1])) if parts[1].isdecimal() else None
        return frozenset([title.key] if title else [])
    if "q" in asked.query:
        return frozenset(title.key for title in search(index.titles, asked.query["q"])[:1])
    return frozenset()


def pictures(titles: list[InventedTitle]) -> dict[str, DrawnPicture]:
    """Posters, portraits and people of all titles, by path."""
    drawn: dict[str, DrawnPicture] = {}
    for title in titles:
        drawn |= _posters(title)
        for index, character in enumerate(title.characters):
            drawn |= _character_pictures(title, index, character.image)
        people = [one.name for one in title.staff] + [v.name for one in title.characters for v in one.voices]
        drawn |= {
            f"{shapes.person_path(name)}.jpg": DrawnPicture(f"person:{name}", name, 225, 350)
            for name in people
        }
    return drawn


def _posters(title: InventedTitle) -> dict[str, DrawnPicture]:
    path, hostile = shapes.poster_path(title), title.images.get("poster")
    sizes = {"": (225, 318), "t": (50, 70), "l": (425, 600)}
    drawn = {}
    for suffix, (width, height) in sizes.items():
        jpeg = DrawnPicture(f"poster:{title.key}", title.romaji, width, height, hostile=hostile)
        drawn[f"{path}{suffix}.jpg"] = jpeg
        drawn[f"{path}{suffix}.webp"] = DrawnPicture(jpeg.motif, jpeg.caption, width, height, "WEBP")
        visual = DrawnPicture(f"visual:{title.key}", f"{title.romaji} visual", width, height)
        drawn[f"{shapes.visual_path(title)}{suffix}.jpg"] = visual
        drawn[f"{shapes.visual_path(title)}{suffix}.webp"] = DrawnPicture(
            visual.motif, visual.caption, width, height, "WEBP"
        )
    return drawn


def _character_pictures(title: InventedTitle, index: int, hostile: str | None) -> dict[str, DrawnPicture]:
    path, name = shapes.character_path(title, index), title.characters[index].name
    motif = f"character:{title.key}:{name}"
    return {
        f"{path}.jpg": DrawnPicture(motif, name, 225, 350, hostile=hostile),
        f"{path}.webp": DrawnPicture(motif, name, 225, 350, "WEBP"),
        f"{path}t.webp": DrawnPicture(motif, name, 42, 62, "WEBP"),
    }


PROVIDER = UpstreamProvider(
    name="jikan",
    limits={1: 3, 60: 60},
    prefix="/jikan/v4",
    router=router,
    subjects=subjects,
    error=shapes.error,
    pictures=pictures,
)
