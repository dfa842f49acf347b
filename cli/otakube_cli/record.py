# SPDX-License-Identifier: Apache-2.0
"""Records of the catalogue as people read them: fields with their provenance, and images."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from otakube.commands.output import TABLE, Printer, print_facts
from otakube_api.contract import one_line

VALUE_COLUMNS = 60


def print_fields(explanation: Mapping[str, Any], out: Printer = TABLE) -> None:
    """One line a field: its value, who says so, how sure, when; a line below for each that disagrees.

    One field alone is shown with all that is known of it, and what is withheld of it.
    """
    fields, withheld = explanation["fields"], explanation.get("withheld", [])
    if len(fields) == 1:
        _print_field(fields[0])
        root = fields[0]["field"].partition(".")[0]
        withheld = [field for field in withheld if field["field"].partition(".")[0] == root]
    else:
        rows = [row for field in fields for row in _rows(field)]
        out.table(("field", "value", "says", "sure", "on"), rows)
    print_withheld(withheld)


def _rows(field: Mapping[str, Any]) -> list[tuple[object, ...]]:
    says = f"{claimants(field)}{' (stale)' if field['stale'] else ''}"
    on = (field["fetched_at"] or "")[:10]
    return [
        (field["field"], short(field["value"]), says, sure(field), on),
        *(
            ("", short(parsed(losing["value"])), f"not {losing['provider']}", "", "")
            for losing in field["losing"]
        ),
    ]


def _print_field(field: Mapping[str, Any]) -> None:
    facts = [
        ("value", short(field["value"])),
        ("says", claimants(field)),
        ("sure", sure(field)),
        ("on", field["fetched_at"]),
        ("stale", "an old copy, said the provider" if field["stale"] else ""),
        ("licence", field["licence"]),
        ("published", "" if field.get("publishable", True) else "no: only curators see it"),
        ("kept until", field.get("expires_at")),
        ("decided by", field.get("decided_by")),
        *((f"not {losing['provider']}", short(parsed(losing["value"]))) for losing in field["losing"]),
    ]
    print_facts(field["field"], facts)


def claimants(field: Mapping[str, Any]) -> str:
    """The person who decided, else everybody who says so, the believed one first."""
    if field.get("decided_by"):
        return str(field["decided_by"])
    return ", ".join(field.get("providers") or [field["provider"] or "not noted"])


def sure(field: Mapping[str, Any]) -> str:
    """The confidence, if there is one."""
    return "" if field["confidence"] is None else f"{field['confidence']:.2f}"


def print_withheld(withheld: Sequence[Mapping[str, Any]]) -> None:
    """Print the fields that licences keep from readers."""
    for field in withheld:
        print(one_line(f"Withheld: {field['field']} ({field['count']}): {field['reason']}"))


def print_images(images: Sequence[Mapping[str, Any]], out: Printer = TABLE) -> None:
    """One line an image: what it shows, and the hash it is stored under, or why it is not."""
    rows = []
    for image in images:
        size = f"{image['width']}x{image['height']}" if image["width"] else ""
        stored = image["sha256"] or f"not mirrored: {image['error'] or 'not tried yet'}"
        rows.append((image["kind"], size, stored, image["source_url"]))
    out.table(("kind", "size", "sha256", "source"), rows)


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


def print_listing(anime: dict[str, Any]) -> None:
    """Print what the dataset says of an entry that is only listed."""
    listing = anime["listing"]
    season = listing["season"] or {}
    licence = listing["listed_by"]
    facts = [
        ("level", f"{anime['level']}: known from the dataset alone"),
        *lifecycle(anime),
        ("also", ", ".join(listing["synonyms"])),
        ("type", listing["type"]),
        ("status", listing["status"]),
        ("episodes", listing["episodes"]),
        ("season", " ".join(str(part) for part in (season.get("quarter"), season.get("year")) if part)),
        ("tags", ", ".join(listing["tags"])),
        ("sources", ", ".join(listing["sources"])),
        ("listed by", licence["repository"]),
        ("licence", licence["licence"]),
        ("last updated", licence["last_update"]),
    ]
    print_facts(f"{listing['title']} ({anime['id']})", facts)


def lifecycle(anime: dict[str, Any]) -> list[tuple[str, object]]:
    """Since when an entry is orphaned, and into what it went; nothing of an active one."""
    if anime["system_status"] == "ACTIVE":
        return []
    return [("orphaned", anime["orphaned_at"]), ("merged into", anime["merged_into"])]
