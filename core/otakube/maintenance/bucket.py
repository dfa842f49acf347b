# SPDX-License-Identifier: Apache-2.0
"""The bucket's own settings: compared with what Otakube needs, and set where they differ.

Lifecycle rules are written all at once for a whole bucket. Rules of others are kept as they are; one that
would remove Otakube's objects too early is reported, and only a person changes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from otakube.maintenance.lifecycle import Conflict, NeededRule, compare, harmful, merged, rules_of_others
from otakube.ports.bucket import BucketAdministration, Forbidden, Rule, Unsupported

BUCKET, PUBLIC_ACCESS, OTHER_RULES = "bucket", "public access", "other rules"


class SettingState(StrEnum):
    """Result of comparing one setting of the bucket with what is needed."""

    OK = "Ok"
    CHANGED = "Changed"  # it differed, and was set
    DIFFERS = "Differs"  # `bucket init` sets it
    CONFLICT = "Conflict"  # a rule of others is in the way
    UNSUPPORTED = "Unsupported"  # the server has no such setting
    FORBIDDEN = "Forbidden"  # the credentials may not read or write it


ACCEPTABLE = (SettingState.OK, SettingState.CHANGED, SettingState.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class SettingReport:
    """One setting of the bucket: how it is, and what to do about it."""

    setting: str
    state: SettingState
    detail: str
    cure: str = ""


def initialize(bucket: BucketAdministration, needed: Sequence[NeededRule]) -> list[SettingReport]:
    """Set what differs and read it again: the reports say how the bucket is afterwards."""
    differing = _differing(inspect(bucket, needed))
    if BUCKET in differing:
        bucket.create()
        differing |= _differing(inspect(bucket, needed))
    refusals = {report.setting: report for report in _set(bucket, needed, differing)}
    reports = inspect(bucket, needed)
    return [refusals.get(report.setting) or _changed(report, differing) for report in reports]


def inspect(bucket: BucketAdministration, needed: Sequence[NeededRule]) -> list[SettingReport]:
    """Compare every setting; a bucket that does not exist has none."""
    if not bucket.exists():
        cure = "`otakube bucket init` creates it"
        return [SettingReport(BUCKET, SettingState.DIFFERS, f"{bucket.name} does not exist", cure)]
    rules = [*(rule.subject for rule in needed), OTHER_RULES]
    return [
        SettingReport(BUCKET, SettingState.OK, f"{bucket.name} exists"),
        *_guarded([PUBLIC_ACCESS], lambda: [_public_access(bucket)]),
        *_guarded(rules, lambda: _lifecycle(bucket.rules(), needed)),
    ]


def _set(
    bucket: BucketAdministration, needed: Sequence[NeededRule], differing: set[str]
) -> list[SettingReport]:
    """Write what differs; the reports are of what the server refused."""

    def block() -> list[SettingReport]:
        bucket.block_public_access()
        return []

    def write_rules() -> list[SettingReport]:
        bucket.replace_rules(merged(bucket.rules(), needed))
        return []

    rules = [rule.subject for rule in needed if rule.subject in differing]
    return [
        *(_guarded([PUBLIC_ACCESS], block) if PUBLIC_ACCESS in differing else ()),
        *(_guarded(rules, write_rules) if rules else ()),
    ]


def _guarded(settings: Sequence[str], call: Callable[[], list[SettingReport]]) -> list[SettingReport]:
    """Reports of a call; where the server refuses it, one that says so for each of its settings."""
    try:
        return call()
    except Unsupported:
        state, detail = SettingState.UNSUPPORTED, "the server has no such setting"
        return [SettingReport(one, state, detail, _BY_HAND.get(one, "")) for one in settings]
    except Forbidden as error:
        state, cure = SettingState.FORBIDDEN, f"give these credentials the permission {error}"
        return [SettingReport(one, state, "the server refuses the request", cure) for one in settings]


_BY_HAND = {
    PUBLIC_ACCESS: "see that no policy and no access list of the bucket admits the public",
    "answers/": "licences limit their age: remove old ones by a job of your own",
    "work/": "runs remove their own; `otakube scrub --full` removes what a crash left",
}
"""Advice for a server that has no such setting."""


def _public_access(bucket: BucketAdministration) -> SettingReport:
    if bucket.blocks_public_access():
        return SettingReport(PUBLIC_ACCESS, SettingState.OK, "is blocked")
    cure = "`otakube bucket init` blocks it"
    return SettingReport(PUBLIC_ACCESS, SettingState.DIFFERS, "is not blocked", cure)


def _lifecycle(rules: Sequence[Rule], needed: Sequence[NeededRule]) -> list[SettingReport]:
    others = rules_of_others(rules, needed)
    reports = [_rule(rule, compare(rule, rules, others)) for rule in needed]
    conflicts = [conflict for rule in others if (conflict := harmful(rule, needed))]
    if conflicts:
        return [*reports, *(_conflict(OTHER_RULES, conflict) for conflict in conflicts)]
    return [*reports, SettingReport(OTHER_RULES, SettingState.OK, "none removes what Otakube keeps")]


def _rule(rule: NeededRule, result: str | Conflict | None) -> SettingReport:
    if isinstance(result, Conflict):
        return _conflict(rule.subject, result)
    expiry = f"after {rule.days} days"
    if result is None:
        cure = "`otakube bucket init` sets the rule"
        return SettingReport(rule.subject, SettingState.DIFFERS, f"no rule removes them {expiry}", cure)
    return SettingReport(rule.subject, SettingState.OK, f"removed {expiry}, by the rule {result}")


def _conflict(setting: str, conflict: Conflict) -> SettingReport:
    return SettingReport(setting, SettingState.CONFLICT, conflict.problem, conflict.cure)


def _differing(reports: Sequence[SettingReport]) -> set[str]:
    return {report.setting for report in reports if report.state is SettingState.DIFFERS}


def _changed(report: SettingReport, differing: set[str]) -> SettingReport:
    changed = report.setting in differing and report.state is SettingState.OK
    return replace(report, state=SettingState.CHANGED) if changed else report
