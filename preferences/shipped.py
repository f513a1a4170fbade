"""What a newer Sayso is shipped with, beside the rulebook as it stands here: rules nobody has yet, and changes.

A rule that is not known here is added. A change of a known rule is only proposed: a second person publishes it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences import rules
from preferences.models import Rule, RuleProposal
from preferences.rulebook_files import WrittenRule

NOTICE = timedelta(days=7)  # for the second person to read and publish what is law already


@dataclass(frozen=True)
class Change:
    """One version that stands in the files and not in the table; `more` others of the rule follow it."""

    written: WrittenRule
    more: int


@dataclass
class News:
    """What the files say that the table does not."""

    added: list[list[WrittenRule]] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    declined: list[str] = field(default_factory=list)


def news(written: Iterable[WrittenRule], day: date, *, again: bool = False) -> News:
    """Compare the files with the table. What was declined here stays declined, unless it is asked for `again`."""
    found = News()
    for name, group in groupby(written, key=lambda rule: rule.name):
        versions = list(group)
        known = list(Rule.objects.filter(name=name))
        missing = [rule for rule in _still_to_come(versions, day) if not any(_is_told(rule, row) for row in known)]
        if not known:
            found.added.append(versions)
        elif missing:
            _sort_in(found, name, missing, again=again)
    return found


def _sort_in(found: News, name: str, missing: list[WrittenRule], *, again: bool) -> None:
    proposals = RuleProposal.objects.filter(name=name)
    if proposals.open().exists():
        found.waiting.append(name)
        return
    declined = [] if again else [row for row in proposals if row.status == RuleProposal.Status.DECLINED]
    wanted = [rule for rule in missing if not any(_is_told(rule, row) for row in declined)]
    if wanted:
        found.changed.append(Change(wanted[0], more=len(wanted) - 1))
    else:
        found.declined.append(name)


def _still_to_come(versions: list[WrittenRule], day: date) -> list[WrittenRule]:
    """The version that holds on that day and those after it; what was replaced before is history."""
    begun = [rule for rule in versions if rule.effective_from <= day]
    rest = [*begun[-1:], *(rule for rule in versions if rule.effective_from > day)]
    return [rule for rule in rest if rule.effective_to is None or rule.effective_to >= day]


def _is_told(rule: WrittenRule, row: Rule | RuleProposal) -> bool:
    """Does this row say the same? What was law already when it was proposed began here on a later day."""
    same = all(getattr(rule, name) == getattr(row, name) for name in [*rules.ABOUT, "effective_to", "figures"])
    return same and (rule.effective_from == row.effective_from or _is_moved(rule, row))


def _is_moved(rule: WrittenRule, row: Rule | RuleProposal) -> bool:
    agreed = row.published_at if isinstance(row, Rule) else row.proposed_at
    was_law = rule.effective_from <= timezone.localdate(agreed) + NOTICE
    return row.proposed_by_id is not None and was_law and rule.effective_from < row.effective_from


def add(versions: list[WrittenRule]) -> list[Rule]:
    """Take in a rule that nobody here has yet."""
    return rules.ship(asdict(rule) for rule in versions)


def propose(change: Change, *, day: date, by: User) -> RuleProposal:
    """Ask for the change, in the name of a colleague. What is law already begins once there was time to read."""
    words: dict[str, Any] = asdict(change.written)
    words["effective_from"] = max(change.written.effective_from, day + NOTICE)
    words["reason"] = _("Shipped with a newer version of Sayso.")
    return rules.propose(words, based_on=rules.standing(change.written.name, words["effective_from"]), by=by)
