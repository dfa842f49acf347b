# SPDX-License-Identifier: Apache-2.0
"""Query parameters that a route does not have: refused, since an ignored filter gives a wrong answer."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute

from otakube_services.kit.problems import SHOWN_LIMIT, Problem


async def refuse_unknown_parameters(request: Request) -> None:
    """Problem 422 if the query names what the route does not know, or gives twice what it takes once."""
    known = _parameters(request.app, request.scope.get("route"), request.method)
    for name in request.query_params:
        if name not in known:
            raise Problem(422, "Unknown parameter", _unknown(name, sorted(known)))
        values = request.query_params.getlist(name)
        if len(values) > 1 and known[name]["schema"].get("type") != "array":
            given = " and ".join(repr(value[:SHOWN_LIMIT]) for value in values[:2])
            raise Problem(422, "Repeated parameter", f"{name} is given as {given}; give it once")


def _parameters(app: FastAPI, route: object, method: str) -> Mapping[str, Any]:
    """The query parameters of a route as its documentation lists them, by name."""
    paths = app.openapi()["paths"]  # made once
    if not isinstance(route, APIRoute) or route.path_format not in paths:
        return {}
    listed = paths[route.path_format].get(method.lower(), {}).get("parameters", [])
    return {one["name"]: one for one in listed if one["in"] == "query"}


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    takes = f"this route takes {', '.join(known)}" if known else "this route takes none"
    return f"{name[:SHOWN_LIMIT]} is no parameter here: {hint}{takes}; see /docs"
