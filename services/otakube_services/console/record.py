# SPDX-License-Identifier: Apache-2.0
"""Records of the catalogue as people read them: fields with their provenance, and images."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from otakube_api.contract import one_line
from otakube_services.console.command import print_table

VALUE_COLUMNS = 60


def print_fields(explanation: Mapping[str, Any]) -> None:
    """One line a field: its value, who says so, how sure, when; a line below for each that disagrees."""
    rows: list[tuple[object, ...]] = []
    for field in explanation["fields"]:
        sure = "" if field["confidence"] is None else f"{field['confidence']:.2f}"
        says = f"{field['provider'] or 'several'}{' (stale)' if field['stale'] else ''}"
        rows.append((field["field"], short(field["value"]), says, sure, (field["fetched_at"] or "")[:10]))
        rows.extend(
            ("", short(parsed(losing["value"])), f"not {losing['provider']}", "", "")
            for losing in field["losing"]
        )
    print_table(("field", "value", "says", "sure", "on"), rows)


def print_images(images: Sequence[Mapping[str, Any]]) -> None:
    """One line an image: what it shows, and the hash it is stored under, or why it is not."""
    rows = []
    for image in images:
        size = f"{image['width']}x{image['height']}" if image["width"] else ""
        stored = image["sha256"] or f"not mirrored: {image['error'] or 'not tried yet'}"
        rows.append((image["kind"], size, stored, image["source_url"]))
    print_table(("kind", "size", "sha256", "source"), rows)


def short(value: Any) -> str:
    """A value in one line of at most sixty characters."""
    if isinstance(value, Mapping):
        text = ", ".join(f"{key} {plain(part)}" for key, part in value.items() if part not in (None, [], {}))
    elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        text = f"{len(value)} of them"
    elif isinstance(value, list):
        text = ", ".join(plain(part) for part in value)
    else:
        text = plain(value)
    text = one_line(text)
    return text if len(text) <= VALUE_COLUMNS else f"{text[: VALUE_COLUMNS - 1]}…"


def parsed(text: str) -> Any:
    """The value of a JSON text; a text that was cut stays as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def plain(value: Any) -> str:
    """Text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def every_image(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entry's images, then its characters' and episodes'."""
    parts = [*record["characters"], *record["episodes"]]
    return [*record["entry"]["images"], *(part["image"] for part in parts if part["image"])]
