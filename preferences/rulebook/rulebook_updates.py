"""What a newer Sayso is shipped with, beside the rulebook as it stands here: rules nobody has yet, and changes.

A rule that is not known here is added. A change of a known rule is only proposed: a second person publishes it. What
counts is what would hold from some days on, day after day; how it came to that, and what was long ago, is history.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import groupby

from django.contrib.auth.models import User

from preferences.models import Rule, RuleProposal
from preferences.rulebook import service as rules
from preferences.rulebook.toml_loader import ShippedRule

NOTICE = timedelta(days=7)  # for the second person to read and publish what is law already
BECAUSE = "Shipped with a newer version of Sayso."
DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShippedChange:
    """What the files say of a rule from a day on, and the table does not."""

    written: ShippedRule
    begins: date
    ends: date | None


@dataclass
class RulebookUpdates:
    """What the files say that the table does not."""

    added: list[list[ShippedRule]] = field(default_factory=list)
    changed: list[ShippedChange] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    declined: list[str] = field(default_factory=list)


def find_updates(written: Iterable[ShippedRule], today: date, *, again: bool = False) -> RulebookUpdates:
    """Compare the files with the table. What was declined here stays declined, unless it is asked for `again`."""
    found = RulebookUpdates()
    for name, group in groupby(written, key=lambda rule: rule.name):
        versions, known = list(group), list(Rule.objects.filter(name=name))
        if not known:
            found.added.append(versions)
        elif change := _first_change(versions, known, today + NOTICE):
            _add_change(found, change, again=again)
    return found


def _add_change(found: RulebookUpdates, change: ShippedChange, *, again: bool) -> None:
    name = change.written.name
    proposals = RuleProposal.objects.filter(name=name)
    if proposals.open().exists():
        found.waiting.append(name)
    elif not again and _is_declined(change, proposals):
        found.declined.append(name)
    else:
        found.changed.append(change)


def _is_declined(change: ShippedChange, proposals: Iterable[RuleProposal]) -> bool:
    return any(
        row.status == RuleProposal.Status.DECLINED
        and row.figures == change.written.figures
        and row.effective_from <= change.begins
        for row in proposals
    )


def _first_change(versions: list[ShippedRule], known: list[Rule], soon: date) -> ShippedChange | None:
    """The first day from which something else would hold here than in the files."""
    for day in _days(versions, known, soon):
        wanted = _written_for(versions, day)
        if wanted and not _has_same_effect(wanted, versions, known, day):
            return ShippedChange(wanted, day, _end(wanted, versions))
    return None


def _days(versions: list[ShippedRule], known: list[Rule], soon: date) -> list[date]:
    """The days on which something may begin to differ: those on which a version begins or has just ended."""
    rows: list[ShippedRule | Rule] = [*versions, *known]
    found = {row.effective_from for row in rows} | {row.effective_to + DAY for row in rows if row.effective_to}
    return sorted({soon} | {day for day in found if day > soon})


def _has_same_effect(wanted: ShippedRule, versions: list[ShippedRule], known: list[Rule], day: date) -> bool:
    """Does the same hold here, for as long? What an organisation made of words it knew is its own affair."""
    here = rules.version_on(known, day)
    if here and _is_their_own(here) and any(row.figures == wanted.figures for row in known):
        return True
    last = _end(wanted, versions)
    ends_too = last is None or rules.version_on(known, last + DAY) is None
    return here is not None and here.figures == wanted.figures and ends_too


def _is_their_own(rule: Rule) -> bool:
    return not rule.is_shipped and rule.reason != BECAUSE


def _written_for(versions: list[ShippedRule], day: date) -> ShippedRule | None:
    begun = [rule for rule in versions if rule.effective_from <= day][-1:]
    return next((rule for rule in begun if rule.effective_to is None or day <= rule.effective_to), None)


def _end(wanted: ShippedRule, versions: list[ShippedRule]) -> date | None:
    """Its last day, when nothing follows: with another version to come it holds until that one is published."""
    return wanted.effective_to if wanted == versions[-1] else None


def add_shipped(versions: list[ShippedRule]) -> list[Rule]:
    """Take in a rule that nobody here has yet."""
    return rules.add_shipped_rule(asdict(rule) for rule in versions)


def propose_shipped(change: ShippedChange, *, by: User) -> RuleProposal:
    """Ask for the change, in the name of a colleague."""
    days = {"effective_from": change.begins, "effective_to": change.ends}
    words = {**asdict(change.written), **days, "reason": BECAUSE}
    return rules.propose(words, based_on=rules.published_version(change.written.name, change.begins), by=by)
