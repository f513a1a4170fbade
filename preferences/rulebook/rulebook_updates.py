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
from preferences.rulebook.toml_loader import WrittenRule

NOTICE = timedelta(days=7)  # for the second person to read and publish what is law already
BECAUSE = "Shipped with a newer version of Sayso."
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """What the files say of a rule from a day on, and the table does not."""

    written: WrittenRule
    begins: date
    ends: date | None


@dataclass
class News:
    """What the files say that the table does not."""

    added: list[list[WrittenRule]] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    declined: list[str] = field(default_factory=list)


def news(written: Iterable[WrittenRule], today: date, *, again: bool = False) -> News:
    """Compare the files with the table. What was declined here stays declined, unless it is asked for `again`."""
    found = News()
    for name, group in groupby(written, key=lambda rule: rule.name):
        versions, known = list(group), list(Rule.objects.filter(name=name))
        if not known:
            found.added.append(versions)
        elif change := _first_change(versions, known, today + NOTICE):
            _sort_in(found, change, again=again)
    return found


def _sort_in(found: News, change: Change, *, again: bool) -> None:
    name = change.written.name
    proposals = RuleProposal.objects.filter(name=name)
    if proposals.open().exists():
        found.waiting.append(name)
    elif not again and _is_declined(change, proposals):
        found.declined.append(name)
    else:
        found.changed.append(change)


def _is_declined(change: Change, proposals: Iterable[RuleProposal]) -> bool:
    return any(
        row.status == RuleProposal.Status.DECLINED
        and row.figures == change.written.figures
        and row.effective_from <= change.begins
        for row in proposals
    )


def _first_change(versions: list[WrittenRule], known: list[Rule], soon: date) -> Change | None:
    """The first day from which something else would hold here than in the files."""
    for day in _days(versions, known, soon):
        wanted = _written_for(versions, day)
        if wanted and not _agree(wanted, versions, known, day):
            return Change(wanted, day, _end(wanted, versions))
    return None


def _days(versions: list[WrittenRule], known: list[Rule], soon: date) -> list[date]:
    """The days on which something may begin to differ: those on which a version begins or has just ended."""
    rows: list[WrittenRule | Rule] = [*versions, *known]
    found = {row.effective_from for row in rows} | {row.effective_to + DAY for row in rows if row.effective_to}
    return sorted({soon} | {day for day in found if day > soon})


def _agree(wanted: WrittenRule, versions: list[WrittenRule], known: list[Rule], day: date) -> bool:
    """Does the same hold here, for as long? What an organisation made of words it knew is its own affair."""
    here = rules.among(known, day)
    if here and _is_their_own(here) and any(row.figures == wanted.figures for row in known):
        return True
    last = _end(wanted, versions)
    ends_too = last is None or rules.among(known, last + DAY) is None
    return here is not None and here.figures == wanted.figures and ends_too


def _is_their_own(rule: Rule) -> bool:
    return not rule.is_shipped and rule.reason != BECAUSE


def _written_for(versions: list[WrittenRule], day: date) -> WrittenRule | None:
    begun = [rule for rule in versions if rule.effective_from <= day][-1:]
    return next((rule for rule in begun if rule.effective_to is None or day <= rule.effective_to), None)


def _end(wanted: WrittenRule, versions: list[WrittenRule]) -> date | None:
    """Its last day, when nothing follows: with another version to come it holds until that one is published."""
    return wanted.effective_to if wanted == versions[-1] else None


def add(versions: list[WrittenRule]) -> list[Rule]:
    """Take in a rule that nobody here has yet."""
    return rules.ship(asdict(rule) for rule in versions)


def propose(change: Change, *, by: User) -> RuleProposal:
    """Ask for the change, in the name of a colleague."""
    days = {"effective_from": change.begins, "effective_to": change.ends}
    words = {**asdict(change.written), **days, "reason": BECAUSE}
    return rules.propose(words, based_on=rules.standing(change.written.name, change.begins), by=by)
