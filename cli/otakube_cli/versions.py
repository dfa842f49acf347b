# SPDX-License-Identifier: Apache-2.0
"""Versions of an entry as people read them: a line each, and the differences of two."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from otakube.commands.output import TABLE, Printer
from otakube_api.contract import ReviewPolicy, one_line
from otakube_api.v1alpha1.meta import API_VERSION
from otakube_cli.record import short

DIGEST_LETTERS = 12


def with_objects(history: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The history with the object that each run was of; `names` are those of objects by uid."""
    rows = [row | {"by": made_by(row["run"], names)} for row in history["versions"]]
    return {**history, "versions": rows}


def made_by(run: str, names: Mapping[str, str]) -> str:
    """The object whose run it was, with its generation and attempt; its uid if the object is gone."""
    kind, _, rest = run.partition("/")
    uid, _, attempt = rest.partition("/")
    if kind != "work":
        return kind  # the scrubber, which took out what a licence had ended
    return f"{names.get(uid, uid)} {attempt}".strip()


def uids(enrichments: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names of objects by uid."""
    return {one["metadata"]["uid"]: one["metadata"]["name"] for one in enrichments}


def rollback_of(entry_id: str, version: int, *, namespace: str) -> dict[str, Any]:
    """The AnimeEnrichment that brings a version back; the API server completes its name."""
    return {
        "apiVersion": API_VERSION,
        "kind": "AnimeEnrichment",
        "metadata": {
            "generateName": f"rollback-{entry_id[4:].lower()[-10:]}-{version}-",
            "namespace": namespace,
        },
        "spec": {
            "anime": {"id": entry_id},
            "rollbackTo": version,
            "review": {"policy": ReviewPolicy.REQUIRED.value},
        },
    }


def print_history(history: Mapping[str, Any], out: Printer = TABLE) -> None:
    """One line a version, the newest first; * is the one that readers see."""
    rows = [
        (
            f"{row['version']}{'*' if row['version'] == history['live'] else ''}",
            row["committed_at"][:19].replace("T", " "),
            row["by"],
            row["decision"],
            row["reviewer"],
            row["digest"][:DIGEST_LETTERS],
            f"{row['changes']}{'' if row['kept'] else ' (record not kept)'}",
        )
        for row in history["versions"]
    ]
    out.table(("version", "live since", "by", "decision", "reviewer", "digest", "changes"), rows)
    if history["older"]:
        print(f"{history['older']} older ones: --limit shows more.")


def print_diff(diff: Mapping[str, Any], out: Printer = TABLE) -> None:
    """One line a difference: what it was, what it is."""
    if not diff["changes"]:
        print(f"Versions {diff['before']} and {diff['after']} are alike to readers.")
        return
    rows = [(one_line(one["field"]), value(one["before"]), value(one["after"])) for one in diff["changes"]]
    out.table(("field", f"version {diff['before']}", f"version {diff['after']}"), rows)


def value(one: Any) -> str:
    """A value in a line; - for none."""
    if isinstance(one, Sequence) and not isinstance(one, str):
        return short([str(part) for part in one])
    return "-" if one is None else short(one)
