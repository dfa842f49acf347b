# SPDX-License-Identifier: Apache-2.0
"""The bucket's lifecycle rules: which Otakube needs, and which rules of others get in their way.

Pure. S3 takes no second rule with the same prefix and action, so a rule of others at such a place either
serves as well or is a conflict that only a person can settle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from otakube.ports.bucket import Rule
from otakube.ports.objects import LASTING, Prefix
from otakube_api.contract import LONGEST_REVIEW
from otakube_api.providers import Licence

ANSWERS_KEPT = timedelta(days=30)  # less, where a licence asks for it
BESIDE_REVIEW = timedelta(days=7)  # for a run's other steps, before the review and after it
UPLOADS_KEPT = timedelta(days=7)
_ABORT = "AbortIncompleteMultipartUpload"


@dataclass(frozen=True, slots=True)
class NeededRule:
    """A rule that Otakube needs: what lies below `prefix` goes after `days`."""

    id: str
    prefix: str
    days: int
    at_least: bool = False  # a longer time serves as well; otherwise a shorter one does
    uploads: bool = False  # parts of unfinished uploads, instead of objects

    @property
    def subject(self) -> str:
        return "unfinished uploads" if self.uploads else self.prefix

    @property
    def body(self) -> Rule:
        """The rule in S3's form."""
        action, age = (_ABORT, "DaysAfterInitiation") if self.uploads else ("Expiration", "Days")
        where = {"Prefix": self.prefix}
        return {"ID": self.id, "Status": "Enabled", "Filter": where, action: {age: self.days}}

    def is_met_by(self, days: int) -> bool:
        """True if a rule of others with so many days serves as well."""
        return self.uploads or (days >= self.days if self.at_least else days <= self.days)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule of others that is in the way, and the cure."""

    problem: str
    cure: str


def needed_rules(licences: Iterable[Licence]) -> list[NeededRule]:
    """The rules for answers, work objects and unfinished uploads."""
    retentions = [licence.retention for licence in licences if licence.retention]
    return [
        NeededRule("otakube-answers", Prefix.ANSWERS, min([ANSWERS_KEPT, *retentions]).days),
        NeededRule("otakube-work", Prefix.WORK, (LONGEST_REVIEW + BESIDE_REVIEW).days, at_least=True),
        NeededRule("otakube-uploads", "", UPLOADS_KEPT.days, uploads=True),
    ]


def merged(rules: Sequence[Rule], needed: Sequence[NeededRule]) -> list[Rule]:
    """Rules of others as they are, then ours where no rule of others has the place."""
    others = rules_of_others(rules, needed)
    return [*others, *(rule.body for rule in needed if _other_at(rule, others) is None)]


def compare(rule: NeededRule, rules: Sequence[Rule], others: Sequence[Rule]) -> str | Conflict | None:
    """The id of the rule that does what is needed; else a Conflict, or None where there is no such rule."""
    other = _other_at(rule, others)
    if other is None:
        return rule.id if any(_is_same(one, rule) for one in rules) else None
    days = _days(other, uploads=rule.uploads) or 0
    if rule.is_met_by(days):
        return _name(other)
    cure = f"change that rule to {rule.days} days, or remove it and run `otakube bucket init` again"
    return Conflict(f"rule {_name(other)} says {days} days; needed are {rule.days}", cure)


def harmful(rule: Rule, needed: Sequence[NeededRule]) -> Conflict | None:
    """Report a rule of others that removes lasting objects, or work objects before their run has ended."""
    days, prefix = _days(rule, uploads=False), _prefix(rule)
    if days is None or prefix is None:
        return None
    short = [one.prefix for one in needed if one.at_least and days < one.days and prefix != one.prefix]
    removed = [one for one in (*LASTING, *short) if one.startswith(prefix) or prefix.startswith(one)]
    if not removed:
        return None
    cure = "narrow that rule to other prefixes, or remove it"
    return Conflict(f"rule {_name(rule)} removes {', '.join(removed)} after {days} days", cure)


def rules_of_others(rules: Sequence[Rule], needed: Sequence[NeededRule]) -> list[Rule]:
    """The rules whose ids are none of ours."""
    ids = {rule.id for rule in needed}
    return [rule for rule in rules if rule.get("ID") not in ids]


def _other_at(rule: NeededRule, others: Sequence[Rule]) -> Rule | None:
    """A rule of others with the same prefix and action."""
    same_place = (
        other
        for other in others
        if _prefix(other) == rule.prefix and _days(other, uploads=rule.uploads) is not None
    )
    return next(same_place, None)


def _is_same(rule: Rule, needed: NeededRule) -> bool:
    return (
        rule.get("ID") == needed.id
        and _prefix(rule) == needed.prefix
        and _days(rule, uploads=needed.uploads) == needed.days
    )


def _prefix(rule: Rule) -> str | None:
    """The prefix of an enabled rule; None where it is for tagged objects alone, which Otakube has not."""
    chosen = rule.get("Filter") or {}
    both = chosen.get("And") or {}
    if rule.get("Status") != "Enabled" or "Tag" in chosen or both.get("Tags"):
        return None
    return str(chosen.get("Prefix") or both.get("Prefix") or rule.get("Prefix") or "")


def _days(rule: Rule, *, uploads: bool) -> int | None:
    """The age at which it removes; 0 for a fixed date; None if it removes nothing of the kind."""
    if uploads:
        age = (rule.get(_ABORT) or {}).get("DaysAfterInitiation")
        return None if age is None else int(age)
    expiration = rule.get("Expiration") or {}
    if "Date" in expiration:
        return 0
    return int(expiration["Days"]) if "Days" in expiration else None


def _name(rule: Rule) -> str:
    return repr(rule.get("ID") or _prefix(rule))
