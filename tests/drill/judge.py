# SPDX-License-Identifier: Apache-2.0
"""Judges a schedule: looks at the raw stores after each step that readers may notice, and at the end.

Like the checker, whose clients it uses, it shares no code with the product.
"""

import json
from dataclasses import dataclass, field

from drill.checker import Content, Json, Raw, digest, violations

# Calls after which a reader might see something else.
NOTICED = frozenset({"ledger.make_live", "vectors.insert", "vectors.delete", "vectors.delete_before"})


@dataclass(frozen=True)
class Acknowledged:
    """A commit whose run was told that it is done."""

    run: str
    outputs: Json


@dataclass
class Judge:
    """Everything that was given to runs and acknowledged, and every version that was seen live."""

    raw: Raw
    contents: dict[str, Content] = field(default_factory=dict)  # by digest
    entries: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)  # runs
    acknowledged: list[Acknowledged] = field(default_factory=list)
    live: list[tuple[str, int, str]] = field(default_factory=list)  # entry, version, digest
    found: list[str] = field(default_factory=list)
    projected: dict[str, int] = field(default_factory=dict)  # version by document of a projection
    lost: set[tuple[str, int, str]] = field(default_factory=set)  # versions that a restored backup is without
    restored: bool = False
    licence_over: bool = False  # of the genres

    async def watch(self, called: str) -> None:
        """I2, I4 and I6 at this instant, and that no page stands in two live entries."""
        if called == "ledger.project":
            self._look_at_projections()
        if called == "ledger.drop_event":
            self._look_at_events()
        if called == "ledger.make_live":
            self._pages()
        if called in NOTICED:
            for entry_id in self.entries:
                self.look(entry_id, called)

    def look(self, entry_id: str, called: str = "") -> None:
        """One entry, as a reader that joins points on the live version sees it."""
        entry = self.raw.entry(entry_id)
        version = entry.get("live_version")
        if version is None:
            return
        newest = max((v for e, v, _ in self.live if e == entry_id), default=0)
        if version < newest:
            self.found.append(f"I4: version {version} after {newest}, at {called}")
        if version > newest:
            self.live.append((entry_id, version, entry["digest"]))
        content = self.contents.get(entry["digest"])
        if content is None or digest(entry["record"]) != entry["digest"]:
            self.found.append(f"I2: version {version} shows a body that nobody committed, at {called}")
        elif not self.restored:
            points = self.raw.points(entry_id, vectors=False)
            seen = {
                (p["payload"]["kind"], p["payload"]["number"])
                for p in points
                if p["payload"]["version"] == version
            }
            if seen != content.point_names:
                self.found.append(f"I2: version {version} is live with {len(seen)} points, at {called}")

    def _look_at_projections(self) -> None:
        """No document of a projection goes back to an older version."""
        stored = [*self.raw.db.episodes.find({}), *self.raw.db.characters.find({})]
        now = {str(one["_id"]): int(one["version"]) for one in stored}
        for name, version in now.items():
            if version < self.projected.get(name, 0):
                self.found.append(f"I4: {name} went back to version {version}")
        self.projected = now

    def _look_at_events(self) -> None:
        """Each version that went live has its event, in the outbox or relayed."""
        for entry_id in self.entries:
            kept = [
                *self.raw.db.events.find({"entry_id": entry_id}),
                *self.raw.entry(entry_id).get("outbox", []),
            ]
            missing = {version for entry, version, _ in self.live if entry == entry_id}
            if missing := missing - {event["version"] for event in kept}:
                self.found.append(f"I6: no event of versions {sorted(missing)} is left")

    def backup(self) -> tuple[list[Acknowledged], list[tuple[str, int, str]]]:
        """What a restored document store can be asked for."""
        return list(self.acknowledged), list(self.live)

    def restore(self, backup: tuple[list[Acknowledged], list[tuple[str, int, str]]]) -> None:
        """Ask no more for what went live since."""
        self.lost = set(self.live) - set(backup[1])
        self.acknowledged, self.live = list(backup[0]), list(backup[1])
        self.restored, self.projected = True, {}

    def verdict(self) -> list[str]:
        """Every violation, once nothing runs and the scrubber has been."""
        for entry_id in sorted(self.entries):
            self.look(entry_id, "the end")
            self.found += [f"{entry_id[-4:]}: {one}" for one in self._entry(entry_id)]
        self._acknowledged()
        self._pages()
        self._licences()
        return list(dict.fromkeys(self.found))

    def _entry(self, entry_id: str) -> list[str]:
        live = [(version, digest_) for entry, version, digest_ in self.live if entry == entry_id]
        committed = [self.contents[digest_] for _, digest_ in sorted(live) if digest_ in self.contents]
        last = committed[-1] if committed else None
        found = violations(self.raw, entry_id, live=last, committed=committed)
        # Scrubs of two clocks may share that decision; each stores it before its commit all the same.
        found = [one for one in found if not (one.startswith("I7: licence/") and "decided after" in one)]
        if self.restored:  # copies of the lost future stay for a person to read
            events = self.raw.db.events.find({"entry_id": entry_id})
            missing = {f"audit/{e['id']}.json" for e in events} - self.raw.keys(f"audit/{entry_id}/")
            found = [one for one in found if not one.startswith("I5: audit copies")]
            found += [f"I5: no copy of {sorted(missing)}"] if missing else []
        return found

    def _acknowledged(self) -> None:
        events = {(e["entry_id"], e["version"], e["digest"]): e for e in self.raw.db.events.find({})}
        for one in self.acknowledged:
            named = (one.outputs["entry-id"], int(one.outputs["version"]), one.outputs["digest"])
            if named not in events and named not in self.lost:
                self.found.append(f"I1: {one.run} was told {named[1:]}, and no such version went live")
        ended = {(one["entry_id"], one["version"]): one["state"] for one in self.raw.db.intents.find({})}
        for event in events.values():
            if ended.get((event["entry_id"], event["version"]), "Done") != "Done":
                self.found.append(f"I2: version {event['version']} went live, and its intent was taken back")
            if event["run"] in self.rejected:
                self.found.append(f"I7: {event['run']} was rejected and went live")

    def _pages(self) -> None:
        owners: dict[str, set[str]] = {}
        for entry_id in self.entries:
            entry = self.raw.entry(entry_id)
            if entry.get("live_version") is not None:
                for page in entry["record"]["entry"]["sources"]:
                    owners.setdefault(page, set()).add(entry_id)
        for page, live in owners.items():
            if len(live) > 1:
                self.found.append(f"pages: {page} is in {len(live)} live entries")

    def _licences(self) -> None:
        """No live version, and no audit copy of one that was live, keeps a value whose licence is over."""
        events = {event["id"] for event in self.raw.db.events.find({})}
        for entry_id in sorted(self.entries) if self.licence_over else ():
            entry = self.raw.entry(entry_id)
            if entry.get("live_version") is not None and entry["record"]["entry"]["genres"]:
                self.found.append(f"licence: version {entry['live_version']} shows the genres")
            for key in sorted(self.raw.keys(f"audit/{entry_id}/")):
                copy = json.loads(self.raw.get(key))
                record = copy["record"] if copy["event"]["id"] in events else None  # else of a lost history
                if record and record["entry"]["genres"]:
                    self.found.append(f"licence: {key} keeps the genres")
