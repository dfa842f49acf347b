# SPDX-License-Identifier: Apache-2.0
"""Serves the pictures of all providers, with their types and ETags; unknown paths are 404 as at a CDN."""

import hashlib
from collections.abc import Iterable

from fastapi import APIRouter, Request, Response

from otakube_standins.upstream import hostile
from otakube_standins.upstream.pictures import DrawnPicture, draw
from otakube_standins.upstream.provider import UpstreamProvider, World


def gallery(world: World, providers: Iterable[UpstreamProvider]) -> APIRouter:
    """One route for everything below /images."""
    routes = APIRouter()
    known: dict[str, DrawnPicture] = {}
    for provider in providers:
        known |= provider.pictures(provider.titles(world.catalogue))

    @routes.get("/images/{path:path}")
    def _image(request: Request, path: str) -> Response:
        picture = known.get(f"/images/{path}")
        if picture is None:
            return Response("Not Found", 404, media_type="text/plain")
        if picture.hostile in hostile.KINDS:
            return hostile.KINDS[picture.hostile](picture, request)
        return _picture(request, picture)

    return routes


def _picture(request: Request, picture: DrawnPicture) -> Response:
    body = draw(picture)
    tag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=31536000"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=picture.media_type, headers=headers)
